"""How many dead letters there are."""

from __future__ import annotations

from dashboard.adapters.contract import Capability, Queue, Selector
from dashboard.adapters.snapshot import SourceSnapshot, summed
from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Point, Reading, Sample, Target
from dashboard.alerts.metrics.judged import Judged, built_in
from dashboard.alerts.problems import Problem
from dashboard.alerts.records import Rule
from dashboard.history.history import Past
from dashboard.language import N_, ngettext


class Failed(Judged):
    """Dead letters of a source in all, of one queue, of one job type, or of one error group."""

    name = "failed"
    unit = "jobs"
    title = N_("dead letters")
    page = "dead"
    narrowed_by = frozenset({"queue", "type", "fingerprint"})
    defaults = (built_in("too-many-failed", "failed", 100, "page"),)

    def of_source(self, rule: Rule, target: Target, source: SourceSnapshot, reading: Reading) -> Sample:
        """Their number."""
        queues = [queue for queue in source.queues if target.queue in ("", queue.name)]
        if target.queue and not queues:
            return NOT_JUDGED
        if target.group:
            return _of_group(target, source, reading)
        return Sample(summed(_failed(queue, target.type) for queue in queues) if queues else 0.0)

    def problem(self, rule: Rule) -> Problem | None:
        """An error group is of one job type anyway, nearly always."""
        if rule.type and rule.group:
            return Problem("type", N_("give the job type or the error group, not both"))
        return super().problem(rule)

    def history(self, rule: Rule, past: Past) -> list[Point] | None:
        """The most of each bucket; not by type or group, which is not kept."""
        if rule.type or rule.group:
            return None
        return [(start + past.seconds, Sample(bucket.value("dead_letters"))) for start, bucket in past.points]

    def said(self, value: float) -> str:
        """`412 failed jobs`."""
        return ngettext("%(num)s failed jobs", "%(num)s failed jobs", int(value))


def _failed(queue: Queue, job_type: str) -> int | None:
    if not job_type or queue.failed in (0, None):
        return queue.failed
    return queue.by_type.get(job_type, {}).get("failed", 0) if queue.by_type else None


def _of_group(target: Target, source: SourceSnapshot, reading: Reading) -> Sample:
    if Capability.GROUPS not in source.capabilities:
        return UNREAD
    chosen = Selector(target.source, target.queue, fingerprint=target.group)
    page = reading.looks.groups(chosen)
    return Sample(sum(group.count for group in page.items)) if page.complete else UNREAD


METRIC = Failed()
