"""What a chart shows, in words made from its data: for those who do not see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.axis import clock
from dashboard.charts.chart import Band, Chart, Track
from dashboard.charts.drawing import Value
from dashboard.filters import zone_name
from dashboard.language import gettext

MOST_BANDS = 5
"""Times of alerts that are told, the newest."""
MOST_GAPS = 3
"""Gaps that are told, the longest first."""
_FEWEST = 8
"""Known values below which no turn is looked for."""
_TWICE = 2.0
_EXPLAINED = 0.5
"""Share of the scatter that a turn has to explain."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a series changes most. at: index of the first bucket after it; before, after: means."""

    at: int
    before: float
    after: float


def described(chart: Chart) -> str:
    """The chart in a few sentences: its range, each track, what is missing, the limit, what was deployed."""
    start = clock(chart.start, chart.span)
    end = clock(chart.start + chart.span, chart.span)
    about = gettext(
        "%(title)s, %(unit)s, %(start)s to %(end)s %(zone)s",
        title=chart.title,
        unit=chart.unit,
        start=start,
        end=end,
        zone=zone_name(),
    )
    if not chart.known:
        if chart.idle:
            return gettext("%(about)s: there is nothing to judge by.", about=about)
        return gettext("%(about)s: nothing is known.", about=about)
    told = [
        gettext("%(name)s: %(course)s", name=track.name, course=_course(chart, track))
        if track.name
        else _course(chart, track)
        for track in chart.tracks
    ]
    sentences = [
        gettext("%(about)s: %(courses)s.", about=about, courses="; ".join(told)),
        *_gaps(chart),
        *_limit(chart),
    ]
    sentences += [
        gettext("%(version)s came into use at %(time)s.", version=name, time=clock(at, chart.span))
        for at, name in chart.marks
    ]
    sentences += [_fired(chart, band) for band in chart.bands[-MOST_BANDS:]]
    return " ".join(sentences)


def _fired(chart: Chart, band: Band) -> str:
    begun = clock(band.start, chart.span)
    if band.end is None:
        return gettext("%(alert)s has fired since %(start)s.", alert=band.name, start=begun)
    ended = clock(band.end, chart.span)
    return gettext("%(alert)s fired from %(start)s to %(end)s.", alert=band.name, start=begun, end=ended)


def turn(values: Sequence[Value]) -> Turn | None:
    """Where a series goes from one level to another that is at least twice or half as high; None when it does not."""
    known = [(index, value) for index, value in enumerate(values) if value is not None]
    edge = max(2, len(known) // 12)
    if len(known) < _FEWEST:
        return None
    numbers = [value for _, value in known]
    total, whole, left = sum(numbers), len(numbers), sum(numbers[:edge])
    best, best_gain = edge, -1.0
    for at in range(edge, whole - edge + 1):
        gain = left**2 / at + (total - left) ** 2 / (whole - at)
        if gain > best_gain:
            best, best_gain = at, gain
        left += numbers[at] if at < whole else 0
    before, after = sum(numbers[:best]) / best, sum(numbers[best:]) / (whole - best)
    scatter = sum(value**2 for value in numbers) - total**2 / whole
    explained = (best_gain - total**2 / whole) / scatter if scatter > 0 else 0.0
    if explained < _EXPLAINED or max(before, after) < _TWICE * min(before, after):
        return None
    return Turn(known[best][0], before, after)


def _course(chart: Chart, track: Track) -> str:
    """What one track did: steady, a turn, or between two values."""
    values = [None if index in chart.incomplete else value for index, value in enumerate(track.values)]
    if all(value is None for value in values):
        values = list(track.values)
    known = [value for value in values if value is not None]
    if not known:
        return gettext("nothing is known")
    low, high = min(known), max(known)
    if high <= 0:
        return gettext("none")
    say = chart.say
    peak = clock(chart.start + values.index(high) * chart.step, chart.span)
    if high - low <= 0.2 * high:
        return gettext("steady at about %(value)s", value=say(_round(sum(known) / len(known))))
    found = turn(values)
    if found:
        parts = {
            "before": say(_round(found.before)),
            "time": clock(chart.start + found.at * chart.step, chart.span),
            "after": say(_round(found.after)),
            "high": say(high),
            "peak": peak,
        }
        if found.after > found.before:
            return gettext(
                "about %(before)s until %(time)s, then rising to about %(after)s, highest %(high)s at %(peak)s", **parts
            )
        return gettext(
            "about %(before)s until %(time)s, then falling to about %(after)s, highest %(high)s at %(peak)s", **parts
        )
    latest = chart.latest(track.values)
    return gettext(
        "between %(low)s and %(high)s, highest at %(peak)s, last %(latest)s",
        low=say(low),
        high=say(high),
        peak=peak,
        latest=say(known[-1] if latest is None else latest),
    )


def _gaps(chart: Chart) -> list[str]:
    """What was not read: before what is known, in the midst of it, and since."""
    known = [
        index in chart.idle or any(track.values[index] is not None for track in chart.tracks)
        for index in range(chart.count)
    ]
    first, last = known.index(True), chart.count - 1 - known[::-1].index(True)
    told = []
    if first > 0:
        told.append(gettext("Nothing was read before %(time)s.", time=_at(chart, first)))
    for begun, ended in sorted(_stretches(known, first, last), key=lambda gap: gap[0] - gap[1])[:MOST_GAPS]:
        told.append(
            gettext("Nothing was read from %(start)s to %(end)s.", start=_at(chart, begun), end=_at(chart, ended))
        )
    if last < chart.count - 2:
        told.append(gettext("Nothing was read since %(time)s.", time=_at(chart, last + 1)))
    return told


def _stretches(known: Sequence[bool], first: int, last: int) -> list[tuple[int, int]]:
    gaps: list[tuple[int, int]] = []
    begun: int | None = None
    for index in range(first, last + 1):
        if known[index] and begun is not None:
            gaps.append((begun, index))
            begun = None
        elif not known[index] and begun is None:
            begun = index
    return gaps


def _limit(chart: Chart) -> list[str]:
    if chart.limit is None:
        return []
    limit = chart.limit
    over = [
        index
        for index in range(chart.count)
        if any((track.values[index] or 0.0) > limit.value for track in chart.tracks if track.limited)
    ]
    if not over:
        return [gettext("Never above %(limit)s.", limit=limit.name)]
    return [gettext("Above %(limit)s first at %(time)s.", limit=limit.name, time=_at(chart, over[0]))]


def _at(chart: Chart, index: int) -> str:
    return clock(chart.start + index * chart.step, chart.span)


def _round(value: float) -> float:
    """A mean as it is told: two digits, whole from ten on."""
    return float(f"{value:.2g}") if value < 10 else round(value)
