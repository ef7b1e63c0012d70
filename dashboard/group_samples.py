"""What samples of a group show: splits, and the contrast to succeeded jobs; shared by all viewers for a while."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from dashboard.adapters.contract import Job, Page, Selector, State
from dashboard.adapters.memo import Memo
from dashboard.adapters.sources import Sources
from dashboard.contrast.comparison import Comparison, compare
from dashboard.splits import Splits, observations, split

LIMIT = 200
SECONDS = 10.0
SAMPLES_KEPT = 8

Counts = Mapping[tuple[str, str], int] | None
Verdict = Literal["found", "nothing", "no group", "no succeeded", "no arguments", "too few"]


@dataclass(frozen=True, slots=True)
class Size:
    """How many jobs there are (None: not known), how many of them were read, and how many have readable arguments."""

    total: int | None
    read: int
    compared: int


@dataclass(frozen=True, slots=True)
class Contrast:
    """How a group's arguments differ from those of succeeded jobs of `type`.

    other_types: how many jobs of the group's sample are of other types, and were left out.
    as_of: when it was read, unix seconds. why: why there are no succeeded jobs, where the source can say; marked for
    the catalogue.
    """

    verdict: Verdict
    type: str
    failed: Size
    succeeded: Size
    comparison: Comparison
    other_types: int
    as_of: float
    why: str = ""


class GroupSamples:
    """Samples of groups; each reading is shared for ten seconds, so that ten viewers cost one.

    Args:
        sources: where the jobs are.
        clock: gives unix seconds.
        seconds: how long a reading is shared.
    """

    def __init__(self, sources: Sources, clock: Callable[[], float], *, seconds: float = SECONDS) -> None:
        self._sources = sources
        self._clock = clock
        self._failed: Memo[Page[Job]] = Memo(seconds, most=SAMPLES_KEPT)
        self._splits: Memo[Splits] = Memo(seconds)
        self._contrasts: Memo[Contrast] = Memo(seconds)

    def splits(self, group: Selector, counts: Counts = None) -> Splits:
        """How the group divides by type, worker, version and arguments, from at most 200 of its jobs.

        `counts` says how many of them each source and queue has, when that is known already.

        Raises:
            UnknownSource, UnknownQueue, InvalidRequest, SourceUnavailable.
        """
        group = _steady(group)
        return self._splits.get(group, lambda: split(self._sample(group, counts), group))

    def contrast(self, group: Selector, counts: Counts = None) -> Contrast:
        """How the arguments of at most 200 of its jobs differ from those of at most 200 succeeded ones of their type.

        `counts` as for `splits`.

        Raises:
            UnknownSource, UnknownQueue, InvalidRequest, SourceUnavailable.
        """
        group = _steady(group)
        return self._contrasts.get(group, lambda: self._contrast(group, counts))

    def forget(self) -> None:
        """Read everything anew at the next call."""
        self._failed.forget()
        self._splits.forget()
        self._contrasts.forget()

    def _sample(self, group: Selector, counts: Counts) -> Page[Job]:
        return self._failed.get(group, lambda: self._sources.sample(group, limit=LIMIT, counts=counts))

    def _contrast(self, group: Selector, counts: Counts) -> Contrast:
        failed = self._sample(group, counts)
        type_ = _most_common([job.type for job in failed.items])
        jobs = [job for job in failed.items if job.type == type_]
        places = {(job.source, job.queue) for job in jobs}
        source, queue = places.pop() if len(places) == 1 else (group.source, group.queue)
        wanted = Selector(source=source, queue=queue, type=type_, state=State.SUCCEEDED)
        good: Page[Job] = self._sources.sample(wanted, limit=LIMIT) if jobs else Page(())
        comparison = compare(observations(jobs), observations(good.items))
        of_group = Size(failed.total, len(failed.items), comparison.failed)
        of_good = Size(good.total, len(good.items), comparison.succeeded)
        verdict = _verdict(of_group, of_good, comparison)
        others = len(failed.items) - len(jobs)
        return Contrast(verdict, type_, of_group, of_good, comparison, others, self._clock(), good.why)


def _verdict(failed: Size, succeeded: Size, comparison: Comparison) -> Verdict:
    if not failed.read:
        return "no group"
    if not succeeded.read:
        return "no succeeded"
    if not failed.compared or not succeeded.compared:
        return "no arguments"
    if not comparison.enough:
        return "too few"
    return "found" if comparison.rows else "nothing"


def _most_common(types: list[str]) -> str:
    return Counter(types).most_common(1)[0][0] if types else ""


def _steady(group: Selector) -> Selector:
    """The same for some seconds, so that `since=24h` is one reading and not one for each instant."""
    return replace(
        group,
        since=None if group.since is None else group.since - group.since % SECONDS,
        until=None if group.until is None else group.until - group.until % -SECONDS,
    )
