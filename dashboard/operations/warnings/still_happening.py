"""Warns when the selected jobs' errors happened in the last five minutes."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.language import N_, gettext, ngettext, number
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight
from dashboard.operations.wording import error_name

WHAT = N_("whether the errors still happen")
SHOWN = 3


def check(facts: Facts) -> Iterator[Caution]:
    """One caution for each of the three or four errors that grow fastest, and one for all others."""
    growing = [(group, round(group.per_minute * 5)) for place in facts.places for group in facts.groups(place)]
    growing = sorted((row for row in growing if row[1] > 0), key=lambda row: -row[1])
    named = SHOWN if len(growing) > SHOWN + 1 else len(growing)
    for group, recent in growing[:named]:
        yield _caution(
            ngettext(
                "%(error)s is still happening: %(num)s job of %(queue)s in the last 5 minutes",
                "%(error)s is still happening: %(num)s jobs of %(queue)s in the last 5 minutes",
                recent,
                error=error_name(group.error_type),
                queue=group.queue,
            )
        )
    if rest := growing[named:]:
        recent = sum(each for _, each in rest)
        yield _caution(
            ngettext(
                "%(errors)s more selected errors are still happening: %(num)s job in the last 5 minutes",
                "%(errors)s more selected errors are still happening: %(num)s jobs in the last 5 minutes",
                recent,
                errors=number(len(rest)),
            )
        )


def _caution(text: str) -> Caution:
    advice = gettext("Requeued jobs are likely to fail again: mend the cause first, or try a few.")
    return Caution("still_happening", text, advice, Weight.FAIL)
