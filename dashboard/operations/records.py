"""What a plan and an operation are; pages, API and commands show these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from dashboard.adapters.contract import Action, Outcome, Part, Selection, Selector
from dashboard.language import gettext
from dashboard.operations.pressure import Pressure, per_second
from dashboard.operations.wording import in_words


class OperationState(StrEnum):
    """States of an operation."""

    WAITING = "waiting"
    CANARY = "canary"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    DONE = "done"
    UNDONE = "undone"


UNDOABLE = {Action.REQUEUE: Action.UNDO, Action.PURGE: Action.RESTORE}
"""What takes an action back."""

TAKEN_UP_SECONDS = 15.0
"""Within which a collector that works takes up an operation."""

OPEN_STATES = (OperationState.WAITING, OperationState.CANARY, OperationState.RUNNING, OperationState.PAUSED)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast an operation goes: jobs per second (None: no limit), jobs tried first, when to stop.

    slow_down: become slower by itself while a target queue or its server is over a limit.
    """

    rate_per_second: float | None = None
    canary: int | None = None
    stop_after_refailed: int | None = None
    slow_down: bool = False


@dataclass(frozen=True, slots=True)
class Slowdown:
    """An operation that goes slower than asked: jobs per second now, and before; when that was set; why."""

    rate: float
    base: float
    at: float
    why: Pressure | None = None

    @property
    def words(self) -> str:
        """How fast it goes, and why."""
        if self.why is None:
            return gettext("Speeding up again, %(rate)s now", rate=per_second(self.rate))
        return gettext("Slowed to %(rate)s: %(why)s", rate=per_second(self.rate), why=self.why)


class Weight(IntEnum):
    """How much a caution should weigh; the heaviest is shown first."""

    NOTE = 1
    WAIT = 2
    FAIL = 3


@dataclass(frozen=True, slots=True)
class Caution:
    """What should be known before saying yes.

    kind: names the check, as `still_happening`. text: what is so. advice: what to do about it, may be empty.
    weight: `FAIL` when the jobs are likely to fail again, `WAIT` when they will wait or be skipped, else `NOTE`.
    """

    kind: str
    text: str
    advice: str = ""
    weight: Weight = Weight.NOTE


@dataclass(frozen=True, slots=True)
class Plan:
    """A frozen selection that waits for a yes; `token` redeems it once, until `expires_at` (unix seconds).

    names: of the errors whose fingerprints are selected. cautions: the heaviest first.
    """

    token: str
    action: Action
    selectors: tuple[Selector, ...]
    selection: Selection
    by_queue: dict[tuple[str, str], int] = field(default_factory=dict)
    by_type: dict[str, int] = field(default_factory=dict)
    expires_at: float = 0.0
    names: Mapping[str, str] = field(default_factory=dict)
    cautions: tuple[Caution, ...] = ()

    @property
    def selector(self) -> Selector:
        """What was chosen; the first of several."""
        return self.selectors[0] if self.selectors else Selector()

    @property
    def words(self) -> str:
        """What is selected, as people call it."""
        return in_words(self.selectors, self.names)

    @property
    def matched(self) -> int:
        """Number of jobs the plan acts on."""
        return self.selection.matched

    @property
    def warnings(self) -> tuple[str, ...]:
        """The cautions' texts."""
        return tuple(caution.text for caution in self.cautions)


@dataclass(frozen=True, slots=True)
class Operation:
    """One bulk action; times in unix seconds. `of` is the operation that this one undoes.

    forgiven: jobs that had failed again when someone resumed it after it had stopped by itself.
    names: of the errors whose fingerprints were selected. rate: jobs per second as measured, None when it stands.
    """

    id: str
    action: Action
    state: OperationState
    selectors: tuple[Selector, ...]
    matched: int
    done: int = 0
    skipped: int = 0
    failed: int = 0
    pace: Pace = Pace()
    outcome: Outcome = field(default_factory=Outcome)
    parts: tuple[Part, ...] = ()
    part_index: int = 0
    actor: str = ""
    reason: str = ""
    as_of: float = 0.0
    created_at: float = 0.0
    finished_at: float | None = None
    rate: float | None = None
    of: str = ""
    undone_by: str = ""
    undo_until: float | None = None
    problem: str = ""
    forgiven: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    slowdown: Slowdown | None = None

    @property
    def selector(self) -> Selector:
        """What was chosen; the first of several."""
        return self.selectors[0] if self.selectors else Selector()

    @property
    def words(self) -> str:
        """What was selected, as people call it."""
        return in_words(self.selectors, self.names)

    @property
    def open(self) -> bool:
        """Whether it is still to be driven or resumed."""
        return self.state in OPEN_STATES

    @property
    def handled(self) -> int:
        """Jobs moved or skipped so far."""
        return self.done + self.skipped + self.failed

    @property
    def refailed(self) -> int:
        """Requeued jobs that failed again."""
        return self.outcome.refailed_same + self.outcome.refailed_new

    @property
    def slowed(self) -> str:
        """Why it goes slower than asked; empty when it does not, or does not run."""
        return self.slowdown.words if self.slowdown and self.state == OperationState.RUNNING else ""

    @property
    def limit_per_second(self) -> float | None:
        """Jobs per second it may move now, None for no limit."""
        limits = (self.pace.rate_per_second, self.slowdown.rate if self.slowdown else None)
        return min((limit for limit in limits if limit), default=None)

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the measured rate, or the one asked for; None when that is not known."""
        if self.state != OperationState.RUNNING:
            return None
        speeds = [speed for speed in (self.rate, self.limit_per_second) if speed]
        return max(0, self.matched - self.handled) / min(speeds) if speeds else None

    def untaken(self, now: float) -> bool:
        """Whether no collector has taken it up although there was time to."""
        return self.state == OperationState.WAITING and now - self.created_at >= TAKEN_UP_SECONDS

    @property
    def started_all(self) -> bool:
        """Whether every requeued job is known to have started or ended, so that nothing is left to take back."""
        known = self.outcome.ended + self.outcome.processing
        return self.action == Action.REQUEUE and not self.outcome.pending and known >= self.done

    def undoable(self, now: float) -> bool:
        """Whether `undo` is possible at `now` (unix seconds)."""
        over = self.undo_until is not None and now >= self.undo_until
        return self.action in UNDOABLE and not self.open and not self.undone_by and self.done > 0 and not over
