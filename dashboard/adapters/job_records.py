"""A job as an adapter answers with it: frozen; times are unix seconds, None is what was not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.adapters.vocabulary import Action, Exactness, State


@dataclass(frozen=True, slots=True)
class Offer:
    """One action offered for a job, with how exact it is; `reason` is empty when exact."""

    action: Action
    exactness: Exactness = Exactness.EXACT
    reason: str = ""


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
    """Why a job failed; `of_group` when traceback and frames are those of another job of its error group."""

    type: str
    message: str
    traceback: str = ""
    fingerprint: str = ""
    frames: tuple[Frame, ...] = ()
    reason: str = ""
    of_group: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One earlier run of a job; times in unix seconds; version of the application that ran it, empty when unknown."""

    number: int
    started_at: float | None
    finished_at: float | None
    worker: str
    outcome: str
    error_type: str = ""
    message: str = ""
    fingerprint: str = ""
    version: str = ""


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
class Edit:
    """The arguments a job had before it was edited, at that time (unix seconds); the oldest edit comes first."""

    at: float
    payload: Payload


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a job by hand, at that time (unix seconds).

    kind: `requeue`, `edit`, `move`, `undo` or `run` (of its schedule, besides its instants). note: for the last move,
    the queue it came from.
    """

    at: float
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One job; times in unix seconds, None when it did not happen or is not known.

    attempts: 0 where they are not told, if it has run. max_retries: None where it is not told.
    version: of the application whose worker last failed it, empty when it was not reported.
    changes: the newest four, oldest first; not read for lists. cancel_requested: it runs and was asked to stop.
    schedule: id of the schedule that it belongs to, empty when it has none.
    revision: changes when a job fails or is edited; given to `edit`, it keeps one from going over another.
    purged_at, restorable_until: of a job in the trash, when it is known.
    back_at: of one in processing that no worker has any more, as far as they tell: when it is handed out again;
    `started_at` is then when it was fetched.
    """

    id: str
    source: str
    queue: str
    type: str
    state: State
    payload: Payload = field(default_factory=Payload)
    priority: int = 0
    attempts: int = 0
    max_retries: int | None = None
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
    version: str = ""
    edits: tuple[Edit, ...] = ()
    changes: tuple[Change, ...] = ()
    cancel_requested: bool = False
    revision: str = ""
    in_trash: bool = False
    purged_at: float | None = None
    restorable_until: float | None = None
    result: str = ""
    schedule: str = ""
    back_at: float | None = None
    actions: tuple[Offer, ...] = ()

    def can(self, action: Action) -> bool:
        """Whether an action is offered and possible."""
        return possible(self.actions, action)


def possible(job_offers: Sequence[Offer], action: Action) -> bool:
    """Whether an action is among the offers, and possible."""
    return any(offer.action == action and offer.exactness != Exactness.IMPOSSIBLE for offer in job_offers)


def offers(job_offers: Sequence[Offer]) -> list[str]:
    """Names of the possible actions in a list of offers, for JSON."""
    return [offer.action.value for offer in job_offers if offer.exactness != Exactness.IMPOSSIBLE]
