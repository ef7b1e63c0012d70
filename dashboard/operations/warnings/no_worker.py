"""Warns when no worker serves a target queue."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.adapters.contract import Capability
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight

WHAT = "whether workers serve the target queues"


def check(facts: Facts) -> Iterator[Caution]:
    """One caution for each queue that only waits."""
    for place in facts.places:
        reports = facts.adapter(place[0]).capabilities() & Capability.WORKERS
        if reports and not facts.workers(place):
            text = f"No worker serves {place[1]}; requeued jobs wait until one starts"
            yield Caution("no_worker", text, "Start a worker for it.", Weight.WAIT)
