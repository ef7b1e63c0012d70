"""Readings as an evaluation has them, of queues that are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.adapters.contract import ErrorGroup, JobTypes, Load, Page, Queue, Selector
from dashboard.adapters.snapshot import Snapshot, SourceSnapshot
from dashboard.alerts.metrics.contract import Reading, Sample, Target
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.records import Rule
from dashboard.history.history import Past
from dashboard.history.sparks import Spark

NOW = 1_900_000_000.0


@dataclass
class Given:
    """What is not in a snapshot, as a test gives it."""

    sparks: Mapping[tuple[str, str], Spark] = field(default_factory=dict)
    pasts: Mapping[tuple[str, str], Past] = field(default_factory=dict)
    loads: Mapping[str, Load] = field(default_factory=dict)
    found: Page[ErrorGroup] = field(default_factory=lambda: Page(()))
    job_types: JobTypes | None = None

    def minutes(self, source: str, queue: str) -> Spark:
        return self.sparks.get((source, queue), ())

    def past(self, source: str, queue: str, seconds: int, size: int) -> Past:
        known = self.pasts[source, queue]
        assert known.seconds == size
        return Past(size, known.points[-(seconds // size) :], known.since)

    def load(self, source: str) -> Load:
        return self.loads[source]

    def groups(self, selector: Selector) -> Page[ErrorGroup]:
        return self.found

    def latest_groups(self, source: str, queue: str) -> Page[ErrorGroup]:
        return self.found

    def types(self, source: str, queue: str) -> JobTypes | None:
        return self.job_types


def snapshot(*queues: Queue, up: bool = True) -> Snapshot:
    """A source `main` with these queues, and an empty one."""
    other = SourceSnapshot("side", "queue_core", "", up=True)
    return Snapshot(NOW, (SourceSnapshot("main", "queue_core", "", up=up, queues=queues), other))


def judged(rule: Rule, read: Snapshot) -> list[Target]:
    """What a rule is judged for."""
    return list(metrics()[rule.metric].targets(rule, read))


def value(rule: Rule, target: Target, read: Snapshot, given: Given | None = None) -> Sample:
    """The sample of one target."""
    return metrics()[rule.metric].sample(rule, target, Reading(read, NOW, given or Given()))
