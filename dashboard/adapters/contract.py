"""What every product's adapter offers: pages, API, metrics, alerts and commands speak to this alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Flag, StrEnum, auto
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")


class State(StrEnum):
    """States of a job, as every page, metric and call names them."""

    SCHEDULED = "scheduled"
    PENDING = "pending"
    PROCESSING = "processing"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can be done to jobs."""

    REQUEUE = "requeue"
    PURGE = "purge"
    RESTORE = "restore"
    CANCEL = "cancel"
    EDIT = "edit"
    UNDO = "undo"


class Exactness(StrEnum):
    """How surely an action does what it says."""

    EXACT = "exact"
    BEST_EFFORT = "best effort"
    IMPOSSIBLE = "impossible"


class Capability(Flag):
    """What a source can do; pages ask for these, never for a product's name."""

    NONE = 0
    REQUEUE = auto()
    PURGE = auto()
    RESTORE = auto()
    CANCEL = auto()
    EDIT = auto()
    PAUSE = auto()
    GROUPS = auto()
    WORKERS = auto()
    SCHEDULES = auto()
    HISTORY = auto()

    def names(self) -> list[str]:
        """Lower-case names of the single capabilities contained."""
        return [flag.name.lower() for flag in Capability if flag in self and flag.name]


class AdapterError(Exception):
    """Base of what an adapter raises; the text says what is wrong and what to do."""


class SourceUnavailable(AdapterError):
    """The source's server did not answer."""


class NotFound(AdapterError, LookupError):
    """Base of the unknown source, queue, job, group and operation."""


class UnknownSource(NotFound):
    """No source of that name is configured."""


class UnknownQueue(NotFound):
    """The source has no queue of that name."""


class UnknownJob(NotFound):
    """The queue has no job of that id, or no longer."""


class UnknownGroup(NotFound):
    """No dead letter has that fingerprint, or no longer."""


class InvalidRequest(AdapterError, ValueError):
    """A cursor, filter or value is not understood; nothing was changed."""


