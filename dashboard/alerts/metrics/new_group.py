"""Errors that were not there before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from dashboard.adapters.contract import Capability
from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Point, Reading, Sample, Target
from dashboard.alerts.metrics.judged import Judged, built_in, untold
from dashboard.alerts.records import Rule
from dashboard.history.bucket import UNTOLD
from dashboard.history.history import Past
from dashboard.language import N_, ngettext

WINDOW = 600


class NewGroup(Judged):
    """Error groups of a source or queue that were first seen within the window.

    They are looked for among the 50 groups that failed last, as new ones did. A source that is watched for less than
    the window is not judged: all its errors would be new.
    """

    name = "new_group"
    unit = "groups"
    title = N_("new error groups")
    page = "dead"
    narrowed_by = frozenset({"queue"})
    defaults = (built_in("new-error-group", "new_group", 0, "info"),)

    def of_source(self, rule: Rule, target: Target, source: SourceSnapshot, reading: Reading) -> Sample:
        """How many, at most 50."""
        if Capability.GROUPS not in source.capabilities:
            return untold(rule)
        if target.queue and all(queue.name != target.queue for queue in source.queues):
            return NOT_JUDGED
        since = reading.now - self.lead(rule)
        groups = reading.looks.latest_groups(target.source, target.queue).items
        new = sum(1 for group in groups if group.first_seen >= since)
        return NOT_JUDGED if new and not self._watched(target, reading, since) else Sample(new)

    def _watched(self, target: Target, reading: Reading, since: float) -> bool:
        begun = reading.looks.past(target.source, "", 60, 60).since
        return begun is not None and begun <= since

    def history(self, rule: Rule, past: Past) -> list[Point] | None:
        """How many came up within the window that ends with each bucket; those of a gap are found at its end."""
        found = [bucket.value("new_groups") for _, bucket in past.points]
        window = max(1, self.lead(rule) // past.seconds)
        sums = [0, *accumulate(max(0, count or 0) for count in found)]
        return [
            (start + past.seconds, self._within(rule, found[at], sums, at + 1, window))
            for at, (start, _) in enumerate(past.points)
        ]

    def _within(self, rule: Rule, last: int | None, sums: Sequence[int], end: int, window: int) -> Sample:
        if last is None:
            return UNREAD
        if last == UNTOLD:
            return untold(rule)
        return NOT_JUDGED if end < window else Sample(sums[end] - sums[end - window])

    def said(self, value: float) -> str:
        """`2 new error groups`."""
        return ngettext("%(num)s new error group", "%(num)s new error groups", int(value))

    def lead(self, rule: Rule) -> int:
        """The window."""
        return int(rule.window_seconds) or WINDOW


METRIC = NewGroup()
