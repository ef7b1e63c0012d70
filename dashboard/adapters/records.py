"""What an adapter answers with: frozen records; times are unix seconds, None is what was not read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from dashboard.adapters.job_records import Offer, possible
from dashboard.adapters.vocabulary import Action, Capability, State

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Selector:
    """Which jobs are meant. Empty fields do not narrow; times are unix seconds.

    error: part of the error's type or message; q: free text over type, error text and id.
    worker: the worker that last ran it, or the start of its name; version: of the application that it last failed on.
    args: what arguments must hold, as (path, value): `("customer.id", "42")` is `data["customer"]["id"]` shown as text.
    excluded: what must not be so, as (word, value); words are the names of these fields, and `args.PATH`.
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
    worker: str = ""
    version: str = ""
    args: tuple[tuple[str, str], ...] = ()
    excluded: tuple[tuple[str, str], ...] = ()

    def narrowed(self, **changes: Any) -> Selector:
        """A copy with some fields replaced."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Unread:
    """A queue that could not be read, and why; a list over several queues is then without it."""

    source: str
    queue: str
    problem: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    next_cursor: opaque; None on the last page. total: exact number over all pages when known.
    jobs: for groups, the number of dead letters in all of them when known.
    searched: how many were read to find the items, when a filter had to scan; `complete` is False
    when the scan stopped at its bound before the end.
    cursors: per item the cursor that goes on after it, by which lists of several sources are merged.
    unread: queues that the list is without, since their keys are damaged.
    why: of a sample, why it is empty, where the source can say; marked for the catalogue, with `%(type)s`.
    """

    items: tuple[T, ...]
    next_cursor: str | None = None
    total: int | None = None
    searched: int | None = None
    complete: bool = True
    cursors: tuple[str, ...] = ()
    jobs: int | None = None
    unread: tuple[Unread, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue at one instant; None is a value that was not read, never shown as 0.

    totals: since the queue began: enqueued, succeeded, failed, failed_attempts, cancelled, retries, requeued, purged.
    schedules, schedules_late: its schedules; of these those whose instant passed more than a minute ago.
    next_schedule_at, scheduler_heard_at: the earliest instant of them; when a scheduler was last heard of.
    pauses_source: a pause of it stops all queues of its source.
    run_seconds, wait_seconds: cumulative histograms of (upper bound, jobs at most that), the last bound is infinite.
    types_ever: attempts since the queue began by job type, in the order in which the types were first seen.
    failures_as_of: when failures were last looked for, 0 for never; None where nobody has to look for them.
    problem: why none of its numbers could be read, empty when they were.
    failures_only: whether only its failures tell of it, so that what waits in it is neither known nor watched.
    hint: what its numbers lack and how to have it, marked for the catalogue.
    has_jobs: False for what holds schedules alone, whose product keeps no jobs that could be shown or counted.
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
    pauses_source: bool = False
    oldest_pending_seconds: float | None = None
    stalled: int | None = None
    workers: int | None = None
    slots: int | None = None
    enqueued_per_minute: float | None = None
    succeeded_per_minute: float | None = None
    failed_per_minute: float | None = None
    dead_per_minute: float | None = None
    schedules: int | None = None
    schedules_late: int | None = None
    next_schedule_at: float | None = None
    scheduler_heard_at: float | None = None
    totals: dict[str, int] = field(default_factory=dict)
    run_seconds: tuple[tuple[float, int], ...] = ()
    run_seconds_sum: float = 0.0
    wait_seconds: tuple[tuple[float, int], ...] = ()
    wait_seconds_sum: float = 0.0
    by_type: dict[str, dict[str, int]] = field(default_factory=dict)
    capabilities: Capability = Capability.NONE
    types_ever: tuple[JobType, ...] = ()
    problem: str = ""
    has_jobs: bool = True
    hint: str = ""
    failures_only: bool = False
    failures_as_of: float | None = None

    def count(self, state: State) -> int | None:
        """Number of jobs in one state, None when not known."""
        value: int | None = getattr(self, state.value)
        return value


@dataclass(frozen=True, slots=True)
class JobType:
    """What the jobs of one type did lately; the empty name is all types beyond those that are told apart.

    run_seconds: cumulative histogram of the runs that succeeded, as `Queue.run_seconds`.
    """

    name: str
    succeeded: int
    failed_attempts: int
    run_seconds: tuple[tuple[float, int], ...] = ()

    @property
    def attempts(self) -> int:
        """Attempts that ended."""
        return self.succeeded + self.failed_attempts


@dataclass(frozen=True, slots=True)
class JobTypes:
    """The types of a queue's jobs, the most attempts first; since: unix seconds from which on they are counted."""

    since: float
    types: tuple[JobType, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Dead letters of one queue with one fingerprint; `trend` counts the last 24 hours, oldest first.

    version: of the application whose worker reported the last of them, empty when it is not known.
    versions: of the newest of these versions, with when each was first seen to fail (unix seconds), oldest first.
    """

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
    version: str = ""
    versions: tuple[tuple[str, float], ...] = ()
    actions: tuple[Offer, ...] = ()

    def can(self, action: Action) -> bool:
        """Whether an action on its jobs is offered and possible."""
        return possible(self.actions, action)


@dataclass(frozen=True, slots=True)
class CurrentJob:
    """A job a worker is running."""

    id: str
    queue: str
    type: str
    started_at: float | None


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker process; times in unix seconds; `lost` when its heartbeat is overdue.

    succeeded, failed_attempts: since it started. jobs_back_at: when the jobs of a worker that is lost are handed out
    again, None where that is not told. jobs_after: what else becomes of them, a sentence marked for the catalogue.
    problem: why its report could not be read, empty when it was.
    """

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
    succeeded: int | None = None
    failed_attempts: int | None = None
    jobs_back_at: float | None = None
    jobs_after: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """How full a source's server is: bytes used, and the limit (None when there is none or it is not known).

    policy: what it deletes at the limit, as Redis names it; empty when it is not known.
    """

    memory_bytes: int
    memory_limit: int | None = None
    policy: str = ""