class ActionRefused(AdapterError):
    """The job or queue is in a state in which the action is not possible; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One action offered for a job, with how exact it is; `reason` is empty when exact."""

    action: Action
    exactness: Exactness = Exactness.EXACT
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Selector:
    """Which jobs are meant. Empty fields do not narrow; times are unix seconds.

    error: part of the error's type or message; q: free text over type, error text and id.
    """

    source: str = ""
    queue: str = ""
    state: State | None = None
    type: str = ""
    fingerprint: str = ""
    error: str = ""
    q: str = ""
    since: float | None = None
    until: float | None = None
    ids: tuple[str, ...] = ()

    def narrowed(self, **changes: Any) -> Selector:
        """A copy with some fields replaced."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    next_cursor: opaque; None on the last page. total: exact number over all pages when known.
    jobs: for groups, the number of dead letters in all of them when known.
    searched: how many were read to find the items, when a filter had to scan; `complete` is False
    when the scan stopped at its bound before the end.
    cursors: per item the cursor that goes on after it, by which lists of several sources are merged.
    """

    items: tuple[T, ...]
    next_cursor: str | None = None
    total: int | None = None
    searched: int | None = None
    complete: bool = True
    cursors: tuple[str, ...] = ()
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a traceback; `own` when it is the job's own code; `source` is the line's text."""

    path: str
    line: int
    function: str
    source: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed."""

    type: str
    message: str
    traceback: str = ""
    fingerprint: str = ""
    frames: tuple[Frame, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One earlier run of a job; times in unix seconds."""

    number: int
    started_at: float | None
    finished_at: float | None
    worker: str
    outcome: str
    error_type: str = ""
    message: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Payload:
    """A job's arguments: `data` is decoded JSON; when it is not, `undecodable` says why and `raw` shows a part."""

    data: Any = None
    size: int = 0
    undecodable: str = ""
    raw: str = ""
    truncated: bool = False
    redacted: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """One job; times in unix seconds, None when it did not happen or is not known."""

    id: str
    source: str
    queue: str
    type: str
    state: State
    payload: Payload = field(default_factory=Payload)
    priority: int = 0
    attempts: int = 0
    max_retries: int = 0
    created_at: float | None = None
    enqueued_at: float | None = None
    started_at: float | None = None
    finished_at: float | None = None
    scheduled_for: float | None = None
    deadline: float | None = None
    timeout: float | None = None
    worker: str = ""
    progress: float | None = None
    error: JobError | None = None
    history: tuple[Attempt, ...] = ()
    trace_id: str = ""
    requeues: int = 0
    in_trash: bool = False
    result: str = ""
    actions: tuple[Offer, ...] = ()

    def can(self, action: Action) -> bool:
        """Whether an action is offered and possible."""
        return any(o.action == action and o.exactness != Exactness.IMPOSSIBLE for o in self.actions)


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue at one instant; None is a value that was not read, never shown as 0.

    totals: since the queue began: enqueued, succeeded, failed, failed_attempts, cancelled, retries, requeued, purged.
    run_seconds, wait_seconds: cumulative histograms of (upper bound, jobs at most that), the last bound is infinite.
    """

    source: str
    name: str
    kind: str
    pending: int | None = None
    processing: int | None = None
    scheduled: int | None = None
    retrying: int | None = None
    failed: int | None = None
    succeeded: int | None = None
    cancelled: int | None = None
    paused: bool | None = None
    oldest_pending_seconds: float | None = None
    stalled: int | None = None
    workers: int | None = None
    slots: int | None = None
    enqueued_per_minute: float | None = None
    succeeded_per_minute: float | None = None
    failed_per_minute: float | None = None
    dead_per_minute: float | None = None
    totals: dict[str, int] = field(default_factory=dict)
    run_seconds: tuple[tuple[float, int], ...] = ()
    run_seconds_sum: float = 0.0
    wait_seconds: tuple[tuple[float, int], ...] = ()
    wait_seconds_sum: float = 0.0
    by_type: dict[str, dict[str, int]] = field(default_factory=dict)
    capabilities: Capability = Capability.NONE

    def count(self, state: State) -> int | None:
        """Number of jobs in one state, None when not known."""
        value: int | None = getattr(self, state.value)
        return value


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Dead letters of one queue with one fingerprint; `trend` counts the last 24 hours, oldest first."""

    fingerprint: str
    error_type: str
    message: str
    source: str
    queue: str
    type: str
    count: int
    first_seen: float
    last_seen: float
    sample_id: str
    trend: tuple[int, ...] = ()
    per_minute: float = 0.0
    reason: str = ""
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class CurrentJob:
    """A job a worker is running."""

    id: str
    queue: str
    type: str
    started_at: float | None


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker process; times in unix seconds; `lost` when its heartbeat is overdue."""

    id: str
    source: str
    host: str
    pid: int | None
    version: str
    queues: tuple[str, ...]
    slots: int | None
    busy: int | None
    started_at: float | None
    heartbeat_at: float | None
    lost: bool
    memory_bytes: int | None = None
    jobs: tuple[CurrentJob, ...] = ()
    stopping: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Per-minute values of one metric: [unix seconds of the minute's start, value or None]."""

    metric: str
    points: tuple[tuple[int, float | None], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a frozen selection inside one queue, addressed in the adapter's own way.

    origin: the adapter's address of the jobs. low, high: the adapter's bounds; later arrivals are beyond `high`.
    ids: an explicit selection, when it is one. matched: how many jobs it held when it was frozen.
    """

    source: str
    queue: str
    origin: str
    fingerprint: str = ""
    type: str = ""
    low: str = ""
    high: str = ""
    ids: tuple[str, ...] = ()
    matched: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """A frozen selection: its parts, when it was frozen, a sample, and what should be known before acting.

    by_type: jobs per type, empty when the source cannot count them.
    """

    parts: tuple[Part, ...]
    as_of: float
    sample: tuple[Job, ...] = ()
    warnings: tuple[str, ...] = ()
    by_type: dict[str, int] = field(default_factory=dict)

    @property
    def matched(self) -> int:
        """Number of jobs in all parts."""
        return sum(part.matched for part in self.parts)


@dataclass(frozen=True, slots=True)
class Step:
    """What one bounded step of a part did; `finished` when nothing is left of the part."""

    done: int
    skipped: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of jobs an operation requeued."""

    succeeded: int = 0
    refailed_same: int = 0
    refailed_new: int = 0
    cancelled: int = 0
    pending: int = 0
    processing: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            *(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__)  # same order as fields
        )


class Adapter(Protocol):
    """One source. Every method raises SourceUnavailable when its server does not answer."""

    source: str
    kind: str
    url: str

    def capabilities(self) -> Capability:
        """What this source can do."""

    def ping(self) -> None:
        """Return when the server answers."""

    def queues(self) -> list[Queue]:
        """All queues with their numbers at one instant, by name; one pipelined round trip."""

    def queue(self, name: str) -> Queue:
        """One queue. Raises UnknownQueue."""

    def jobs(self, selector: Selector, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        """Jobs in one state (`selector.state`, default failed), newest or next to run first; payloads left out."""

    def job(self, queue: str, job_id: str) -> Job:
        """One job, complete. Raises UnknownQueue, UnknownJob."""

    def groups(self, selector: Selector, *, order: str = "last", cursor: str = "", limit: int = 50) -> Page[ErrorGroup]:
        """Dead letters by fingerprint and queue; order is `last` or `count`, both descending."""

    def workers(self) -> list[Worker]:
        """All workers, lost ones first."""

    def series(self, queue: str, minutes: int) -> dict[str, Series]:
        """Per-minute history of a queue (empty name: all queues): enqueued, succeeded, failed_attempts, failed,
        pending, processing; the last point is the current, incomplete minute."""

    def pause(self, queue: str) -> None:
        """Stop handing out jobs of a queue. Raises UnknownQueue, ActionRefused."""

    def resume(self, queue: str) -> None:
        """Hand out jobs again. Raises UnknownQueue, ActionRefused."""

    def act(self, action: Action, queue: str, job_id: str) -> State | None:
        """Requeue, purge, restore or cancel one job at once; returns its new state, None when purged.

        Raises UnknownQueue, UnknownJob, ActionRefused.
        """

    def edit(self, queue: str, job_id: str, data: Any) -> State:
        """Requeue a failed job with other arguments, keeping its history. Raises as `act`, and InvalidRequest."""

    def select(self, action: Action, selector: Selector) -> Selection:
        """Freeze what a bulk action would act on; changes nothing. Raises InvalidRequest, UnknownQueue."""

    def begin(self, operation: str, action: Action, part: Part, *, rate: float | None = None) -> None:
        """Record a part of an operation at the source; repeating it changes nothing."""

    def step(self, operation: str, action: Action, part: Part, limit: int) -> Step:
        """Move at most `limit` jobs of a part; safe to repeat, and to call from several processes at once."""

    def progress(self, operation: str, part: Part) -> Step:
        """What all steps of a part have done together, as the source recorded it; zeros before `begin`."""

    def finish(self, operation: str, part: Part) -> None:
        """The part will not go on; repeating it, or finishing what never began, changes nothing."""

    def outcome(self, operation: str, part: Part) -> Outcome:
        """What became of the jobs of a part so far."""

    def reverse(self, operation: str, action: Action, part: Part) -> Part | None:
        """The part that takes a done part back (trash of a purge, waiting jobs of a requeue); None when over."""


class AdapterFactory(Protocol):
    """A module in `dashboard.adapters` named as its kind offers this function."""

    def __call__(self, source: str, url: str, options: dict[str, Any]) -> Adapter:
        """Make the adapter; no connection is opened yet."""


def offers(job_offers: Sequence[Offer]) -> list[str]:
    """Names of the actions in a list of offers, for JSON."""
    return [offer.action.value for offer in job_offers]
