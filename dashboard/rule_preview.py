"""What a rule would have done over the last 24 hours, judged minute by minute by what the history has kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.alerts.metrics.contract import Point, Target
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.records import Rule
from dashboard.alerts.states import Standing, evaluate
from dashboard.charts.chart import Band, Chart
from dashboard.language import gettext
from dashboard.once import past
from dashboard.services import Services
from dashboard.traffic.ranges import Range
from dashboard.value_chart import value_chart

DAY, MINUTE = 86_400, 60
MOST_TARGETS = 6
"""Looked at for one preview; each is read by itself."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would have happened for one target. fired: start, and end or None; chart: None where nothing is kept."""

    target: Target
    fired: tuple[tuple[float, float | None], ...]
    chart: Chart | None


def preview(bundle: Services, rule: Rule) -> tuple[list[Preview], int]:
    """What would have happened, the most often firing first; and how many targets were left out.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    metric = metrics()[rule.metric]
    targets = list(dict.fromkeys(metric.targets(rule, bundle.sources.snapshot())))
    found = [_of(bundle, rule, target) for target in targets[:MOST_TARGETS]]
    return sorted(found, key=lambda each: -len(each.fired)), max(0, len(targets) - MOST_TARGETS)


def firings(rule: Rule, points: Sequence[Point], since: float = 0.0) -> tuple[tuple[float, float | None], ...]:
    """When the rule would have fired: start and end, None for one that would still fire.

    Args:
        rule: what is judged.
        points: its values, the earliest first; where nothing was read the alert goes on as it stood.
        since: firings that were over before this time (unix seconds) are left out.
    """
    standing, found = Standing(), dict[float, float | None]()
    for at, sample in points:
        standing = evaluate(rule, sample, standing, at).standing
        if standing.starts_at is not None:
            found[standing.starts_at] = standing.ends_at
    return tuple((start, end) for start, end in found.items() if end is None or end >= since)


def _of(bundle: Services, rule: Rule, target: Target) -> Preview:
    metric = metrics()[rule.metric]
    read = past(bundle, [target.source], target.queue, DAY, MINUTE)
    points = metric.history(rule, read) if read.known else None
    if points is None:
        return Preview(target, (), None)
    fired = firings(rule, points)
    tone = "bad" if rule.severity == "page" else "warn"
    bands = tuple(Band(start, end, gettext("would fire"), "", tone) for start, end in fired)
    drawn = value_chart(bundle, rule, target, Range("24h"))
    chart = replace(drawn, bands=bands, id=f"chart-{abs(hash(target)) % 10**8}") if drawn else None
    return Preview(target, fired, chart)
