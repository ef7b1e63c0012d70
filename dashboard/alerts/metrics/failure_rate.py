"""Which share of the attempts fails."""

from __future__ import annotations

from dashboard.adapters.contract import Queue
from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Point, Reading, Sample, Target
from dashboard.alerts.metrics.judged import JudgedByQueue
from dashboard.alerts.metrics.units import few_digits
from dashboard.alerts.problems import Problem
from dashboard.alerts.records import Rule
from dashboard.history.history import Past
from dashboard.language import N_, gettext

MINUTES = 60


class FailureRate(JudgedByQueue):
    """Failed attempts in percent of those that ended: of a queue in the last minute, of one job type in the last hour.

    Below `Rule.minimum` attempts a minute it is not judged.
    """

    name = "failure_rate"
    unit = "percent"
    title = N_("share of attempts that fail")
    page = "dead"
    narrowed_by = frozenset({"queue", "type"})

    def problem(self, rule: Rule) -> Problem | None:
        """Types are asked for queue by queue, so a rule for one names its queue."""
        if rule.type and not rule.queue:
            return Problem("queue", N_("a job type is judged in one queue alone; give its queue too"))
        return super().problem(rule)

    def of_queue(self, rule: Rule, target: Target, queue: Queue, reading: Reading) -> Sample:
        """The share, lately."""
        if target.type:
            return _of_type(rule, target, reading)
        return share(queue.failed_per_minute, queue.succeeded_per_minute, rule.minimum)

    def said(self, value: float) -> str:
        """`12.5 % of attempts failed`."""
        return gettext("%(num)s %% of attempts failed", num=few_digits(value))

    def history(self, rule: Rule, past: Past) -> list[Point] | None:
        """Minute by minute; not by type, which is not kept."""
        if rule.type:
            return None
        per = past.seconds / 60
        return [
            (start + past.seconds, share(
                _per(bucket.value("failed_attempts"), per), _per(bucket.value("succeeded"), per), rule.minimum))
            for start, bucket in past.points
        ]  # fmt: skip


def share(failed: float | None, succeeded: float | None, minimum: float) -> Sample:
    """The share in percent of so many attempts a minute."""
    if failed is None or succeeded is None:
        return UNREAD
    ended = failed + succeeded
    return NOT_JUDGED if ended <= 0 or ended < minimum else Sample(100.0 * failed / ended)


def _of_type(rule: Rule, target: Target, reading: Reading) -> Sample:
    types = reading.looks.types(target.source, target.queue)
    if types is None:
        return UNREAD
    found = next((each for each in types.types if each.name == target.type), None)
    if found is None:
        return NOT_JUDGED
    minutes = max(1.0, min(MINUTES, (reading.now - types.since) / 60))
    return share(found.failed_attempts / minutes, found.succeeded / minutes, rule.minimum)


def _per(count: int | None, minutes: float) -> float | None:
    return None if count is None else count / minutes


METRIC = FailureRate()
