"""What jobs of a sample differ in: type, worker, version and argument values, with how many have each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.adapters.contract import Job, Page, Selector
from dashboard.contrast.facts import Kind
from dashboard.contrast.sample import Observation, Sample
from dashboard.language import N_

MOST_VALUES = 4
MOST_ARGUMENTS = 8
LEAST_SHARE = 0.05
"""An argument is shown when one of its values is found in so many of the jobs; an id of its own for each is not."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its words, how many jobs of the sample have it, and what narrows a search to these, if anything does.

    quoted: it is a text that reads like something else.
    """

    words: str
    count: int
    narrowing: Selector | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """The most frequent values of a property, or of the argument at a path; `others` is how many further values."""

    name: str
    values: tuple[Value, ...]
    others: int = 0
    argument: bool = False


@dataclass(frozen=True, slots=True)
class Splits:
    """The splits of a sample of `sampled` jobs of `total` (None when that is not known)."""

    sampled: int
    total: int | None
    types: Split
    workers: Split
    versions: Split
    arguments: tuple[Split, ...] = ()
    with_arguments: int = 0

    @property
    def whole(self) -> bool:
        """Whether the sample is all there is, so that counts are exact."""
        return self.total is not None and self.sampled >= self.total


def observations(jobs: Sequence[Job]) -> list[Observation]:
    """The arguments of the jobs whose arguments are kept and can be read."""
    return [Observation(job.payload.data, job.created_at) for job in jobs if not job.payload.undecodable]


def split(page: Page[Job], base: Selector) -> Splits:
    """Count the values of a sample.

    Args:
        page: the sample.
        base: what it is a sample of, which links narrow further.
    """
    jobs = page.items
    known = observations(jobs)
    return Splits(
        len(jobs),
        page.total,
        _of(N_("Type"), [job.type for job in jobs], lambda value: base.narrowed(type=value)),
        _of(N_("Worker"), [job.worker for job in jobs], lambda value: base.narrowed(worker=value)),
        _of(N_("Version"), [job.version for job in jobs], lambda value: base.narrowed(version=value)),
        _arguments(Sample.of(known), base),
        len(known),
    )


def _of(name: str, found: Sequence[str], narrowed: Callable[[str], Selector]) -> Split:
    counted = Counter(found).most_common()
    values = (Value(words, count, narrowed(words) if words else None) for words, count in counted[:MOST_VALUES])
    return Split(name, tuple(values), max(0, len(counted) - MOST_VALUES))


def _arguments(sample: Sample, base: Selector) -> tuple[Split, ...]:
    """The arguments with values that many jobs share, the most shared first."""
    by_path: dict[str, list[Value]] = {}
    for fact, jobs in sample.facts.items():
        if fact.kind == Kind.IS:
            narrowing = base.narrowed(args=(*base.args, (fact.path, fact.value))) if fact.findable else None
            value = Value(fact.value, jobs.bit_count(), narrowing, fact.quoted)
            by_path.setdefault(fact.path, []).append(value)
    splits = [_argument(path, values) for path, values in by_path.items() if path]
    shared = [each for each in splits if each.values[0].count >= max(2, LEAST_SHARE * sample.size)]
    shared.sort(key=lambda each: (-each.values[0].count, each.name.count("."), each.name))
    return tuple(shared[:MOST_ARGUMENTS])


def _argument(path: str, values: list[Value]) -> Split:
    values.sort(key=lambda value: (-value.count, value.words))
    return Split(path, tuple(values[:MOST_VALUES]), max(0, len(values) - MOST_VALUES), argument=True)
