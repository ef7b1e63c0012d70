"""How long the oldest pending job waits."""

from __future__ import annotations

from dashboard.adapters.contract import Queue
from dashboard.alerts.metrics.contract import Point, Reading, Sample, Target
from dashboard.alerts.metrics.judged import JudgedByQueue, built_in, untold
from dashboard.alerts.metrics.units import span
from dashboard.alerts.records import Rule
from dashboard.history.bucket import Bucket
from dashboard.history.history import Past
from dashboard.language import N_, gettext


class OldestPendingSeconds(JudgedByQueue):
    """Seconds that the oldest pending job of a queue has waited; 0 when none is pending."""

    name = "oldest_pending_seconds"
    unit = "seconds"
    title = N_("longest wait")
    defaults = (built_in("queue-falling-behind", "oldest_pending_seconds", 300, "ticket", for_seconds=300),)

    def of_queue(self, rule: Rule, target: Target, queue: Queue, reading: Reading) -> Sample:
        """The wait."""
        if queue.pending and queue.oldest_pending_seconds is None:
            return untold(rule, queue)
        return Sample(0.0 if queue.pending == 0 else queue.oldest_pending_seconds)

    def said(self, value: float) -> str:
        """`longest wait 4 min 12 s`."""
        return gettext("longest wait %(time)s", time=span(value))

    def history(self, rule: Rule, past: Past) -> list[Point] | None:
        """The longest wait of each bucket."""
        return [(start + past.seconds, Sample(_longest(bucket))) for start, bucket in past.points]


def _longest(bucket: Bucket) -> float | None:
    return 0.0 if bucket.value("pending") == 0 else bucket.value("oldest")


METRIC = OldestPendingSeconds()
