"""How fast the pending jobs of a queue become more."""

from __future__ import annotations

from dashboard.adapters.contract import Queue
from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Point, Reading, Sample, Target
from dashboard.alerts.metrics.judged import JudgedByQueue
from dashboard.alerts.metrics.units import few_digits
from dashboard.alerts.problems import Problem
from dashboard.alerts.records import Rule
from dashboard.history.history import Past
from dashboard.language import N_, gettext

WINDOW = 600
MOST = 59 * 60


class BacklogGrowth(JudgedByQueue):
    """By how many a minute the pending jobs grew over the window, 0 when they did not; from the history's minutes."""

    name = "backlog_growth"
    unit = "jobs/min"
    title = N_("growth of pending jobs a minute")

    def problem(self, rule: Rule) -> Problem | None:
        """The last hour is what is read."""
        if rule.window_seconds and not 60 <= rule.window_seconds <= MOST:
            return Problem("window", N_("must be 1 to 59 minutes; write 10m"))
        return super().problem(rule)

    def of_queue(self, rule: Rule, target: Target, queue: Queue, reading: Reading) -> Sample:
        """The growth up to the last whole minute."""
        minutes = reading.looks.minutes(target.source, target.queue)
        if minutes is None:
            return UNREAD
        return grown(list(minutes), self.lead(rule) // 60)

    def said(self, value: float) -> str:
        """`pending jobs grow by 12 a minute`."""
        return gettext("pending jobs grow by %(num)s a minute", num=few_digits(value))

    def lead(self, rule: Rule) -> int:
        """The window."""
        return int(rule.window_seconds) or WINDOW

    def history(self, rule: Rule, past: Past) -> list[Point] | None:
        """Minute by minute."""
        pending = [bucket.value("pending") for _, bucket in past.points]
        window = max(1, self.lead(rule) // past.seconds)
        return [
            (start + past.seconds, grown(pending[: at + 1], window, past.seconds / 60))
            for at, (start, _) in enumerate(past.points)
        ]


def grown(pending: list[int | None], window: int, each: float = 1.0) -> Sample:
    """The growth a minute between the last value and the one `window` before it.

    Args:
        pending: the oldest first.
        window: how many values lie between the two.
        each: minutes between two values.
    """
    if not pending or len(pending) <= window:
        return NOT_JUDGED
    now, then = pending[-1], pending[-1 - window]
    if now is None:
        return UNREAD
    return NOT_JUDGED if then is None else Sample(max(0.0, (now - then) / (window * each)))


METRIC = BacklogGrowth()
