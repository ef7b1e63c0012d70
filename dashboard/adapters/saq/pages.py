"""Lists of SAQ's jobs, its workers, and single jobs."""

from __future__ import annotations

from dataclasses import replace

from dashboard.adapters.contract import Action, Exactness, Job, Offer, Page, State, UnknownJob
from dashboard.adapters.mirrored import paging, reasons, values
from dashboard.adapters.mirrored.paging import Member
from dashboard.adapters.saq import messages
from dashboard.adapters.saq.access import Access
from dashboard.language import N_


class Pages:
    """Lists of one source.

    Args:
        access: where the jobs are.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def page(self, queue: str, state: State, cursor: str, limit: int) -> Page[Job]:
        """Jobs in one state; of what runs later, those that ran before are the retrying ones. SAQ keeps no list of
        jobs that have ended."""
        members = self._members(queue, state, cursor, limit)
        keys = [self._access.names.key_of(queue, values.text(each.raw)) for each in members]
        jobs: list[Job | None] = []
        for key, member, read in zip(keys, members, self._access.read(queue, keys), strict=True):
            job = messages.job(self._access.server.source, queue, key, read, state) if read else None
            if job is not None and state in (State.SCHEDULED, State.RETRYING):
                job = replace(job, scheduled_for=member.score)
            jobs.append(None if state == State.RETRYING and job is not None and not job.attempts else job)
        return paging.page(members, limit, jobs)

    def job(self, queue: str, key: str) -> Job:
        """One job, complete. Raises UnknownJob."""
        (read,) = self._access.read(queue, [key])
        if read is None:
            raise UnknownJob(N_("queue %(queue)s has no job %(job)s, or no longer"), queue=queue, job=key)
        record = values.record(read[1])
        state = messages.state(record.get("status"), record.get("error"))
        due = self._due(queue, key) if state == State.PENDING else None
        if due:
            state = State.RETRYING if record.get("attempts") else State.SCHEDULED
        job = messages.job(self._access.server.source, queue, key, read, state, whole=True)
        return replace(job, scheduled_for=due or None, actions=_actions(state))

    def _members(self, queue: str, state: State, cursor: str, limit: int) -> list[Member]:
        server, names = self._access.server, self._access.names
        if state == State.PENDING:
            return paging.listed(server, names.queued(queue), cursor, limit)
        if state == State.PROCESSING:
            return paging.listed(server, names.active(queue), cursor, limit)
        if state in (State.SCHEDULED, State.RETRYING):
            return paging.ranked(server, names.incomplete(queue), cursor, limit, low="(0")
        return []

    def _due(self, queue: str, key: str) -> float | None:
        """Unix seconds at which it is to run, 0 for at once."""
        pipeline = self._access.server.pipeline()
        pipeline.zscore(self._access.names.incomplete(queue), self._access.names.job(queue, key))
        (score,) = self._access.server.replies(pipeline)
        return values.number(score)


def _actions(state: State) -> tuple[Offer, ...]:
    """What can be done to a job that is no failure."""
    purge = Offer(Action.PURGE, Exactness.BEST_EFFORT, reasons.FOR_GOOD)
    if state == State.PROCESSING:
        return (Offer(Action.CANCEL, Exactness.BEST_EFFORT, reasons.ASKED_TO_STOP),)
    if state in (State.SUCCEEDED, State.CANCELLED):
        return (purge,)
    return (Offer(Action.CANCEL), purge) if state != State.FAILED else ()
