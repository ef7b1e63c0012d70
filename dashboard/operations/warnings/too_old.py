"""Warns when jobs failed so long ago that what they were about may be over."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.durations import duration_words
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight

WHAT = "how old the jobs are"
DAY = 86_400.0


def check(facts: Facts) -> Iterator[Caution]:
    """One caution for all queues."""
    age = facts.limits.old_days * DAY
    count, oldest = 0, facts.now
    for source in dict.fromkeys(part.source for part in facts.selection.parts):
        parts = [part for part in facts.selection.parts if part.source == source]
        found = facts.adapter(source).aged(parts, facts.now - age)
        if found is not None:
            count += found.count
            oldest = min(oldest, facts.now if found.oldest is None else found.oldest)
    if count:
        noun = "job" if count == 1 else "jobs"
        yield Caution(
            "too_old",
            f"{count:,} {noun} failed more than {duration_words(age)} ago, the oldest"
            f" {duration_words(max(0.0, facts.now - oldest))} ago",
            "Leave them out with a later start of the filter, when their effect is no longer wanted.",
            Weight.NOTE,
        )
