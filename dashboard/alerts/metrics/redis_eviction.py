"""Whether a source's Redis may delete jobs when its memory is short."""

from __future__ import annotations

from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.alerts.metrics.contract import NOT_JUDGED, Reading, Sample, Target
from dashboard.alerts.metrics.judged import Judged, built_in
from dashboard.alerts.records import Rule
from dashboard.language import N_, gettext


class RedisEviction(Judged):
    """1 when `maxmemory` is set and its policy is not `noeviction`; `redrive doctor` says how to mend it."""

    name = "redis_eviction"
    unit = "yes"
    title = N_("Redis may evict jobs")
    defaults = (built_in("redis-eviction", "redis_eviction", 0, "ticket"),)

    def of_source(self, rule: Rule, target: Target, source: SourceSnapshot, reading: Reading) -> Sample:
        """Whether it may."""
        load = reading.looks.load(target.source)
        if load.memory_limit and not load.policy:
            return NOT_JUDGED
        return Sample(1 if load.memory_limit and load.policy != "noeviction" else 0)

    def said(self, value: float) -> str:
        """`Redis may evict jobs`."""
        return gettext("Redis may evict jobs") if value else gettext("Redis evicts no jobs")


METRIC = RedisEviction()
