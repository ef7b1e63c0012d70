"""Jobs wait and nobody is there to run them."""

from __future__ import annotations

from dashboard.adapters.contract import Capability, Queue
from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Reading, Sample, Target
from dashboard.alerts.metrics.judged import JudgedByQueue, built_in, untold
from dashboard.alerts.records import Rule
from dashboard.history.bucket import UNTOLD
from dashboard.history.levels import unserved
from dashboard.language import N_, ngettext


class NoWorkers(JudgedByQueue):
    """Pending jobs of a queue that no worker serves; 0 while one does, and while the queue is paused.

    Of a product that does not report its workers nothing is judged.
    """

    name = "no_workers"
    unit = "jobs"
    title = N_("jobs waiting without a worker")
    page = "queue"
    level = "no_workers"
    defaults = (built_in("no-workers", "no_workers", 0, "page", for_seconds=120),)

    def of_queue(self, rule: Rule, target: Target, queue: Queue, reading: Reading) -> Sample:
        """How many wait for nobody."""
        if queue.pending is None:
            return UNREAD
        waiting = unserved(queue)
        return _unknown(rule, queue, reading) if waiting in (None, UNTOLD) else Sample(waiting)

    def then(self, rule: Rule, kept: int | None) -> Sample:
        """Of a product that does not report its workers nothing is judged."""
        return NOT_JUDGED if kept == UNTOLD else Sample(kept)

    def said(self, value: float) -> str:
        """`12 jobs wait and no worker serves the queue`."""
        return ngettext(
            "%(num)s job waits and no worker serves it", "%(num)s jobs wait and no worker serves them", int(value)
        )


def _unknown(rule: Rule, queue: Queue, reading: Reading) -> Sample:
    """Whether it is known that the workers cannot be read, or whether they are not told."""
    source = reading.snapshot.source(queue.source)
    if source is not None and source.workers_problem:
        return UNREAD
    return untold(rule, queue) if Capability.WORKERS in queue.capabilities else NOT_JUDGED


METRIC = NoWorkers()
