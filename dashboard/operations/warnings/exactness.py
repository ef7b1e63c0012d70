"""Warns when jobs cannot be put back at all, or only as well as their product allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dashboard.adapters.contract import Action, Exactness
from dashboard.language import N_, gettext, ngettext
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight

WHAT = N_("whether the jobs can be put back exactly")


def check(facts: Facts) -> Iterator[Caution]:
    """One caution for each reason, of the errors that were selected."""
    jobs: Counter[tuple[Exactness, str]] = Counter()
    for place in facts.places:
        for group in facts.groups(place):
            for offer in group.actions:
                if offer.action == Action.REQUEUE and offer.exactness != Exactness.EXACT:
                    jobs[offer.exactness, offer.reason] += group.count
    for (exactness, reason), count in jobs.most_common():
        if exactness == Exactness.IMPOSSIBLE:
            text = ngettext(
                "%(num)s job of these errors cannot be put back: %(reason)s",
                "%(num)s jobs of these errors cannot be put back: %(reason)s",
                count, reason=gettext(reason),
            )  # fmt: skip
            yield Caution("cannot_put_back", text, gettext("They are skipped and stay dead letters."), Weight.WAIT)
        else:
            yield Caution(
                "best_effort", gettext("Putting them back is best effort: %(reason)s", reason=gettext(reason))
            )
