"""What every product's adapter offers: pages, API, metrics, alerts and commands speak to this alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from dashboard.adapters.job_records import (
    Attempt,
    Change,
    Edit,
    Frame,
    Job,
    JobError,
    Offer,
    Payload,
    offers,
)
from dashboard.adapters.records import (
    CurrentJob,
    ErrorGroup,
    JobType,
    JobTypes,
    Load,
    Page,
    Queue,
    Selector,
    Unread,
    Worker,
)
from dashboard.adapters.schedule_records import Schedule, ScheduledRun, Timing
from dashboard.adapters.selection import Aged, Held, Outcome, Part, Selection, Step
from dashboard.adapters.vocabulary import (
    Action,
    ActionRefused,
    AdapterError,
    Capability,
    Exactness,
    InvalidRequest,
    NotFound,
    SourceUnavailable,
    State,
    UnknownGroup,
    UnknownJob,
    UnknownQueue,
    UnknownSchedule,
    UnknownSource,
)

__all__ = [
    "Action",
    "ActionRefused",
    "Adapter",
    "AdapterError",
    "AdapterFactory",
    "Aged",
    "Attempt",
    "Capability",
    "Change",
    "CurrentJob",
    "Edit",
    "ErrorGroup",
    "Exactness",
    "Frame",
    "Held",
    "InvalidRequest",
    "Job",
    "JobError",
    "JobType",
    "JobTypes",
    "Load",
    "NotFound",
    "Offer",
    "Outcome",
    "Page",
    "Part",
    "Payload",
    "Queue",
    "Schedule",
    "ScheduledRun",
    "Selection",
    "Selector",
    "SourceUnavailable",
    "State",
    "Step",
    "Timing",
    "UnknownGroup",
    "UnknownJob",
    "UnknownQueue",
    "UnknownSchedule",
    "UnknownSource",
    "Unread",
    "Worker",
    "offers",
]


class Adapter(Protocol):
    """One source. Every method raises SourceUnavailable when its server does not answer.

    One that has to look for its queues may have `searching() -> bool`: whether it is not through yet.
    """

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

    def trash(self, selector: Selector, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        """Purged jobs that can still be restored, by the state they were in (default any), the last purged first;
        asked only of a source that can restore."""

    def job(self, queue: str, job_id: str) -> Job:
        """One job, complete. Raises UnknownQueue, UnknownJob."""

    def groups(self, selector: Selector, *, order: str = "last", cursor: str = "", limit: int = 50) -> Page[ErrorGroup]:
        """Dead letters by fingerprint and queue; order is `last` or `count`, both descending."""

    def sample(self, selector: Selector, *, limit: int = 200, counts: Mapping[str, int] | None = None) -> Page[Job]:
        """Jobs of one state (default failed) spread evenly over its list, the newest included, with their arguments;
        `total` is how many the list holds within the selector's times, `searched` how many were looked at. `counts`
        says how many each queue has, when that is known already."""

    def load(self) -> Load:
        """How full the server's memory is; one command."""

    def workers(self) -> list[Worker]:
        """All workers, lost ones first."""

    def schedules(self, queue: str = "", *, cursor: str = "", limit: int = 50) -> Page[Schedule]:
        """Recurring jobs of one queue or of all: paused ones first, then by next instant, so that late ones lead.

        Raises UnknownQueue, InvalidRequest.
        """

    def schedule(self, schedule_id: str) -> Schedule:
        """One recurring job, complete. Raises UnknownSchedule."""

    def pause_schedule(self, schedule_id: str) -> None:
        """Run nothing of it until it is resumed, also when its application starts anew.

        Raises UnknownSchedule, ActionRefused.
        """

    def resume_schedule(self, schedule_id: str) -> None:
        """Run it again from its next instant on; nothing of the pause is caught up.

        Raises UnknownSchedule, ActionRefused.
        """

    def run_now(self, schedule_id: str) -> str:
        """Enqueue one job of it at once, also while it is paused; its next instant stays. The job's id.

        Raises UnknownSchedule, ActionRefused when its jobs must not overlap and one has not ended.
        """

    def delete_schedule(self, schedule_id: str) -> None:
        """Forget one that no application has any more; its jobs stay.

        Raises UnknownSchedule, ActionRefused when an application would bring it back.
        """

    def types(self, queue: str) -> JobTypes | None:
        """What the jobs of a queue did in the last hour by type; None when the source does not keep it.

        Raises UnknownQueue.
        """

    def pause(self, queue: str) -> None:
        """Stop handing out jobs of a queue. Raises UnknownQueue, ActionRefused."""

    def resume(self, queue: str) -> None:
        """Hand out jobs again. Raises UnknownQueue, ActionRefused."""

    def act(self, action: Action, queue: str, job_id: str) -> State | None:
        """Requeue, purge, restore or cancel one job at once, or undo its requeue; its new state, None when purged.

        An undo takes a requeued job that has not started back to its old place among the failed ones,
        with the arguments an edit gave it.
        Raises UnknownQueue, UnknownJob, ActionRefused.
        """

    def edit(self, queue: str, job_id: str, data: Any, seen: str = "") -> State:
        """Requeue a failed job with other arguments, keeping its history; refused when its `revision` is not `seen`.

        Raises as `act`, and InvalidRequest.
        """

    def move(self, queue: str, job_id: str, target: str) -> State:
        """Take a failed job, whole, to the end of another queue of this source, where it is pending; one atomic step.

        Raises as `act`; UnknownQueue also for the target.
        """

    def select(self, action: Action, selector: Selector) -> Selection:
        """Freeze what a bulk action would act on; changes nothing. Raises InvalidRequest, UnknownQueue."""

    def unable(self, parts: Sequence[Part]) -> dict[str, int]:
        """Of the dead letters in parts of a selection, those that cannot be put back: how many, by reason. The reason
        is marked for the catalogue."""

    def aged(self, parts: Sequence[Part], before: float) -> Aged | None:
        """Which jobs of frozen parts failed before a time (unix seconds); None when the source cannot tell."""

    def held(self, parts: Sequence[Part], *, limit: int = 200) -> Held | None:
        """How many of at most `limit` jobs of frozen parts another job with their unique key keeps from going back;
        None when the source has no unique keys, or cannot tell."""

    def begin(self, operation: str, action: Action, part: Part, *, rate: float | None = None) -> None:
        """Record a part of an operation at the source; repeating it changes nothing."""

    def step(self, operation: str, action: Action, part: Part, limit: int) -> Step:
        """Move at most `limit` jobs of a part; safe to repeat, and to call from several processes at once."""

    def progress(self, operation: str, part: Part) -> Step:
        """What all steps of a part have done together, as the source recorded it; zeros before `begin`."""

    def finish(self, operation: str, part: Part) -> None:
        """The part will not go on; repeating it, or finishing what never began, changes nothing."""

    def outcome(self, parts: Sequence[tuple[str, Part]]) -> Outcome:
        """What became so far of the jobs of parts, each with the id under which it was begun; few commands for many."""

    def reverse(self, operation: str, action: Action, part: Part) -> Part | None:
        """The part that takes a done part back (trash of a purge, waiting jobs of a requeue); None when over."""


class AdapterFactory(Protocol):
    """A module in `dashboard.adapters` named as its kind offers this function."""

    def __call__(self, source: str, url: str, options: dict[str, Any]) -> Adapter:
        """Make the adapter; no connection is opened yet."""
