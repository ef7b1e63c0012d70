"""How fast the error budget of an objective is spent, over a long and a short window at once.

As in Google's Site Reliability Workbook, chapter “Alerting on SLOs”: the long window says that it is worth a call, the
short one that it still goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Point, Reading, Sample, Target
from dashboard.alerts.metrics.judged import Judged
from dashboard.alerts.metrics.units import few_digits
from dashboard.alerts.problems import Problem
from dashboard.alerts.records import Rule
from dashboard.history.bucket import Bucket
from dashboard.history.history import Past
from dashboard.language import N_, gettext

WINDOW = 3_600
SHORT = 12
"""The short window is this part of the long one: 5 minutes of an hour, 30 of six."""
LEAST, MOST = 12 * 60, 24 * 3_600


class BurnRate(Judged):
    """The failed share of attempts over the share that `objective` allows; of both windows the lower.

    At 1 the budget is spent exactly. It is judged once half of the long window was read, from `minimum` attempts a
    minute on.
    """

    name = "burn_rate"
    unit = "ratio"
    title = N_("error budget burn rate")
    page = "dead"
    narrowed_by = frozenset({"queue"})

    def problem(self, rule: Rule) -> Problem | None:
        """Minutes are what it is made of."""
        if rule.window_seconds and not LEAST <= rule.window_seconds <= MOST:
            return Problem("window", N_("must be 12m to 24h, since a twelfth of it is looked at too; write 1h or 6h"))
        return super().problem(rule)

    def of_source(self, rule: Rule, target: Target, source: SourceSnapshot, reading: Reading) -> Sample:
        """The rate now."""
        if target.queue and all(queue.name != target.queue for queue in source.queues):
            return NOT_JUDGED
        past = reading.looks.past(target.source, target.queue, self.lead(rule) + 60, 60)
        points = self.history(rule, past) or []
        last = points[-1][1] if points else UNREAD
        young = past.since is not None and past.since > reading.now - self.lead(rule)
        return NOT_JUDGED if last == UNREAD and young else last

    def said(self, value: float) -> str:
        """`error budget burns 15 times as fast as allowed`."""
        return gettext("error budget burns %(num)s times as fast as allowed", num=few_digits(value))

    def lead(self, rule: Rule) -> int:
        """The long window."""
        return int(rule.window_seconds) or WINDOW

    def history(self, rule: Rule, past: Past) -> list[Point] | None:
        """Minute by minute; a window is the minute that has begun, and the whole ones before it."""
        long = max(1, self.lead(rule) // past.seconds)
        counted = _Counted([bucket for _, bucket in past.points], past.seconds)
        return [
            (start + past.seconds, counted.burning(at, long + 1, max(1, long // SHORT) + 1, rule))
            for at, (start, _) in enumerate(past.points)
        ]


class _Counted:
    """Sums over any stretch of buckets."""

    def __init__(self, buckets: Sequence[Bucket], seconds: int) -> None:
        rows = [(bucket.value("failed_attempts"), bucket.value("succeeded")) for bucket in buckets]
        self._failed = [0, *accumulate(failed or 0 for failed, _ in rows)]
        self._ended = [0, *accumulate((failed or 0) + (succeeded or 0) for failed, succeeded in rows)]
        self._read = [0, *accumulate(int(None not in row) for row in rows)]
        self._minutes = seconds / 60

    def burning(self, at: int, long: int, short: int, rule: Rule) -> Sample:
        """The lower of both windows that end with a bucket."""
        if 2 * self._sum(self._read, at, long) < long or not self._sum(self._read, at, short):
            return UNREAD
        ended = self._sum(self._ended, at, long)
        if not ended or ended < rule.minimum * self._sum(self._read, at, long) * self._minutes:
            return NOT_JUDGED
        allowed = (100.0 - rule.objective) / 100
        return Sample(min(self._share(at, long), self._share(at, short)) / allowed)

    def _share(self, at: int, count: int) -> float:
        ended = self._sum(self._ended, at, count)
        return self._sum(self._failed, at, count) / ended if ended else 0.0

    @staticmethod
    def _sum(sums: Sequence[int], at: int, count: int) -> int:
        return sums[at + 1] - sums[max(0, at + 1 - count)]


METRIC = BurnRate()
