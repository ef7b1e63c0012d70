"""Warns when no worker serves a target queue."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.adapters.contract import Capability
from dashboard.language import N_, gettext
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight

WHAT = N_("whether workers serve the target queues")


def check(facts: Facts) -> Iterator[Caution]:
    """One caution for each queue that only waits."""
    for place in facts.places:
        reports = facts.adapter(place[0]).capabilities() & Capability.WORKERS
        if reports and not facts.workers(place):
            text = gettext("No worker serves %(queue)s; requeued jobs wait until one starts", queue=place[1])
            yield Caution("no_worker", text, gettext("Start a worker for it."), Weight.WAIT)
