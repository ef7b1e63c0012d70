"""Warns when jobs cannot be put back at all, or only as well as their product allows."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.adapters.contract import Action, Exactness
from dashboard.language import N_, gettext, ngettext, number
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight

WHAT = N_("whether the jobs can be put back exactly")


def check(facts: Facts) -> Iterator[Caution]:
    """One caution for each reason: of the jobs that are skipped, how many, and of the errors that were selected."""
    whole = number(facts.selection.matched)
    for reason, count in facts.unable().most_common():
        text = ngettext(
            "%(num)s of %(whole)s jobs cannot be put back: %(reason)s",
            "%(num)s of %(whole)s jobs cannot be put back: %(reason)s",
            count, whole=whole, reason=gettext(reason),
        )  # fmt: skip
        yield Caution(
            "cannot_put_back", _sentence(text), gettext("They are skipped and stay dead letters."), Weight.WAIT
        )
    for reason in dict.fromkeys(_best_effort(facts)):
        text = gettext("Putting them back is best effort: %(reason)s", reason=gettext(reason))
        yield Caution("best_effort", _sentence(text))


def _sentence(text: str) -> str:
    """Reasons have no full stop of their own."""
    return text if text.endswith((".", "。")) else f"{text}."


def _best_effort(facts: Facts) -> Iterator[str]:
    for place in facts.places:
        for group in facts.groups(place):
            for offer in group.actions:
                if offer.action == Action.REQUEUE and offer.exactness == Exactness.BEST_EFFORT:
                    yield offer.reason
