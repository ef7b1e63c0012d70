"""A rule's value against its threshold over time, with the times in which it fired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboard.alerts.metrics.contract import UNREAD, Sample, Target
from dashboard.alerts.metrics.discovery import metric_of, metrics
from dashboard.alerts.records import Period, Rule
from dashboard.charts.chart import Chart, Column, Limit, Track
from dashboard.charts.drawing import Value
from dashboard.history.history import Past
from dashboard.language import gettext
from dashboard.once import past
from dashboard.services import Services
from dashboard.traffic import measures
from dashboard.traffic.annotations import bands
from dashboard.traffic.measures import IDLE, incomplete, marks
from dashboard.traffic.ranges import Range

MINUTE = 60


def course(
    bundle: Services, rule: Rule | None, target: Target, shown: Range, periods: Sequence[Period] = ()
) -> Chart | None:
    """The values of one target, or, where they are not kept, the dead letters that came; None when nothing is known.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    drawn = value_chart(bundle, rule, target, shown, periods) if rule else None
    if drawn is not None:
        return drawn
    found = past(bundle, [target.source], target.queue, shown.seconds, max(MINUTE, shown.size))
    if not found.known:
        return None
    counted = measures.counted(found, shown, "failed", gettext("New dead letters"), kind="bar", cls="bad")
    return replace(counted, id="chart-value", bands=bands(periods, counted.start, counted.start + counted.span))


def value_chart(
    bundle: Services, rule: Rule, target: Target, shown: Range, periods: Sequence[Period] = ()
) -> Chart | None:
    """The values of one target in a range; None when its metric cannot be found out afterwards, or nothing is known.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    metric = metrics().get(rule.metric)
    if metric is None:
        return None
    found = past(bundle, [target.source], target.queue, shown.seconds, max(MINUTE, shown.size))
    points = metric.history(rule, found)
    if points is None or all(sample == UNREAD for _, sample in points):
        return None
    by_start = {round(at) - found.seconds: sample for at, sample in points}
    samples = [by_start.get(start, Sample(None)) for start, _ in found.points]
    unjudged = frozenset(index for index, each in enumerate(samples) if not each.enough)
    silent = (index for index, each in enumerate(samples[:-1]) if each.value is not None and not _read(found, index))
    return against_limit(
        rule, found.points[0][0], found.seconds, [each.value for each in samples], unjudged=unjudged,
        incomplete=incomplete(found).difference(silent), marks=marks(found.deployed), periods=periods,
    )  # fmt: skip


def _read(found: Past, index: int) -> bool:
    """Whether the source answered; a value that there is although it did not is whole: that it is down."""
    return found.points[index][1].read


def against_limit(
    rule: Rule, begin: int, step: int, values: Sequence[Value], *, unjudged: frozenset[int],
    incomplete: frozenset[int], marks: tuple[tuple[float, str], ...], periods: Sequence[Period] = (),
) -> Chart:  # fmt: skip
    """Values of a rule's metric with its limit.

    Args:
        rule: what they are judged by; its metric is known.
        begin: unix seconds of the first bucket. step: seconds of a bucket.
        values: by bucket.
        unjudged: buckets that were read and had too little to judge. incomplete: those not read to their end.
        marks: new versions. periods: when alerts fired.
    """
    metric = metric_of(rule)
    words, texts = metric.words(), ["" if value is None else metric.amount(value) for value in values]
    return Chart(
        "chart-value", words[:1].upper() + words[1:], "", begin, step, (Track(values),),
        (Column("", [IDLE if index in unjudged else text for index, text in enumerate(texts)]),),
        metric.amount, incomplete=incomplete, idle=unjudged, marks=marks,
        limit=Limit(rule.above, gettext("limit %(limit)s", limit=metric.amount(rule.above))),
        seconds=metric.unit == "seconds", bands=bands(periods, begin, begin + len(values) * step),
    )  # fmt: skip
