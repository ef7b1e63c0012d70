"""Jobs whose worker fell silent."""

from __future__ import annotations

from dashboard.adapters.contract import Queue
from dashboard.alerts.metrics.contract import Reading, Sample, Target
from dashboard.alerts.metrics.judged import JudgedByQueue, built_in, untold
from dashboard.alerts.records import Rule
from dashboard.language import N_, ngettext


class Stalled(JudgedByQueue):
    """Jobs of a queue that are being processed and whose worker was not heard of for too long."""

    name = "stalled"
    unit = "jobs"
    title = N_("stalled jobs")
    level = "stalled"
    defaults = (built_in("stalled-jobs", "stalled", 0, "ticket", for_seconds=120),)

    def of_queue(self, rule: Rule, target: Target, queue: Queue, reading: Reading) -> Sample:
        """How many."""
        return untold(rule, queue) if queue.stalled is None else Sample(queue.stalled)

    def said(self, value: float) -> str:
        """`3 stalled jobs`."""
        return ngettext("%(num)s stalled job", "%(num)s stalled jobs", int(value))


METRIC = Stalled()
