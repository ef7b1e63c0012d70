"""One job, complete: arguments, result, error and the runs that RQ keeps."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboard.adapters.contract import Action, Attempt, Exactness, Job, JobError, Offer, Payload, State, UnknownJob
from dashboard.adapters.mirrored.captured import Captured
from dashboard.adapters.rq import briefs, calls, captures, edits, offers, results
from dashboard.adapters.rq.access import Access
from dashboard.adapters.rq.results import Result
from dashboard.adapters.rq.values import number, pairs, shown, text, whole
from dashboard.language import N_

MOST_META = 16_384
SHOWN_RESULT = 16_384


@dataclass(frozen=True, slots=True)
class Running:
    """A run of a job as the registry of running jobs has it; until: unix seconds after which it counts as abandoned."""

    member: str
    until: float
    heard: bool

    def lost(self, now: float) -> bool:
        """Whether nothing is heard of its worker any more."""
        return not self.heard and self.until < now


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in Redis of one job; sizes are in bytes."""

    fields: dict[str, str]
    data: bytes
    data_size: int
    meta: bytes
    results: tuple[Result, ...]
    results_size: int
    dependents: int
    runs: tuple[Running, ...]
    due: float | None


class Inspection:
    """Reads single jobs of a source; secrets are hidden by the mirror.

    Args:
        access: the source's server.
        clock: gives unix seconds.
    """

    def __init__(self, access: Access, clock: Callable[[], float] = time.time) -> None:
        self.access = access
        self.clock = clock
        self._captured = Captured(access.client, "rq")

    def job(self, queue: str, job_id: str) -> Job:
        """One job in one round trip, however large it is. Raises UnknownQueue, UnknownJob."""
        self.access.check_queue(queue)
        found = self.found(job_id)
        state = None if found is None else briefs.state(found.fields)
        if found is None or state is None or (found.fields["origin"] or queue) != queue:
            raise UnknownJob(
                N_("queue %(queue)s has no job %(job)s; finished jobs are kept for a time only"),
                queue=queue, job=job_id,
            )  # fmt: skip
        call, payload = self._payload(found)
        type_ = call.function if call else calls.type_name(b"", found.fields["description"])
        job = briefs.Brief(job_id, type_, found.fields).job(self.access.source, queue, state)
        newest = found.results[0] if found.results else None
        attempts, retries = self._attempts(state, found)
        ended = newest.ended_at if newest and state in (State.FAILED, State.SUCCEEDED) else job.finished_at
        with self.access.errors():
            (captured,) = self._captured.of([job_id], captures.MOST)
        complete = replace(
            job,
            payload=payload,
            attempts=attempts,
            max_retries=retries,
            finished_at=ended,
            scheduled_for=found.due,
            worker=job.worker or (newest.worker if newest else ""),
            progress=self._progress(found.meta),
            error=self._error(state, found),
            history=self._history(found),
            result=self._result(state, found),
            actions=self._actions(state, found, call),
        )
        return captures.completed(complete, captured)

    def found(self, job_id: str) -> Found | None:
        """What lies in Redis of a job, None when there is none."""
        reply = self.access.run("job", job_id, calls.MOST_STORED, MOST_META, results.MOST_BYTES)
        if not isinstance(reply, list):
            return None
        named, data, size, meta, _, entries, bytes_, dependents, _, runs, due = reply
        return Found(
            {name: shown(value) for name, value in pairs(named).items()}, data, size, meta,
            tuple(results.parse(entries)), bytes_, whole(dependents) or 0, tuple(map(_run, runs)), number(due),
        )  # fmt: skip

    def lost_run(self, job_id: str) -> str | None:
        """The run of a job whose worker is lost, as the registry of running jobs names it; None when there is none."""
        found = self.found(job_id)
        if found is None or found.fields["status"] != "started":
            return None
        return next((run.member for run in found.runs if run.lost(self.clock())), None)

    def _payload(self, found: Found) -> tuple[calls.Call | None, Payload]:
        if found.data_size > len(found.data):
            return None, Payload(size=found.data_size, undecodable=calls.TOO_LARGE)
        try:
            call = calls.decode(found.data)
        except calls.Undecodable as error:
            return None, Payload(size=found.data_size, undecodable=str(error), raw=calls.raw_text(error.plain))
        return call, Payload(call.data(), found.data_size)

    def _attempts(self, state: State, found: Found) -> tuple[int, int]:
        """Runs that were begun, and tries after the first, as far as RQ keeps them."""
        begun = len(found.results) + (state == State.PROCESSING)
        if begun == 0 and not found.fields["started_at"]:
            return 0, whole(found.fields["retries_left"]) or 0
        return briefs.tries(found.fields, begun)

    def _history(self, found: Found) -> tuple[Attempt, ...]:
        oldest_first = list(reversed(found.results))
        return tuple(
            self._attempt(number_, result)
            for number_, result in enumerate(oldest_first, 1)
            if result.kind != results.SUCCEEDED
        )

    def _attempt(self, number_: int, result: Result) -> Attempt:
        type_, message = result.error
        outcome = "failed" if result.kind in (results.FAILED, results.STOPPED) else "permanent"
        return Attempt(
            number_, result.started_at, result.ended_at, result.worker,
            "retried" if result.kind == results.RETRIED else outcome, type_, message,
        )  # fmt: skip

    def _error(self, state: State, found: Found) -> JobError | None:
        if state not in (State.FAILED, State.RETRYING):
            return None
        failed = next((each for each in found.results if each.kind != results.SUCCEEDED), None)
        if failed is None:
            return JobError("", offers.unknown_error(found.results_size, state == State.RETRYING))
        type_, message = failed.error
        return JobError(type_, message, failed.traceback)

    def _result(self, state: State, found: Found) -> str:
        if state != State.SUCCEEDED:
            return ""
        if found.results_size > results.MOST_BYTES:
            return offers.large_result(found.results_size)
        done = next((each for each in found.results if each.kind == results.SUCCEEDED), None)
        return done.value[:SHOWN_RESULT] if done else ""

    def _progress(self, meta: bytes) -> float | None:
        """`progress` in the job's meta: a share of 1, or per cent."""
        try:
            value = calls.decode_value(meta) if meta else None
        except calls.Undecodable:
            return None
        share = value.get("progress") if isinstance(value, dict) else None
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 100:
            return None
        return share if share <= 1 else share / 100

    def _actions(self, state: State, found: Found, call: calls.Call | None) -> tuple[Offer, ...]:
        if state == State.FAILED:
            refused = "" if found.data_size else calls.NO_DATA
            return offers.of_failure(refused, edits.refusal(call), found.dependents)
        if state == State.PROCESSING:
            lost = any(run.lost(self.clock()) for run in found.runs)
            return (offers.STOP, *([offers.ORPHAN] if lost else []))
        if state in (State.PENDING, State.SCHEDULED, State.RETRYING):
            return (Offer(Action.CANCEL), Offer(Action.PURGE, Exactness.BEST_EFFORT, offers.FOR_GOOD))
        return (Offer(Action.PURGE, Exactness.BEST_EFFORT, offers.FOR_GOOD),)


def _run(row: Sequence[Any]) -> Running:
    member, score, heard = row
    return Running(text(member) or "", number(score) or 0.0, bool(heard))
