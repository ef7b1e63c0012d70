"""What a product has to offer so that its failures are mirrored and its jobs can be put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from dashboard.adapters.contract import Capability, Job, Load, Offer, Page, Queue, Schedule, State, Worker

MOST_AT_ONCE = 64
"""Jobs that one call of a move is given at most."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A failure as it lies in the product; times are unix seconds.

    failed_at: 0 where the product does not tell: it is then when the failure was first seen, and the same job has
    failed again when its `sign` is another one.
    attempts: 0 where they are not told. max_retries: None where it is not told.
    data: the arguments as JSON values, for filters, contrast and display; usually `{"args": […], "kwargs": {…}}`. What
    JSON does not know is shown as text. undecodable: why there are none.
    traceback: as the product stored it, text of Python's form.
    requeueable: empty, or why it cannot be put back, for a person, marked for the catalogue.
    memo: what the product needs to put it back and finds nowhere else then; plain JSON, at most some kB.
    sign: hexadecimal digits that tell it from an earlier failure of the same job, where its time is not told.
    """

    queue: str
    id: str
    type: str
    failed_at: float
    error_type: str = ""
    message: str = ""
    traceback: str = ""
    data: Any = None
    undecodable: str = ""
    attempts: int = 0
    max_retries: int | None = None
    priority: int = 0
    enqueued_at: float | None = None
    started_at: float | None = None
    worker: str = ""
    version: str = ""
    requeueable: str = ""
    memo: dict[str, Any] = field(default_factory=dict)
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A dead letter as the mirror keeps it, given back to the product that has to move its job."""

    id: str
    type: str
    failed_at: float
    data: Any
    memo: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one bounded look at the product's failures found.

    place: where the next look goes on, kept by the mirror over restarts; empty begins anew.
    whole: the look reached the end, so that every failure there is has been given since the place was empty.
    """

    letters: tuple[DeadLetter, ...]
    place: str = ""
    whole: bool = False


class Fate(StrEnum):
    """What a requeued job does now."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GONE = "gone"
    UNKNOWN = "unknown"


class Product(Protocol):
    """One source of a product. Every method raises SourceUnavailable when its server does not answer.

    Reading never unpickles, never runs a command whose cost grows with the length of a queue, and never writes.
    A move is one atomic script for each job: its first step takes the job away from where it must be, and when it is
    not there, nothing happens and the answer for it is False. `mark` names the move (an operation's part): the script
    puts the job's id into a set of Redrive's own at the product's server (`moves.mark_key(mark)`, kept for some days);
    a job that is in it already was moved by this very move before and is answered True without doing anything again.
    An empty `mark` marks nothing.

    A product that keeps jobs of other states with their arguments may have `sample(selector, limit) -> Page[Job]`: some
    of one queue and state, as `Adapter.sample`. One that finds its queues step by step may have `searching() -> bool`:
    whether it has not come to the end yet.
    """

    source: str
    kind: str

    def capabilities(self) -> Capability:
        """What it can do; GROUPS, REQUEUE, PURGE, RESTORE as far as it implements the moves."""

    def ping(self) -> None:
        """Return when the server answers."""

    def load(self) -> Load:
        """How full the server's memory is."""

    def queues(self) -> list[Queue]:
        """All queues with their numbers, by name, in few round trips; `failed` None is filled in from the mirror."""

    def workers(self) -> list[Worker]:
        """All workers, lost ones first."""

    def page(self, queue: str, state: State, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        """Jobs of a queue in one state other than failed, newest or next to run first, arguments left out, with
        `cursors` filled; an empty page for a state that the product does not know. Raises UnknownQueue."""

    def job(self, queue: str, job_id: str) -> Job:
        """One job, complete, with what can be done to it (`actions`). Raises UnknownQueue, UnknownJob."""

    def offers(self, requeueable: str) -> tuple[Offer, ...]:
        """What can be done to a dead letter, or a group of them; `requeueable` as in `DeadLetter`."""

    def look(self, place: str, limit: int) -> Sighting:
        """At most about `limit` failures from a place on; also new ones that came since the last look, soon."""

    def still_failed(self, queue: str, ids: Sequence[str]) -> Sequence[bool]:
        """Which of at most some hundred jobs are still failures in the product."""

    def fates(self, queue: str, letters: Sequence[Kept]) -> Sequence[Fate]:
        """What at most some hundred jobs that were put back do now; failed only what has failed since then."""

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        """Put failures back, to the end of their queue."""

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> Sequence[bool]:
        """Take failures away, keeping all that is needed to restore them under keys of Redrive's own for a time."""

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        """Put purged failures back exactly as they were."""

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        """Make requeued jobs that have not started failures again, as they were."""

    def cancel(self, queue: str, job_id: str) -> State:
        """Cancel a waiting job, or ask a running one to stop. Raises UnknownJob, ActionRefused."""

    def discard(self, queue: str, job_id: str) -> None:
        """Delete a waiting job for good, where it is not a failure. Raises UnknownJob, ActionRefused."""

    def enqueue_edited(self, queue: str, letter: Kept, data: Any) -> None:
        """Requeue a failure with other arguments, in one step. Raises UnknownJob, ActionRefused, InvalidRequest."""

    def pause(self, queue: str) -> None:
        """Stop handing out jobs. Raises UnknownQueue, ActionRefused."""

    def resume(self, queue: str) -> None:
        """Hand out jobs again. Raises UnknownQueue, ActionRefused."""

    def schedules(self) -> list[Schedule]:
        """Recurring jobs, as far as they are in Redis, bounded."""

    def pause_schedule(self, schedule_id: str) -> None:
        """As `Adapter.pause_schedule`."""

    def resume_schedule(self, schedule_id: str) -> None:
        """As `Adapter.resume_schedule`."""

    def run_now(self, schedule_id: str) -> str:
        """As `Adapter.run_now`."""

    def delete_schedule(self, schedule_id: str) -> None:
        """As `Adapter.delete_schedule`."""
