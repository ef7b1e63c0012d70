"""What every metric of a rule offers; a metric is added by adding a file to this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from dashboard.adapters.snapshot import Snapshot
from dashboard.alerts.records import Rule


@dataclass(frozen=True, slots=True)
class Target:
    """What one alert is about. An empty queue means the whole source; type and group narrow it further."""

    source: str
    queue: str = ""
    type: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading of a rule's metric.

    value: None when it could not be read, or when there is too little to judge (`enough` is False then).
    """

    value: float | None
    enough: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What one evaluation may read, once for all rules.

    now: unix seconds. series: a queue's (or with an empty name a source's) history, `series(source, queue, field,
    seconds)` gives (unix seconds, value) points of the last so many seconds. groups: of one source, the error groups
    first seen after a time.
    """

    snapshot: Snapshot
    now: float
    series: Callable[[str, str, str, float], list[tuple[float, float | None]]]
    new_groups: Callable[[str, str, float], int | None]


class Metric(Protocol):
    """A module of this folder offers `METRIC`, one of these.

    name: as rules write it. unit: `jobs`, `jobs/min`, `percent`, `seconds`, `ratio`, `groups`, `schedules` or `yes`.
    """

    name: str
    unit: str

    def targets(self, rule: Rule, snapshot: Snapshot) -> Iterator[Target]:
        """What the rule is judged for; of a source that does not answer as last known."""

    def sample(self, rule: Rule, target: Target, reading: Reading) -> Sample:
        """The value for one target. Raises AdapterError when something else than the snapshot did not answer."""

    def words(self) -> str:
        """What is measured, for people: `dead letters`; marked for translation and translated."""

    def said(self, value: float) -> str:
        """A value in words, for a message: `412 failed jobs`."""
