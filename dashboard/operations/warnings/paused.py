"""Warns when a target queue hands out no jobs."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.language import N_, gettext
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight

WHAT = N_("whether the target queues are paused")


def check(facts: Facts) -> Iterator[Caution]:
    """One caution for each paused queue."""
    for place in facts.places:
        if facts.queue(place).paused:
            text = gettext("%(queue)s is paused; requeued jobs wait until it is resumed", queue=place[1])
            yield Caution("paused", text, gettext("Resume the queue when its jobs should run."), Weight.WAIT)
