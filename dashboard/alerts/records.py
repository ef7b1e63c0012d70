"""What a rule, an alert and a delivery are; pages, API and metrics show these."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AlertState(StrEnum):
    """States of an alert. `no data` is never shown as fine."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is watched. for_seconds: how long the value must stay above before it fires."""

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


@dataclass(frozen=True, slots=True)
class Alert:
    """One instance of a rule: its state for one source and queue; times in unix seconds.

    value: the last value read, None when there is no data. summary: one sentence for people.
    notified: the state that receivers last heard of.
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


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """One channel as it may be shown: no secret, and of its address only scheme and host."""

    name: str
    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one channel; result is `waiting`, `sent`, `retrying` or `gave up`."""

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
