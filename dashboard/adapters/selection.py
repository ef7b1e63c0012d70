"""Frozen selections that bulk actions work through, and what became of their jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from dashboard.adapters.job_records import Job

MOST_NEW_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a frozen selection inside one queue, addressed in the adapter's own way.

    origin: the adapter's address of the jobs. low, high: the adapter's bounds; later arrivals are beyond `high`.
    ids: an explicit selection, when it is one. matched: how many jobs it held when it was frozen.
    as_of: when that was by the server's clock (unix seconds), None when it does not matter.
    """

    source: str
    queue: str
    origin: str
    fingerprint: str = ""
    type: str = ""
    low: str = ""
    high: str = ""
    ids: tuple[str, ...] = ()
    matched: int = 0
    as_of: float | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """A frozen selection: its parts, when it was frozen, a sample, and what should be known before acting.

    by_type: jobs per type, empty when the source cannot count them.
    """

    parts: tuple[Part, ...]
    as_of: float
    sample: tuple[Job, ...] = ()
    warnings: tuple[str, ...] = ()
    by_type: dict[str, int] = field(default_factory=dict)

    @property
    def matched(self) -> int:
        """Number of jobs in all parts."""
        return sum(part.matched for part in self.parts)


@dataclass(frozen=True, slots=True)
class Step:
    """What one bounded step of a part did; `finished` when nothing is left of the part."""

    done: int
    skipped: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of jobs an operation requeued.

    new_errors: of `refailed_new`, fingerprints with how many jobs failed that way, most first, at most 20.
    taken_back: dead letters again because someone undid their requeue before they started.
    """

    succeeded: int = 0
    refailed_same: int = 0
    refailed_new: int = 0
    cancelled: int = 0
    pending: int = 0
    processing: int = 0
    new_errors: tuple[tuple[str, int], ...] = ()
    taken_back: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.succeeded + other.succeeded,
            self.refailed_same + other.refailed_same,
            self.refailed_new + other.refailed_new,
            self.cancelled + other.cancelled,
            self.pending + other.pending,
            self.processing + other.processing,
            most_frequent((*self.new_errors, *other.new_errors)),
            self.taken_back + other.taken_back,
        )

    @property
    def refailed_alike(self) -> int:
        """The most jobs that failed again in one and the same way: as before, or with one new error."""
        return max(self.refailed_same, *(count for _, count in self.new_errors), 0)

    @property
    def ended(self) -> int:
        """Jobs that are no longer under way."""
        return self.succeeded + self.refailed_same + self.refailed_new + self.cancelled + self.taken_back


def most_frequent(counted: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Counts by fingerprint, equal ones added, most first, at most 20."""
    counts: Counter[str] = Counter()
    for fingerprint, count in counted:
        counts[fingerprint] += count
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_NEW_ERRORS])


@dataclass(frozen=True, slots=True)
class Aged:
    """Jobs of a selection that failed before some time: how many, and when the oldest of all did (unix seconds)."""

    count: int
    oldest: float | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Of the jobs looked at, how many could not go back because another job holds their unique key."""

    looked: int
    held: int
