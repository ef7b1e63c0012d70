"""A source that does not answer."""

from __future__ import annotations

from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.alerts.metrics.contract import NOT_JUDGED, Reading, Sample, Target
from dashboard.alerts.metrics.judged import Judged, built_in
from dashboard.alerts.records import Rule
from dashboard.language import N_, gettext


class SourceDown(Judged):
    """1 while a source cannot be read, 0 while it can: the one metric for which silence is no lack of data."""

    name = "source_down"
    unit = "yes"
    title = N_("does not answer")
    level = "source_down"
    defaults = (built_in("source-down", "source_down", 0, "page", for_seconds=30),)

    def sample(self, rule: Rule, target: Target, reading: Reading) -> Sample:
        """Whether it is down."""
        source = reading.snapshot.source(target.source)
        if source is None:
            return NOT_JUDGED
        return self.of_source(rule, target, source, reading) if source.up else Sample(1)

    def of_source(self, rule: Rule, target: Target, source: SourceSnapshot, reading: Reading) -> Sample:
        """One that answers is not down."""
        return Sample(0)

    def said(self, value: float) -> str:
        """`does not answer`."""
        return gettext("does not answer") if value else gettext("answers")


METRIC = SourceDown()
