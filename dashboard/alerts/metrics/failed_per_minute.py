"""How many jobs end as dead letters in a minute."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.adapters.contract import Queue, Selector
from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.alerts.metrics.contract import Point, Reading, Sample, Target
from dashboard.alerts.metrics.judged import JudgedByQueue, untold
from dashboard.alerts.metrics.units import few_digits
from dashboard.alerts.records import Rule
from dashboard.history.history import Past
from dashboard.language import N_, gettext


class FailedPerMinute(JudgedByQueue):
    """New dead letters of each queue in the last minute, or of one error group in all its queues."""

    name = "failed_per_minute"
    of_failures = True
    unit = "jobs/min"
    title = N_("new dead letters a minute")
    page = "dead"
    narrowed_by = frozenset({"queue", "fingerprint"})

    def within(self, rule: Rule, source: SourceSnapshot) -> Iterator[Target]:
        """A group is asked for once, however many queues it is in."""
        if rule.group:
            yield Target(source.name, rule.queue, group=rule.group)
        else:
            yield from super().within(rule, source)

    def of_source(self, rule: Rule, target: Target, source: SourceSnapshot, reading: Reading) -> Sample:
        """A group's rate is that of all its queues."""
        if not target.group:
            return super().of_source(rule, target, source, reading)
        groups = reading.looks.groups(Selector(target.source, target.queue, fingerprint=target.group)).items
        return Sample(sum(group.per_minute for group in groups))

    def of_queue(self, rule: Rule, target: Target, queue: Queue, reading: Reading) -> Sample:
        """The rate of one queue."""
        return untold(rule, queue) if queue.dead_per_minute is None else Sample(queue.dead_per_minute)

    def said(self, value: float) -> str:
        """`12 new dead letters a minute`."""
        return gettext("%(num)s new dead letters a minute", num=few_digits(value))

    def history(self, rule: Rule, past: Past) -> list[Point] | None:
        """Minute by minute; not of a group."""
        if rule.group:
            return None
        counts = ((start, bucket.peak("failed", past.seconds)) for start, bucket in past.points)
        return [(start + past.seconds, Sample(count)) for start, count in counts]


METRIC = FailedPerMinute()
