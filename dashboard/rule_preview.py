"""What a rule would have done over the last 24 hours, as its editor shows it: where it matters most first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.adapters.snapshot import Snapshot
from dashboard.alerts.metrics.contract import Target
from dashboard.alerts.metrics.discovery import metric_of
from dashboard.alerts.preview import DAY, SIZE, Preview, previews
from dashboard.alerts.records import Rule
from dashboard.alerts.states import DARK
from dashboard.charts.chart import Band, Chart
from dashboard.charts.drawing import Value
from dashboard.language import gettext
from dashboard.services import Services
from dashboard.traffic.measures import marks
from dashboard.value_chart import against_limit

STEP = 300
"""Seconds of a bucket of the chart: of its minutes it shows the worst."""
MOST_TARGETS = 6


@dataclass(frozen=True, slots=True)
class Looked:
    """What would have happened for one target. chart: None where nothing is kept, or was read.

    worst: the highest value in words, empty when there is none. begun: when recording began (unix seconds); None when
    that was before the 24 hours.
    """

    found: Preview
    chart: Chart | None
    worst: str
    begun: float | None


def looked(bundle: Services, rule: Rule) -> tuple[list[Looked], int]:
    """What would have happened, the most often firing first; and how many targets were left out.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    snapshot = bundle.sources.snapshot()
    targets = _fullest_first(dict.fromkeys(metric_of(rule).targets(rule, snapshot)), snapshot)
    found = previews(rule, targets[:MOST_TARGETS], bundle.history)
    ordered = sorted(found, key=lambda each: (-len(each.fired), -(each.worst or 0.0)))
    shown = [_shown(rule, each, f"chart-{number}") for number, each in enumerate(ordered, 1)]
    return shown, len(targets) - len(shown)


def _fullest_first(targets: dict[Target, None], snapshot: Snapshot) -> list[Target]:
    """The queues with most jobs that wait or are dead, since more than a few cannot be looked at."""
    jobs = {(each.source, each.name): (each.failed or 0) + (each.pending or 0) for each in snapshot.queues}
    return sorted(targets, key=lambda each: -jobs.get((each.source, each.queue), 0))


def _shown(rule: Rule, found: Preview, id: str) -> Looked:
    worst = "" if found.worst is None else metric_of(rule).amount(found.worst)
    if not found.points:
        return Looked(found, None, worst, None)
    begun, until = found.points[0][0] - SIZE, found.points[-1][0]
    young = begun > until - DAY + STEP
    return Looked(found, replace(_drawn(rule, found), id=id), worst, begun if young else None)


def _drawn(rule: Rule, found: Preview) -> Chart:
    last = _bucket(found.points[-1][0])
    begin = last - DAY + STEP
    values: list[Value] = [None] * (DAY // STEP)
    judged, unread = set[int](), {len(values) - 1}
    for (at, value), state in zip(found.points, found.states, strict=True):
        index = (_bucket(at) - begin) // STEP
        if index < 0:
            continue
        if value is not None:
            values[index] = max(value, values[index] or value)
        (unread if state in DARK else judged).add(index)
    unjudged = frozenset(index for index in judged if values[index] is None)
    drawn = against_limit(
        rule, begin, STEP, values, unjudged=unjudged, incomplete=frozenset(unread), marks=marks(found.deployed)
    )
    return replace(drawn, bands=_bands(rule, found))


def _bucket(at: float) -> int:
    """In which bucket the minute lies that ended then (unix seconds)."""
    return (round(at) - SIZE) // STEP * STEP


def _bands(rule: Rule, found: Preview) -> tuple[Band, ...]:
    tone = "bad" if rule.severity == "page" else "warn"
    name = gettext("would fire")
    return tuple(Band(each.starts_at, each.ends_at, name, tone=tone) for each in found.fired)
