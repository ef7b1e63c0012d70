"""Lists of Huey's tasks, single tasks, and numbers of queues."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard import safe_pickle
from dashboard.adapters.contract import (
    Action,
    Capability,
    Exactness,
    Job,
    Offer,
    Page,
    Payload,
    Queue,
    State,
    UnknownJob,
)
from dashboard.adapters.huey import names, tasks
from dashboard.adapters.huey.access import Access
from dashboard.adapters.mirrored import paging, reasons
from dashboard.language import N_

LEAD = 8
"""Bytes before a task in a queue with priorities: when it was enqueued."""


class Pages:
    """Lists of one source.

    Args:
        access: where the tasks are.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def queues(self, able: Capability) -> list[Queue]:
        """All queues, in one script; `scheduled` is what is to run later, retries among them. What runs is not told."""
        known = self._access.queues()
        if not known:
            self._access.server.ping()
            return []
        keys = [key for name in known for key in (names.queue(name), names.schedule(name))]
        rows: Any = self._access.server.run("counts", keys)
        return [
            Queue(
                self._access.server.source, name, "huey", pending=_told(waiting), scheduled=_told(later), paused=False,
                capabilities=able,
            )
            for name, (waiting, later, _) in zip(known, rows, strict=True)
        ]  # fmt: skip

    def page(self, queue: str, state: State, cursor: str, limit: int) -> Page[Job]:
        """Jobs in one state; of what runs later, those whose error is stored were tried before. Huey keeps no list of
        what runs, or of what has ended."""
        if state == State.PENDING:
            return self._waiting(queue, cursor, limit)
        if state not in (State.SCHEDULED, State.RETRYING):
            return Page(())
        server = self._access.server
        members = paging.ranked(server, names.schedule(queue), cursor, limit)
        read = [tasks.task(each.raw) for each in members]
        tried = self._access.outcomes(queue, [each.id for each in read]) if state == State.RETRYING else ()
        jobs: list[Job | None] = [each.job(server.source, queue, state) for each in read]
        if tried:
            jobs = [job if told and told.error else None for job, told in zip(jobs, tried, strict=True)]
        return paging.page(members, limit, jobs)

    def job(self, queue: str, task_id: str, failed: tuple[Offer, ...]) -> Job:
        """One job, complete; `failed`: what can be done to one that failed. Raises UnknownJob."""
        source = self._access.server.source
        (ended,) = self._access.outcomes(queue, [task_id])
        found = self._access.waiting(queue, task_id)
        if found is not None:
            state, _, task = found
            tried = ended is not None and ended.error is not None
            retrying = state == State.SCHEDULED and tried
            job = task.job(source, queue, State.RETRYING if retrying else state, whole=True, actions=_DELETE)
            return replace(job, error=ended.told()) if ended is not None and tried else job
        if ended is None:
            raise UnknownJob(N_("queue %(queue)s has no job %(job)s, or no longer"), queue=queue, job=task_id)
        if ended.error is None:
            shown = safe_pickle.render(ended.value)
            return Job(task_id, source, queue, "", State.SUCCEEDED, result=shown)
        letter = ended.letter(queue, task_id)
        return Job(
            task_id, source, queue, letter.type, State.FAILED, payload=Payload(undecodable=tasks.NOT_KEPT), attempts=1,
            error=ended.told(), actions=failed,
        )  # fmt: skip

    def _waiting(self, queue: str, cursor: str, limit: int) -> Page[Job]:
        server, key = self._access.server, names.queue(queue)
        members, lead = paging.listed(server, key, cursor, limit, tail=True), 0
        if not members:
            members, lead = paging.ranked(server, key, cursor, limit), LEAD
        jobs = [tasks.task(each.raw[lead:]).job(server.source, queue, State.PENDING) for each in members]
        return paging.page(members, limit, jobs)


_DELETE = (Offer(Action.PURGE, Exactness.BEST_EFFORT, reasons.FOR_GOOD),)


def _told(number: int) -> int | None:
    return number if number >= 0 else None
