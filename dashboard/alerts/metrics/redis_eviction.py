"""Whether a source's Redis may delete jobs when its memory is short."""

from __future__ import annotations

from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.alerts.metrics.contract import NOT_JUDGED, Reading, Sample, Target
from dashboard.alerts.metrics.judged import Judged, built_in
from dashboard.alerts.records import Rule
from dashboard.history.bucket import UNTOLD
from dashboard.history.levels import evicts
from dashboard.language import N_, gettext


class RedisEviction(Judged):
    """1 when `maxmemory` is set and its policy is not `noeviction`; `redrive doctor` says how to mend it."""

    name = "redis_eviction"
    unit = "yes"
    title = N_("Redis may evict jobs")
    level = "redis_eviction"
    defaults = (built_in("redis-eviction", "redis_eviction", 0, "ticket"),)

    def of_source(self, rule: Rule, target: Target, source: SourceSnapshot, reading: Reading) -> Sample:
        """Whether it may."""
        return self.then(rule, evicts(reading.looks.load(target.source)))

    def then(self, rule: Rule, kept: int | None) -> Sample:
        """Without its policy it is not judged."""
        return NOT_JUDGED if kept == UNTOLD else Sample(kept)

    def said(self, value: float) -> str:
        """`Redis may evict jobs`."""
        return gettext("Redis may evict jobs") if value else gettext("Redis evicts no jobs")


METRIC = RedisEviction()
