"""What metrics have in common: how a rule is narrowed, what it is judged for, and values in words by their unit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from dashboard.adapters.contract import Queue, Selector
from dashboard.adapters.snapshot import Snapshot, SourceSnapshot
from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Link, Point, Reading, Sample, Target
from dashboard.alerts.metrics.units import amount, amount_in_words
from dashboard.alerts.problems import Problem
from dashboard.alerts.records import Origin, Rule
from dashboard.history.bucket import UNTOLD
from dashboard.history.history import Past
from dashboard.language import gettext

NARROWED = "%(metric)s cannot be narrowed by %(field)s"


def built_in(name: str, metric: str, above: float, severity: str, for_seconds: float = 0.0, **more: Any) -> Rule:
    """A rule that is on from the start."""
    return Rule(
        name, metric, above, for_seconds, severity, built_in=True, origin=Origin.BUILT_IN, **more
    )  # fmt: skip


def untold(rule: Rule, queue: Queue | None = None) -> Sample:
    """What a product does not tell: no data for a rule that somebody wrote for it; a built-in one does not judge."""
    return NOT_JUDGED if rule.built_in and not (queue and queue.problem) else UNREAD


class Judged(ABC):
    """A metric of a source as a whole.

    Subclasses give `name`, `unit`, `title` (marked for translation), `of_source` and `said`, and `level` when the
    history keeps their value as one of `bucket.LEVELS`.
    """

    name: ClassVar[str]
    unit: ClassVar[str]
    title: ClassVar[str]
    page: ClassVar[str] = "settings"
    level: ClassVar[str] = ""
    by_queue: ClassVar[bool] = False
    narrowed_by: ClassVar[frozenset[str]] = frozenset()
    defaults: ClassVar[tuple[Rule, ...]] = ()

    def problem(self, rule: Rule) -> Problem | None:
        """Why a rule cannot be judged by this metric; None when it can."""
        given = {"queue": rule.queue, "type": rule.type, "fingerprint": rule.group}
        refused = [word for word, value in given.items() if value and word not in self.narrowed_by]
        return Problem(refused[0], NARROWED, {"metric": self.name, "field": refused[0]}) if refused else None

    def targets(self, rule: Rule, snapshot: Snapshot) -> Iterator[Target]:
        """Every source that the rule is about."""
        for source in snapshot.sources:
            if rule.source in ("", source.name):
                yield from self.within(rule, source)

    def within(self, rule: Rule, source: SourceSnapshot) -> Iterator[Target]:
        """What the rule is judged for in one source: the queue it names, or the source as a whole."""
        yield Target(source.name, rule.queue, rule.type, rule.group)

    def sample(self, rule: Rule, target: Target, reading: Reading) -> Sample:
        """The value for one target."""
        source = reading.snapshot.source(target.source)
        if source is None or not source.up:
            return UNREAD
        return self.of_source(rule, target, source, reading)

    @abstractmethod
    def of_source(self, rule: Rule, target: Target, source: SourceSnapshot, reading: Reading) -> Sample:
        """The value for one target in a source that answers."""

    @abstractmethod
    def said(self, value: float) -> str:
        """A value in words, for a sentence."""

    def words(self) -> str:
        """What is measured."""
        return gettext(self.title)

    def amount(self, value: float) -> str:
        """A value as tables show it."""
        return amount(self.unit, value)

    def limit(self, value: float) -> str:
        """A threshold in a sentence; empty when there is only yes and no, or nothing is allowed at all."""
        return "" if self.unit == "yes" or value == 0 else amount_in_words(self.unit, value)

    def link(self, target: Target) -> Link:
        """Where the cause is seen."""
        chosen = Selector(target.source, target.queue, type=target.type, fingerprint=target.group)
        return Link("dead" if self.page == "queue" and not target.queue else self.page, chosen)

    def lead(self, rule: Rule) -> int:
        """Seconds of history that a value is made of."""
        return 0

    def history(self, rule: Rule, past: Past) -> list[Point] | None:
        """Its values over the past; None when they cannot be found out afterwards."""
        if not self.level:
            return None
        return [(start + past.seconds, self.then(rule, bucket.value(self.level))) for start, bucket in past.points]

    def then(self, rule: Rule, kept: int | None) -> Sample:
        """The value that was kept: what the product does not tell is judged as it is now, and a gap is no data."""
        return untold(rule) if kept == UNTOLD else Sample(kept)


class JudgedByQueue(Judged):
    """A metric of each queue. Subclasses give `of_queue` instead of `of_source`."""

    narrowed_by: ClassVar[frozenset[str]] = frozenset({"queue"})
    page: ClassVar[str] = "queue"
    by_queue: ClassVar[bool] = True
    of_failures: ClassVar[bool] = False
    """Whether it can be told of a queue that is known by its failures alone."""

    def within(self, rule: Rule, source: SourceSnapshot) -> Iterator[Target]:
        """Its queues; of a source that does not answer, itself."""
        if not source.up:
            yield Target(source.name, rule.queue, rule.type, rule.group)
            return
        for queue in self.queues(source):
            if rule.queue in ("", queue.name):
                yield Target(source.name, queue.name, rule.type, rule.group)

    def queues(self, source: SourceSnapshot) -> tuple[Queue, ...]:
        """The queues that are looked at."""
        return tuple(queue for queue in source.queues if self.of_failures or not queue.failures_only)

    def of_source(self, rule: Rule, target: Target, source: SourceSnapshot, reading: Reading) -> Sample:
        """The value of one queue; one that is gone is not judged."""
        queue = next((each for each in self.queues(source) if each.name == target.queue), None)
        return NOT_JUDGED if queue is None else self.of_queue(rule, target, queue, reading)

    @abstractmethod
    def of_queue(self, rule: Rule, target: Target, queue: Queue, reading: Reading) -> Sample:
        """The value of one queue in a source that answers."""
