"""Many jobs' arguments as sets of jobs: which facts hold for which of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import StatisticsError, correlation, quantiles
from typing import Any

from dashboard.contrast.facts import Fact, Kind, Seen

Timed = tuple[float, float | None]
"""A number, and when the job that has it was made."""

MOST_FACTS = 20_000
PERCENTILES = (10, 25, 50, 75, 90)
FEW_NUMBERS = 10
"""A path with fewer different numbers is compared by its values alone."""
IN_STEP = 0.8
"""From this rank correlation with time on, a number is a counter or a clock: it tells when, not why."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Arguments of one job, decoded and redacted, and when it was made (unix seconds)."""

    data: Any
    made_at: float | None = None


@dataclass(slots=True)
class Sample:
    """Jobs of one kind; a set of jobs is an integer with the bit of each job set.

    facts: for which jobs each fact holds. present, objects: as in `Seen`. inside: the parent of each path.
    numbers: value and time by path and job.
    """

    size: int = 0
    facts: dict[Fact, int] = field(default_factory=dict)
    present: dict[str, int] = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, dict[int, Timed]] = field(default_factory=dict)

    @classmethod
    def of(cls, observations: Iterable[Observation]) -> Sample:
        """Look at each job's arguments."""
        sample = cls()
        for index, each in enumerate(observations):
            sample._add(index, Seen(each.data), each.made_at)
        return sample

    def holds(self, fact: Fact) -> int:
        """The jobs for which a fact holds."""
        return self.facts.get(fact, 0)

    def _add(self, index: int, seen: Seen, made_at: float | None) -> None:
        bit = 1 << index
        self.size = index + 1
        for fact in seen.facts:
            if fact in self.facts or len(self.facts) < MOST_FACTS:
                self.facts[fact] = self.facts.get(fact, 0) | bit
        for path, inside in seen.present.items():
            self.present[path] = self.present.get(path, 0) | bit
            self.inside[path] = inside
        for path in seen.objects:
            self.objects[path] = self.objects.get(path, 0) | bit
        for path, number in seen.numbers.items():
            self.numbers.setdefault(path, {})[index] = (number, made_at)


def complete(first: Sample, second: Sample) -> None:
    """Add to both samples what can only be said of the two together: what is missing, and ranges of numbers.

    The limits of the ranges are taken from both samples as one, so that they favour neither.
    """
    for path, inside in {**first.inside, **second.inside}.items():
        if path:
            fact, given = Fact(path, Kind.MISSING), Fact(path, Kind.GIVEN)
            for sample in (first, second):
                there = sample.present.get(path, 0)
                _put(sample, fact, sample.objects.get(inside, 0) & ~there)
                _put(sample, given, there)
    for path in {**first.numbers, **second.numbers}:
        both = (first.numbers.get(path, {}), second.numbers.get(path, {}))
        for limit in _limits(*(list(numbers.values()) for numbers in both)):
            for sample, numbers in zip((first, second), both, strict=True):
                _put(sample, _at_least(path, limit), _jobs(numbers, limit, above=True))
                _put(sample, _at_most(path, limit), _jobs(numbers, limit, above=False))


def _put(sample: Sample, fact: Fact, jobs: int) -> None:
    if jobs:
        sample.facts[fact] = jobs


def _at_least(path: str, limit: float) -> Fact:
    return Fact(path, Kind.AT_LEAST, _plain(limit))


def _at_most(path: str, limit: float) -> Fact:
    return Fact(path, Kind.AT_MOST, _plain(limit))


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:,.6g}"


def _jobs(numbers: Mapping[int, Timed], limit: float, *, above: bool) -> int:
    return sum(1 << job for job, (value, _) in numbers.items() if (value >= limit if above else value <= limit))


def _limits(first: Sequence[Timed], second: Sequence[Timed]) -> list[float]:
    """The percentiles of many different numbers; none when they only tell the time."""
    values = sorted(value for value, _ in (*first, *second))
    if len(set(values)) < FEW_NUMBERS or _tell_time([*first, *second]) or (_tell_time(first) and _tell_time(second)):
        return []
    cuts = quantiles(values, n=100, method="inclusive")
    # A limit is a value that occurs: "at least 20,000" reads better than "at least 19,873.25".
    return sorted({min(values, key=lambda value: abs(value - cuts[at - 1])) for at in PERCENTILES})


def _tell_time(numbers: Sequence[Timed]) -> bool:
    known = [(value, at) for value, at in numbers if at is not None]
    if len(known) < FEW_NUMBERS:
        return False
    try:
        return abs(correlation(_ranks([value for value, _ in known]), _ranks([at for _, at in known]))) >= IN_STEP
    except StatisticsError:
        return False


def _ranks(values: Sequence[float]) -> list[float]:
    """The place of each value in their order; equal values share the middle of their places."""
    ordered = sorted(values)
    return [(bisect_left(ordered, value) + bisect_right(ordered, value)) / 2 for value in values]
