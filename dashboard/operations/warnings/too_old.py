"""Warns when jobs failed so long ago that what they were about may be over."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.durations import duration_words
from dashboard.language import N_, gettext, ngettext
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight

WHAT = N_("how old the jobs are")
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
        text = ngettext(
            "%(num)s job failed more than %(age)s ago, the oldest %(oldest)s ago",
            "%(num)s jobs failed more than %(age)s ago, the oldest %(oldest)s ago",
            count,
            age=duration_words(age),
            oldest=duration_words(max(0.0, facts.now - oldest)),
        )
        advice = gettext("Leave them out with a later start of the filter, when their effect is no longer wanted.")
        yield Caution("too_old", text, advice, Weight.NOTE)
