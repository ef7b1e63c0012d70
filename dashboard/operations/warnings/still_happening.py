"""Warns when the selected jobs' errors happened in the last five minutes."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight
from dashboard.operations.wording import error_name

WHAT = "whether the errors still happen"
SHOWN = 3


def check(facts: Facts) -> Iterator[Caution]:
    """One caution for each of the three or four errors that grow fastest, and one for all others."""
    growing = [(group, round(group.per_minute * 5)) for place in facts.places for group in facts.groups(place)]
    growing = sorted((row for row in growing if row[1] > 0), key=lambda row: -row[1])
    named = SHOWN if len(growing) > SHOWN + 1 else len(growing)
    for group, recent in growing[:named]:
        yield _caution(
            f"{error_name(group.error_type)} is still happening: {recent:,} {_jobs(recent)} of {group.queue}"
            " in the last 5 minutes"
        )
    if rest := growing[named:]:
        recent = sum(each for _, each in rest)
        yield _caution(
            f"{len(rest)} more selected errors are still happening: {recent:,} {_jobs(recent)} in the last 5 minutes"
        )


def _caution(text: str) -> Caution:
    advice = "Requeued jobs are likely to fail again: mend the cause first, or try a few."
    return Caution("still_happening", text, advice, Weight.FAIL)


def _jobs(count: int) -> str:
    return "job" if count == 1 else "jobs"
