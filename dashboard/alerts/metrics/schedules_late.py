"""Recurring jobs that were not started when they should have been."""

from __future__ import annotations

from dashboard.adapters.contract import Queue
from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.alerts.metrics.contract import Reading, Sample, Target
from dashboard.alerts.metrics.judged import JudgedByQueue, built_in, untold
from dashboard.alerts.records import Rule
from dashboard.language import N_, ngettext


class SchedulesLate(JudgedByQueue):
    """Schedules of a queue whose instant passed more than a minute ago; paused ones are none of them."""

    name = "schedules_late"
    unit = "schedules"
    title = N_("late schedules")
    page = "schedules"
    level = "schedules_late"
    defaults = (built_in("schedule-missed", "schedules_late", 0, "ticket", for_seconds=120),)

    def queues(self, source: SourceSnapshot) -> tuple[Queue, ...]:
        """What holds schedules alone is looked at too."""
        return source.scheduling

    def of_queue(self, rule: Rule, target: Target, queue: Queue, reading: Reading) -> Sample:
        """How many."""
        return untold(rule, queue) if queue.schedules_late is None else Sample(queue.schedules_late)

    def said(self, value: float) -> str:
        """`2 schedules are late`."""
        return ngettext("%(num)s schedule is late", "%(num)s schedules are late", int(value))


METRIC = SchedulesLate()
