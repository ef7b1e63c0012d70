"""Jobs as lists show them, and the states of the contract that RQ's statuses are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.contract import Job, State
from dashboard.adapters.rq import calls
from dashboard.adapters.rq.access import Access
from dashboard.adapters.rq.values import moment, number, shown, whole

FIELDS = (
    "status", "origin", "created_at", "enqueued_at", "started_at", "ended_at", "worker_name", "timeout",
    "retries_left", "number_of_retries", "description", "repeats_left",
)  # fmt: skip

AT_ONCE = 64
"""Jobs that one call of a reading script looks at."""

STATES = {
    "queued": State.PENDING, "created": State.PENDING, "ready_to_enqueue": State.PENDING,
    "started": State.PROCESSING, "scheduled": State.SCHEDULED, "deferred": State.SCHEDULED,
    "rate_limited": State.SCHEDULED, "finished": State.SUCCEEDED, "failed": State.FAILED, "stopped": State.FAILED,
    "canceled": State.CANCELLED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Brief:
    """What lists know of a job: fields of its record, and the function that it calls."""

    id: str
    type: str
    fields: dict[str, str]

    def job(self, source: str, queue: str, state: State) -> Job:
        """The job without arguments, error and history."""
        ended = moment(self.fields.get("ended_at"))
        return Job(
            id=self.id,
            source=source,
            queue=queue,
            type=self.type,
            state=state,
            created_at=moment(self.fields.get("created_at")),
            enqueued_at=moment(self.fields.get("enqueued_at")),
            started_at=moment(self.fields.get("started_at")),
            finished_at=ended if state in (State.SUCCEEDED, State.FAILED, State.CANCELLED) else None,
            timeout=_positive(self.fields.get("timeout")),
            worker=self.fields.get("worker_name", "")[:200],
        )


def state(fields: dict[str, str]) -> State | None:
    """The state of a job; None for a status that RQ does not have. A job that failed and waits for its next try is
    retrying."""
    if fields.get("status") == "scheduled" and retries(fields):
        return State.RETRYING
    return STATES.get(fields.get("status", ""))


def retries(fields: dict[str, str]) -> bool:
    """Whether a job that is due later has run before and is tried again, rather than repeated."""
    return bool(fields.get("started_at")) and bool(fields.get("retries_left") or fields.get("number_of_retries"))


def tries(fields: dict[str, str], begun: int) -> tuple[int, int]:
    """Runs that were begun, and tries allowed after the first, of a job that has run.

    RQ keeps how many tries are left and the intervals between them, not how many there were: where the intervals of all
    tries are given, both numbers are exact, else they are the least that they can be.

    Args:
        fields: of its record.
        begun: runs of which something is kept.
    """
    left = whole(fields.get("retries_left"))
    if left is None:
        return max(1, begun), 0
    waits = fields.get("status") not in ("started", "failed", "stopped", "finished")
    intervals = fields.get("retry_intervals", "").count(",") + 1 if fields.get("retry_intervals") else 0
    ran = max(1, begun, intervals - left + (not waits))
    return ran, ran + left - (not waits)


def read(access: Access, ids: Sequence[str]) -> list[Brief | None]:
    """What lists know of jobs; None for one that is gone."""
    chunks = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    rows = [row for reply in access.run_many("briefs", chunks) for row in reply]
    return [_brief(job_id, row) for job_id, row in zip(ids, rows, strict=True)]


def _brief(job_id: str, row: list[Any]) -> Brief | None:
    exists, values, head, _ = row
    if not exists:
        return None
    fields = named(values)
    return Brief(job_id, calls.type_name(head, fields["description"]), fields)


def named(values: Sequence[Any], names: Sequence[str] = FIELDS) -> dict[str, str]:
    """A script's values by the names in whose order they come."""
    return {name: shown(value) for name, value in zip(names, values, strict=True)}


def _positive(value: str | None) -> float | None:
    found = number(value)
    return found if found is not None and found > 0 else None
