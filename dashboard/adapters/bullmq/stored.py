"""A job as BullMQ stores it, as the contract's records; what is missing or damaged is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboard.adapters.contract import Attempt, Job, JobError, State
from dashboard.adapters.mirrored import stacks
from dashboard.adapters.mirrored.product import DeadLetter
from dashboard.adapters.mirrored.values import decoded, number, payload, record, seconds, text, whole

FIELDS = (
    "name", "timestamp", "processedOn", "finishedOn", "delay", "priority", "atm", "pb", "rjk", "parentKey",
    "opts", "failedReason", "data", "stacktrace", "returnvalue", "progress",
)  # fmt: skip
"""In the order in which `read.lua` gives them."""

STATES = {
    "failed": State.FAILED,
    "completed": State.SUCCEEDED,
    "delayed": State.SCHEDULED,
    "active": State.PROCESSING,
    "waiting": State.PENDING,
    "waiting-children": State.PENDING,
}
MOST_ATTEMPTS = 20
LONGEST_RESULT = 10_000


@dataclass(frozen=True, slots=True)
class Stored:
    """One job: its state where that was asked, the size of its arguments in bytes, and its fields."""

    queue: str
    id: str
    state: str
    size: int
    fields: dict[str, Any]

    @classmethod
    def of(cls, queue: str, job_id: str, row: Sequence[Any]) -> Stored | None:
        """What `read.lua` gave; None when there is no such job."""
        if not row:
            return None
        return cls(queue, job_id, text(row[0]), whole(row[1]), dict(zip(FIELDS, row[2:], strict=False)))

    def letter(self, score: float, requeueable: str) -> DeadLetter:
        """A failure, with the milliseconds under which it is listed."""
        told, attempts = self._error(), whole(self.fields.get("atm"))
        shown = payload(self.fields.get("data"), self.size)
        return DeadLetter(
            self.queue, self.id, text(self.fields.get("name")), seconds(score) or 0.0, told.type, told.message,
            told.traceback, shown.data, shown.undecodable, attempts, self._most_retries(), self._priority(),
            seconds(self.fields.get("timestamp")), seconds(self.fields.get("processedOn")), text(self.fields.get("pb")),
            requeueable=requeueable,
        )  # fmt: skip

    def job(self, source: str, state: State | None = None, *, complete: bool = False) -> Job:
        """One job; in `state` when it was found in a list of such."""
        now = state or STATES.get(self.state, State.PENDING)
        added, delay = seconds(self.fields.get("timestamp")), (number(self.fields.get("delay")) or 0.0) / 1000
        progress = number(self.fields.get("progress"))
        return Job(
            self.id, source, self.queue, text(self.fields.get("name")), now,
            payload=payload(self.fields.get("data"), self.size) if complete else payload(None),
            priority=self._priority(), attempts=whole(self.fields.get("atm")), max_retries=self._most_retries(),
            created_at=added, enqueued_at=added, started_at=seconds(self.fields.get("processedOn")),
            finished_at=seconds(self.fields.get("finishedOn")),
            scheduled_for=added + delay if added and now == State.SCHEDULED else None,
            worker=text(self.fields.get("pb")), progress=progress / 100 if progress is not None else None,
            error=self._error() if now == State.FAILED else None, history=self._history() if complete else (),
            result=text(self.fields.get("returnvalue"))[:LONGEST_RESULT] if now == State.SUCCEEDED else "",
        )  # fmt: skip

    def _error(self) -> JobError:
        reason, traces = text(self.fields.get("failedReason")), self._traces()
        told = stacks.parse(traces[-1]) if traces else None
        if told is None:
            return JobError("", reason, traces[-1] if traces else "")
        return JobError(told[0], reason or told[1], traces[-1])

    def _history(self) -> tuple[Attempt, ...]:
        """One attempt for each stack that was kept; BullMQ keeps the times of the last one alone."""
        traces = self._traces()
        first = max(1, whole(self.fields.get("atm")) - len(traces) + 1)
        told = [stacks.parse(each) or ("", "", ()) for each in traces]
        found = [
            Attempt(first + i, None, None, "", "failed", type_, message[:500])
            for i, (type_, message, _) in enumerate(told)
        ]
        ended = seconds(self.fields.get("finishedOn"))
        if found and ended is not None:
            began, worker = seconds(self.fields.get("processedOn")), text(self.fields.get("pb"))
            found[-1] = replace(found[-1], started_at=began, finished_at=ended, worker=worker)
        return tuple(found)

    def _traces(self) -> list[str]:
        kept = decoded(self.fields.get("stacktrace"))
        return (
            [each for each in kept if isinstance(each, str) and each][-MOST_ATTEMPTS:] if isinstance(kept, list) else []
        )

    def _most_retries(self) -> int:
        return max(0, whole(record(self.fields.get("opts")).get("attempts")) - 1)

    def _priority(self) -> int:
        """BullMQ's smaller numbers are more urgent, and none at all is the most urgent."""
        return -whole(self.fields.get("priority"))
