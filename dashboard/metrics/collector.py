"""Everything known at one instant, read within a budget: what has not answered by then is left out."""

from __future__ import annotations

import time
from collections.abc import Iterator

from dashboard import __version__
from dashboard.adapters.shared_reading import SharedReading, all_within
from dashboard.adapters.snapshot import Snapshot
from dashboard.metrics import job_types, own, queues
from dashboard.metrics.families import Family
from dashboard.metrics.stored import Stored, read
from dashboard.services import Services

BUDGET_SECONDS = 3.0
"""How long one scrape waits for Redis: well below the ten seconds that Prometheus waits for a scrape."""


class Collector:
    """One for an application. A source that does not answer in time has no series but `redrive_source_up` 0.

    Args:
        bundle: what is read.
        budget: seconds that one scrape waits for all sources and the store together.
    """

    def __init__(self, bundle: Services, budget: float = BUDGET_SECONDS) -> None:
        self._bundle = bundle
        self._budget = budget
        self._stored = SharedReading(lambda: read(bundle))

    def collect(self) -> Iterator[Family]:
        """All metric families."""
        started = time.monotonic()
        snapshot, stored = self._read(started)
        settings = self._bundle.settings.metrics
        found = [queue for source in snapshot.sources if source.up for queue in source.scheduling]
        yield _up(snapshot)
        yield from queues.families(found)
        if settings.job_types:
            yield from job_types.families(found, settings.most_job_types)
        yield from own.families(stored)
        yield from _about(snapshot, time.monotonic() - started)

    def _read(self, started: float) -> tuple[Snapshot, Stored]:
        """The sources and what the dashboard has stored, at the same time and under the same deadline."""
        storing = self._stored.begin()
        snapshot = self._bundle.sources.snapshot(within=self._budget)
        all_within([storing], self._budget - (time.monotonic() - started))
        return snapshot, storing.result() if storing.done() else Stored()


def _up(snapshot: Snapshot) -> Family:
    family = Family("gauge", "redrive_source_up", "1 while the source answers.", ("source",))
    for source in snapshot.sources:
        family.add((source.name,), int(source.up))
    return family


def _about(snapshot: Snapshot, seconds: float) -> Iterator[Family]:
    sources = Family("gauge", "redrive_sources", "Configured sources.")
    sources.add((), len(snapshot.sources))
    build = Family("info", "redrive_build", "The version that answers.", ("version",))
    build.add((__version__,), 1)
    taken = Family("gauge", "redrive_scrape_duration_seconds", "How long reading and writing took.", unit="seconds")
    taken.add((), seconds)
    yield from (sources, build, taken)
