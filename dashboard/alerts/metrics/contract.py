"""What every metric of a rule offers; a metric is added by adding a file to this folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from dashboard.adapters.contract import ErrorGroup, JobTypes, Load, Page, Selector
from dashboard.adapters.snapshot import Snapshot
from dashboard.alerts.problems import Problem
from dashboard.alerts.records import Alert, Rule
from dashboard.history.history import Past
from dashboard.history.sparks import Spark


@dataclass(frozen=True, slots=True)
class Target:
    """What one alert is about. An empty queue means the whole source; type and group narrow it further."""

    source: str
    queue: str = ""
    type: str = ""
    group: str = ""

    @classmethod
    def of(cls, alert: Alert) -> Target:
        """What an alert is about."""
        return cls(alert.source, alert.queue, alert.type, alert.group)


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading of a rule's metric.

    value: None when it could not be read, or when there is too little to judge (`enough` is False then).
    """

    value: float | None
    enough: bool = True


UNREAD = Sample(None)
NOT_JUDGED = Sample(None, enough=False)
Point = tuple[float, Sample]
"""Unix seconds, and what was read then."""


class Looks(Protocol):
    """What is not in a snapshot, asked for by the metrics of those rules that need it, once for all of them.

    Every method raises AdapterError when it cannot be read.
    """

    def minutes(self, source: str, queue: str) -> Spark | None:
        """Most pending jobs in each of the last 60 whole minutes, oldest first; empty when none is known yet, None of a
        queue that has no history of its own."""

    def past(self, source: str, queue: str, seconds: int, size: int) -> Past:
        """The last so many seconds of a queue, or of a source with an empty name, in buckets of `size` seconds."""

    def load(self, source: str) -> Load:
        """How full a source's server is, at most half a minute old."""

    def groups(self, selector: Selector) -> Page[ErrorGroup]:
        """The 200 groups of dead letters that failed last."""

    def latest_groups(self, source: str, queue: str) -> Page[ErrorGroup]:
        """The 50 groups that failed last, at most 15 seconds old."""

    def types(self, source: str, queue: str) -> JobTypes | None:
        """What the jobs of a queue did in the last hour by type; None when the source does not keep it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one evaluation reads, once for all rules. now: unix seconds."""

    snapshot: Snapshot
    now: float
    looks: Looks


@dataclass(frozen=True, slots=True)
class Link:
    """Where the cause of an alert is seen. page: `dead`, `queue`, `workers`, `schedules` or `settings`."""

    page: str
    selector: Selector = field(default_factory=Selector)


class Metric(Protocol):
    """A module of this folder offers `METRIC`, one of these; the bases of `judged` have most of it.

    name: as rules write it. unit: `jobs`, `jobs/min`, `percent`, `seconds`, `ratio`, `groups`, `schedules` or `yes`.
    by_queue: whether a rule that names no queue is judged for each one, and not for each source as a whole.
    narrowed_by: which of `queue`, `type` and `fingerprint` a rule may name. defaults: its built-in rules.
    """

    name: str
    unit: str
    by_queue: bool
    narrowed_by: frozenset[str]
    defaults: tuple[Rule, ...]

    def problem(self, rule: Rule) -> Problem | None:
        """Why a rule cannot be judged by this metric; None when it can."""

    def targets(self, rule: Rule, snapshot: Snapshot) -> Iterator[Target]:
        """What the rule is judged for; a source that does not answer is one target, however many queues it has."""

    def sample(self, rule: Rule, target: Target, reading: Reading) -> Sample:
        """The value for one target. Raises AdapterError when something else than the snapshot did not answer."""

    def words(self) -> str:
        """What is measured, for people: `dead letters`; translated."""

    def said(self, value: float) -> str:
        """A value in words, for a sentence: `412 failed jobs`; translated."""

    def amount(self, value: float) -> str:
        """A value as tables show it: `4m 12s`; translated."""

    def limit(self, value: float) -> str:
        """A threshold in a sentence: `4 min 12 s`; empty when there is only yes and no; translated."""

    def link(self, target: Target) -> Link:
        """Where the cause is seen."""

    def lead(self, rule: Rule) -> int:
        """Seconds of history that a value is made of."""

    def history(self, rule: Rule, past: Past) -> list[Point] | None:
        """Its values over the past of a target, in minutes or longer; None when they cannot be found out afterwards."""
