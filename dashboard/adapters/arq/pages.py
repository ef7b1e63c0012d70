"""Lists of arq's jobs, single jobs, and numbers of queues."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dashboard.adapters.arq import calls, names
from dashboard.adapters.arq.access import Access, Read
from dashboard.adapters.contract import Action, Capability, Exactness, Job, Offer, Page, Queue, State, UnknownJob
from dashboard.adapters.mirrored import paging, reasons, values
from dashboard.language import N_

ASKED = 500
"""Due jobs, the first ones, that are asked whether they run: arq starts jobs in the order in which they are due."""


class Pages:
    """Lists of one source.

    Args:
        access: where the jobs are.
        clock: gives unix seconds.
    """

    def __init__(self, access: Access, clock: Callable[[], float]) -> None:
        self._access = access
        self._clock = clock

    def queues(self, able: Capability) -> list[Queue]:
        """All queues, in one script; `scheduled` is what is to run later, retries among them."""
        known = self._access.queues()
        if not known:
            self._access.server.ping()
            return []
        now = self._clock()
        rows = self._access.server.run("counts", known, [round(now * 1000), ASKED, names.running("")])
        return [self._queue(name, row, now, able) for name, row in zip(known, rows, strict=True)]

    def page(self, queue: str, state: State, cursor: str, limit: int) -> Page[Job]:
        """Jobs in one state; of what runs later, those that were begun before are the retrying ones. arq keeps no list
        of jobs that have ended."""
        if state == State.PROCESSING:
            return self._running(queue, cursor, limit)
        now = round(self._clock() * 1000)
        spans = {State.PENDING: ("-inf", str(now)), State.SCHEDULED: (f"({now}", "+inf")}
        span = spans.get(State.SCHEDULED if state == State.RETRYING else state)
        if span is None:
            return Page(())
        members = paging.ranked(self._access.server, queue, cursor, limit, low=span[0], high=span[1])
        ids = [values.text(each.raw) for each in members]
        jobs: list[Job | None] = []
        for job_id, member, read in zip(ids, members, self._read(ids), strict=True):
            job = self._job(queue, job_id, read, state)
            later = replace(job, scheduled_for=member.score / 1000) if state != State.PENDING else job
            meant = not read or (not read[2] if state == State.PENDING else state == State.SCHEDULED or read[3] > 0)
            jobs.append(later if meant else None)
        return paging.page(members, limit, jobs)

    def job(self, queue: str, job_id: str) -> Job:
        """One job, complete. Raises UnknownJob."""
        ended, stored = self._access.read([(names.result(job_id), job_id), (names.job(job_id), job_id)])
        read = ended or stored
        if read is None:
            raise UnknownJob(N_("queue %(queue)s has no job %(job)s, or no longer"), queue=queue, job=job_id)
        call = calls.read(read[1])
        due = self._due(queue, job_id) if ended is None else None
        state = call.state if ended else self._state(read, due)
        payload = calls.payload(call, read[0], read[1])
        job = calls.job(self._access.server.source, queue, job_id, call, state, payload=payload)
        tries = values.whole(call.fields.get("t")) if ended else read[3]
        waits = state in (State.SCHEDULED, State.RETRYING)
        return replace(job, attempts=tries, scheduled_for=due if waits else None, actions=_actions(state))

    def _state(self, read: Read, due: float | None) -> State:
        if read[2]:
            return State.PROCESSING
        if due is not None and due > self._clock():
            return State.RETRYING if read[3] else State.SCHEDULED
        return State.PENDING

    def _running(self, queue: str, cursor: str, limit: int) -> Page[Job]:
        argv = [round(self._clock() * 1000), ASKED, names.running("")]
        every = [values.text(each) for each in self._access.server.run("running", [queue], argv)]
        ids, cursors = paging.ordered(every, lambda each: [each], cursor, limit)
        jobs = [
            self._job(queue, job_id, read, State.PROCESSING) for job_id, read in zip(ids, self._read(ids), strict=True)
        ]
        return Page(tuple(jobs), cursors[-1] if len(ids) == limit else None, cursors=tuple(cursors))

    def _read(self, ids: Sequence[str]) -> list[Read | None]:
        return self._access.read([(names.job(job_id), job_id) for job_id in ids])

    def _job(self, queue: str, job_id: str, read: Read | None, state: State) -> Job:
        call = calls.read(read[1]) if read else calls.Call({})
        return calls.job(self._access.server.source, queue, job_id, call, state, attempts=read[3] if read else 0)

    def _due(self, queue: str, job_id: str) -> float | None:
        pipeline = self._access.server.pipeline()
        pipeline.zscore(queue, job_id)
        return values.seconds(self._access.server.replies(pipeline)[0])

    def _queue(self, name: str, row: Sequence[Any], now: float, able: Capability) -> Queue:
        due, running, later = (int(each) if int(each) >= 0 else None for each in row[:3])
        oldest = values.seconds(row[3])
        return Queue(
            self._access.server.source, name, "arq", pending=None if due is None else due - (running or 0),
            processing=running, scheduled=later, paused=False, capabilities=able,
            oldest_pending_seconds=None if oldest is None else max(0.0, now - oldest),
        )  # fmt: skip


def _actions(state: State) -> tuple[Offer, ...]:
    """What can be done to a job that is no failure."""
    if state == State.PROCESSING:
        return (Offer(Action.CANCEL, Exactness.BEST_EFFORT, reasons.ONLY_SOME_STOP),)
    if state in (State.PENDING, State.SCHEDULED, State.RETRYING):
        return tuple(Offer(each, Exactness.BEST_EFFORT, reasons.FOR_GOOD) for each in (Action.CANCEL, Action.PURGE))
    return ()
