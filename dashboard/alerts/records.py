"""What a rule, an alert and a delivery are; pages, API and metrics show these."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class AlertState(StrEnum):
    """States of an alert. Recovering still counts as firing; `no data` and `error` are never shown as fine."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"
    NO_DATA = "no data"
    ERROR = "error"


BY_URGENCY = (
    AlertState.FIRING, AlertState.RECOVERING, AlertState.ERROR, AlertState.NO_DATA, AlertState.PENDING,
    AlertState.RESOLVED, AlertState.INACTIVE,
)  # fmt: skip


class Origin(StrEnum):
    """Where a rule or channel was written down."""

    BUILT_IN = "built in"
    FILE = "file"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is watched; spans in seconds.

    above: it fires when the value is above. clear: it is over when the value is at or below, None: `above`.
    for_seconds: how long the value must stay above before it fires. keep_firing_seconds: how long it must stay at or
    below `clear` before it is over. window_seconds: of growth and new groups, 0: the metric's own.
    type, group: the job type and the error fingerprint it is narrowed to. objective: burn_rate, percent of attempts
    that are to succeed. minimum: attempts a minute below which a ratio is not judged. no_data_seconds: how long a
    firing alert may be without a reading before its receivers hear of that.
    """

    name: str
    metric: str
    above: float
    for_seconds: float = 0.0
    severity: str = "page"
    source: str = ""
    queue: str = ""
    channels: tuple[str, ...] | None = None
    minimum: int = 0
    built_in: bool = False
    clear: float | None = None
    keep_firing_seconds: float = 0.0
    window_seconds: float = 0.0
    type: str = ""
    group: str = ""
    objective: float = 99.0
    no_data_seconds: float = 60.0
    origin: Origin = Origin.FILE
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """What one channel last heard of an alert, and when (unix seconds)."""

    state: AlertState
    at: float


@dataclass(frozen=True, slots=True)
class Alert:
    """One instance of a rule: its state for one target; times in unix seconds.

    fingerprint: its own id, the same as long as rule and target are. group: the error group it is narrowed to.
    value: the last value read, None when there is no data. summary: one sentence for people. reason: why it is in
    this state, a `states.Reason`, which `dashboard.alert_reasons` puts into words. error: why its rule could not be
    evaluated. notified: the state that receivers last heard of; told: the same by channel. value_at_start: the value
    when it began to fire; worst: the largest since. silenced_by: id of the silence that keeps it from telling
    anybody. clear and keep_firing_seconds: the rule's, when it was evaluated.
    """

    rule: str
    severity: str
    metric: str
    state: AlertState
    source: str
    queue: str
    value: float | None
    threshold: float
    for_seconds: float
    fingerprint: str
    since: float
    starts_at: float | None = None
    ends_at: float | None = None
    summary: str = ""
    notified: AlertState = AlertState.INACTIVE
    type: str = ""
    group: str = ""
    reason: str = ""
    error: str = ""
    told: dict[str, Told] = field(default_factory=dict)
    value_at_start: float | None = None
    silenced_by: str = ""
    worst: float | None = None
    clear: float | None = None
    keep_firing_seconds: float = 0.0

    @property
    def unresolved(self) -> bool:
        """Whether it fires, or fired when it was last read."""
        return self.starts_at is not None and self.ends_at is None


@dataclass(frozen=True, slots=True)
class Period:
    """One time that an alert fired; started and ended in unix seconds, ended None while it lasts.

    worst: the largest value of that time, None when none was read. fingerprint: the alert's. group: error group.
    """

    rule: str
    severity: str
    metric: str
    source: str
    queue: str
    fingerprint: str
    started: float
    ended: float | None
    worst: float | None = None
    threshold: float = 0.0
    type: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How the last evaluation of all rules went.

    at: unix seconds. seconds: how long it took. alerts: kept by it. left_out: alerts for which there was no room.
    errors: rules that could not be evaluated. values: by rule the worst value it had, where there was any.
    """

    at: float
    seconds: float = 0.0
    alerts: int = 0
    left_out: int = 0
    errors: tuple[str, ...] = ()
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last heartbeat; times in unix seconds.

    at: when it was due. succeeded_at: when one was last taken. error: why this one was not, in English, empty when it
    was. status: the receiver's.
    """

    at: float
    succeeded_at: float | None = None
    error: str = ""
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What one channel is to be told of one alert.

    type: `alert.firing`, `alert.resolved`, `alert.nodata` or `alert.error`. key: notices of one channel with the same
    key may go out as one message, and go out in order. fingerprint: the alert's. event: JSON, as the webhook sends
    it. wait: seconds to wait for others of its key. before: what the channel knew of the alert, as a state in which it
    waits for the end; empty when it knew nothing.
    """

    channel: str
    rule: str
    type: str
    key: str
    fingerprint: str
    event: str
    wait: float = 0.0
    before: str = ""


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """One channel as it may be shown: no secret, and of its address only scheme and host.

    origin: whether it stands in the file or was made on a page. revision: of one made on a page, to change it.
    recent: whether the last tries (at most 20, the oldest first) were taken. last_result: `sent`, `retrying`,
    `gave up`, `failed`, or empty when nothing was sent yet. disabled: why it gets no messages, empty when it does;
    times in unix seconds. unreadable: why what is stored of it cannot be read, empty when it can.
    """

    name: str
    kind: str
    address: str
    origin: Origin = Origin.FILE
    revision: str = ""
    last_result: str = ""
    last_at: float | None = None
    last_status: int | None = None
    last_error: str = ""
    recent: tuple[bool, ...] = ()
    disabled: str = ""
    disabled_at: float | None = None
    unreadable: str = ""

    @property
    def failures(self) -> int:
        """How many of the recent tries were not taken."""
        return self.recent.count(False)


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a delivery: when (unix seconds), how it ended, the receiver's status, and how long it took."""

    number: int
    at: float
    result: str
    status: int | None = None
    error: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one channel; result is `waiting`, `sent`, `retrying`, `gave up`, or `failed` of a test.

    alerts: how many it tells of; where: the queue or source of the first. tries: the last twelve, the oldest first;
    about: the alerts, by fingerprint, with what was said of each; both are read for a single delivery only.
    """

    id: str
    channel: str
    rule: str
    type: str
    result: str
    attempts: int
    created_at: float
    next_attempt_at: float | None = None
    finished_at: float | None = None
    status: int | None = None
    error: str = ""
    seconds: float | None = None
    alerts: int = 1
    where: str = ""
    tries: tuple[Try, ...] = ()
    about: tuple[tuple[str, str], ...] = ()

    @property
    def tried(self) -> int:
        """How often it was sent; that it was given up without trying is none of the tries."""
        untried = self.result == "gave up" and self.seconds is None
        return max(0, self.attempts - untried)
