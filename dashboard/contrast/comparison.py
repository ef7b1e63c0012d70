"""Compares the arguments of failed jobs with those of succeeded ones of the same type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from dashboard.contrast.facts import Fact, Kind
from dashboard.contrast.sample import Observation, Sample, complete
from dashboard.contrast.statistics import fisher_greater, least_difference

FEWEST_JOBS = 10
"""In either sample; with fewer, chance explains everything."""
FEWEST_HITS = 3
"""In both samples together; what is so of fewer jobs (an id of its own for each job) is not tried at all."""
LEAST_DIFFERENCE = 0.1
SURE = 0.01
MOST_ROWS, MOST_ALSO = 5, 3

_SEVERAL = {Kind.IS: Kind.IS, Kind.EMPTY: Kind.IS}
"""Kinds of which several facts of one path may be told, since each is about other jobs."""


@dataclass(frozen=True, slots=True)
class Row:
    """A fact that is over-represented in the group.

    failed, succeeded: in how many jobs of each sample it holds; their shares are of all jobs compared.
    chance: the probability to see this by chance anywhere, corrected for how much was tried.
    also: other facts that hold for exactly the same jobs.
    """

    fact: Fact
    failed: int
    succeeded: int
    failed_share: float
    succeeded_share: float
    chance: float
    also: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found, the biggest difference first: of so many jobs each, with so many facts tried."""

    rows: tuple[Row, ...]
    failed: int
    succeeded: int
    tried: int = 0

    @property
    def enough(self) -> bool:
        """Whether there were enough jobs to say anything."""
        return min(self.failed, self.succeeded) >= FEWEST_JOBS


def compare(failed: Iterable[Observation], succeeded: Iterable[Observation]) -> Comparison:
    """Find what the failed jobs have in common that the succeeded ones do not.

    A fact counts when Fisher's exact test, multiplied by the number of facts tried (Bonferroni), leaves less than 1 %
    to chance, and when the shares differ by ten points at least, at the lower end of the 95 % interval.
    """
    first, second = Sample.of(failed), Sample.of(succeeded)
    if min(first.size, second.size) < FEWEST_JOBS:
        return Comparison((), first.size, second.size)
    complete(first, second)
    tried = [fact for fact in {**first.facts, **second.facts} if sum(_hits(fact, first, second)) >= FEWEST_HITS]
    found = sorted(_striking(tried, first, second), key=lambda row: row[0])
    rows = _told_once([fact for _, fact in found], first, second)
    return Comparison(
        tuple(_row(fact, also, len(tried), first, second) for fact, also in islice(rows, MOST_ROWS)),
        first.size,
        second.size,
        len(tried),
    )


def _hits(fact: Fact, first: Sample, second: Sample) -> tuple[int, int]:
    return first.holds(fact).bit_count(), second.holds(fact).bit_count()


def _striking(
    tried: Sequence[Fact], first: Sample, second: Sample
) -> Iterable[tuple[tuple[float, Kind, int, str, str], Fact]]:
    """Facts that differ enough and surely, with what they are sorted by; the costly test comes last."""
    for fact in tried:
        a, b = _hits(fact, first, second)
        least = least_difference(a, first.size, b, second.size)
        if least >= LEAST_DIFFERENCE and fisher_greater(a, first.size, b, second.size) * len(tried) < SURE:
            yield (-least, fact.kind, fact.path.count("."), fact.path, fact.value), fact


def _told_once(facts: Sequence[Fact], first: Sample, second: Sample) -> Iterator[tuple[Fact, tuple[Fact, ...]]]:
    """Each set of jobs with its first fact and the others; of one path one fact, or several values."""
    by_jobs: dict[tuple[int, int], list[Fact]] = {}
    told: dict[str, Kind] = {}
    for fact in facts:
        kind = _SEVERAL.get(fact.kind)
        if fact.path not in told or (kind is not None and told[fact.path] == kind):
            told[fact.path] = fact.kind if kind is None else kind
            by_jobs.setdefault((first.holds(fact), second.holds(fact)), []).append(fact)
    for same in by_jobs.values():
        yield same[0], tuple(same[1 : MOST_ALSO + 1])


def _row(fact: Fact, also: tuple[Fact, ...], tried: int, first: Sample, second: Sample) -> Row:
    a, b = _hits(fact, first, second)
    chance = min(1.0, fisher_greater(a, first.size, b, second.size) * tried)
    return Row(fact, a, b, a / first.size, b / second.size, chance, also)
