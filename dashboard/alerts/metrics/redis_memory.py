"""How full a source's Redis is."""

from __future__ import annotations

from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.alerts.metrics.contract import NOT_JUDGED, Reading, Sample, Target
from dashboard.alerts.metrics.judged import Judged, built_in
from dashboard.alerts.metrics.units import few_digits
from dashboard.alerts.records import Rule
from dashboard.history.bucket import UNTOLD
from dashboard.language import N_, gettext


class RedisMemory(Judged):
    """Memory used in percent of `maxmemory`; a server without that limit is not judged."""

    name = "redis_memory"
    unit = "percent"
    title = N_("Redis memory in use")
    level = "redis_memory"
    defaults = (built_in("redis-memory", "redis_memory", 85, "ticket", clear=80),)

    def of_source(self, rule: Rule, target: Target, source: SourceSnapshot, reading: Reading) -> Sample:
        """The share in percent."""
        load = reading.looks.load(target.source)
        return Sample(100.0 * load.memory_bytes / load.memory_limit) if load.memory_limit else NOT_JUDGED

    def then(self, rule: Rule, kept: int | None) -> Sample:
        """It is kept in hundredths."""
        return NOT_JUDGED if kept == UNTOLD else Sample(None if kept is None else kept / 100)

    def said(self, value: float) -> str:
        """`Redis memory 91 % full`."""
        return gettext("Redis memory %(num)s %% full", num=few_digits(value))


METRIC = RedisMemory()
