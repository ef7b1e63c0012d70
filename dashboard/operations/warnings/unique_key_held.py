"""Warns when jobs would be skipped because another job holds their unique key."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.language import N_, gettext, ngettext, number
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight

WHAT = N_("whether unique keys are held by other jobs")
LOOKED_AT = 200


def check(facts: Facts) -> Iterator[Caution]:
    """One caution for all queues; a sample when the selection is large."""
    looked = held = 0
    for source in dict.fromkeys(source for source, _ in facts.places):
        parts = [part for part in facts.selection.parts if part.source == source]
        found = facts.adapter(source).held(parts, limit=LOOKED_AT)
        looked, held = looked + (found.looked if found else 0), held + (found.held if found else 0)
    if not held:
        return
    if looked >= facts.selection.matched:
        text = ngettext(
            "%(num)s job would be skipped: another job holds their unique key",
            "%(num)s jobs would be skipped: another job holds their unique key",
            held,
        )
    else:
        text = gettext(
            "%(num)s of %(looked)s jobs looked at would be skipped: another job holds their unique key",
            num=number(held),
            looked=number(looked),
        )
    advice = gettext("They stay dead letters; requeue them when the others are done.")
    yield Caution("unique_key_held", text, advice, Weight.WAIT)
