"""A chart as a figure: a frame in percent that does not stretch, and in it the data that does."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from dashboard.charts.axis import label, ticks
from dashboard.charts.chart import Chart, Track
from dashboard.charts.drawing import bars, line, picture
from dashboard.charts.words import described
from dashboard.filters import zone_name
from dashboard.language import gettext

HEIGHT, TOP = 120, 14
BOTTOM = HEIGHT - 22
INNER = BOTTOM - TOP
_APART = 13
"""Pixels between two texts."""
_LITTLE = 0.6
"""Share of a chart that is empty at its left from which on names stand there, where they hide nothing."""


def figure(chart: Chart) -> Markup:
    """The chart with its caption, its description, its read-out by keyboard and pointer, and its foot."""
    return Markup(
        '<figure class="chart" id="{id}" data-start="{start}" data-step="{step}" data-zone="{zone}"'
        ' data-names="{names}" data-said="{said}">'
        '<figcaption><b>{title}</b> {unit}<span class="v">{now}</span></figcaption>'
        '<div class="plot"><svg role="img" aria-label="{words}">{frame}</svg>'
        '<div class="reader js" id="{id}-reader" tabindex="0" role="application" aria-roledescription="{role}"'
        ' aria-label="{help}"></div></div>{foot}</figure>'
    ).format(
        id=chart.id,
        start=chart.start,
        step=chart.step,
        names="|".join([*(column.name for column in chart.columns), *([gettext("alerts")] if chart.bands else [])]),
        said=said(chart),
        zone=zone_name(),
        title=chart.title,
        unit=chart.unit,
        now=_now(chart),
        words=chart.words or described(chart),
        frame=Markup(_frame(chart)),  # noqa: S704 - numbers, classes of ours and escaped names only
        role=gettext("chart"),
        help=gettext("%(title)s: read single values with the arrow keys", title=chart.title),
        foot=Markup('<p class="foot">{}</p>').format(chart.foot) if chart.foot else "",
    )


_HARMLESS = str.maketrans({";": ",", "|": "¦"})
"""Names of rules and queues may have what separates columns and buckets."""


def said(chart: Chart) -> str:
    """What the read-out says, for the script: buckets by `|`, in them columns by `;`, after incomplete ones a star."""
    rows = []
    for index, texts in enumerate(zip(*(column.texts for column in chart.columns), strict=True)):
        row = ";".join(texts) if any(texts) else ""
        if row and chart.bands:
            row += ";" + (chart.firing(index).translate(_HARMLESS) or gettext("none"))
        rows.append(f"{row}*" if row and index in chart.incomplete else row)
    return "|".join(rows)


def _now(chart: Chart) -> str:
    if chart.now is not None:
        return chart.now
    if not chart.known:
        return gettext("nothing to judge by") if chart.idle else gettext("no data")
    if len(chart.tracks) > 1:
        return ""
    latest = chart.latest(chart.tracks[0].values)
    return "" if latest is None else gettext("%(value)s now", value=chart.say(latest))


def _frame(chart: Chart) -> str:
    """Grid, data, then all texts, so that none is covered."""
    body = "".join(_track(chart, track) for track in chart.tracks)
    values = ticks(chart.top, seconds=chart.seconds) if chart.known else ()
    return (
        f'{_bands(chart)}{_grid(chart, values)}<line class="axis" x1="0" x2="100%" y1="{BOTTOM}.5" y2="{BOTTOM}.5"/>'
        f"{picture(chart.count, INNER, body, TOP)}{_scale(chart, values)}{_limit(chart)}{_marks(chart)}{_labels(chart)}"
        f"{_times(chart)}"
    )


def _track(chart: Chart, track: Track) -> str:
    cls = str(escape(track.cls))
    if track.kind == "bar":
        return bars(track.values, chart.top, INNER, cls, incomplete=chart.incomplete)
    return line(track.values, chart.top, INNER, cls, incomplete=chart.incomplete, area=track.area)


def _y(chart: Chart, value: float) -> float:
    return BOTTOM - min(value / chart.top, 1.0) * INNER


def _grid(chart: Chart, values: Sequence[float]) -> str:
    ys = (_y(chart, value) for value in values)
    return "".join(f'<line class="grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>' for y in ys)


def _scale(chart: Chart, values: Sequence[float]) -> str:
    """What the grid lines stand for, but where the limit's name stands."""
    places = ((value, _y(chart, value)) for value in values)
    return "".join(
        f'<text x="0" y="{y - 4:.1f}">{escape(chart.say(value))}</text>'
        for value, y in places
        if not _limit_at(chart, y)
    )


def _limit_at(chart: Chart, y: float) -> bool:
    """Whether the limit's name stands where the text of a grid line would."""
    if chart.limit is None:
        return False
    return abs(_limit_text(chart) - (y - 4)) < _APART


def _limit_text(chart: Chart) -> float:
    return 9.0 if chart.limit is None or chart.limit_is_far else max(9.0, _y(chart, chart.limit.value) - 5)


def _limit(chart: Chart) -> str:
    if chart.limit is None:
        return ""
    name = f'<text class="limit-t" x="0" y="{_limit_text(chart):.1f}">{{}}</text>'
    if chart.limit_is_far:
        return name.format(f"{escape(chart.limit.name)} ↑")
    y = _y(chart, chart.limit.value)
    return f'<line class="limit" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>{name.format(escape(chart.limit.name))}'


def _marks(chart: Chart) -> str:
    """A dotted line for each moment; its name beside it unless the next one stands too near."""
    places = [
        (100 * (at - chart.start) / chart.span, name)
        for at, name in sorted(chart.marks)
        if 0 <= at - chart.start <= chart.span
    ]
    drawn = []
    for (x, name), following in zip(places, [*(place[0] for place in places[1:]), 200.0], strict=False):
        drawn.append(f'<line class="mark-at" x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="{BOTTOM}"/>')
        anchor, shift = ("start", 5) if x < 70 else ("end", -5)
        if following - x >= 24:
            text = escape(name if len(name) <= 24 else f"{name[:23]}…")
            drawn.append(
                f'<text class="mark-name" x="{x:.2f}%" dx="{shift}" y="8" text-anchor="{anchor}">{text}</text>'
            )
    return "".join(drawn)


def _bands(chart: Chart) -> str:
    """A wash over each time in which an alert fired, with a bar at its foot, so that it is not told by colour alone."""
    drawn = []
    for band in chart.bands:
        left = max(0.0, 100 * (band.start - chart.start) / chart.span)
        right = 100.0 if band.end is None else min(100.0, 100 * (band.end - chart.start) / chart.span)
        width = max(right - left, 0.4)
        place = f'x="{min(left, 99.6):.2f}%" width="{width:.2f}%"'
        cls = f"band {escape(band.tone)}"
        drawn.append(f'<rect class="{cls}" {place} y="0" height="{BOTTOM}"/>')
        drawn.append(f'<rect class="{cls} foot" {place} y="{BOTTOM + 1}" height="4"/>')
    return "".join(drawn)


def _labels(chart: Chart) -> str:
    """The names of two tracks, each at its own last value and with it, and apart from the other."""
    if len(chart.tracks) < 2:
        return ""
    ends = []
    for track in chart.tracks:
        at = chart.last(track.values)
        if at is not None:
            value = track.values[at] or 0.0
            ends.append((_below_limit(chart, _y(chart, value) - 5), _beside(chart, at), track, value))
    ends.sort(key=lambda end: end[0])
    ys = _apart([end[0] for end in ends], 9.0 + (_APART if chart.marks else 0), BOTTOM - 4.0)
    return "".join(_name(chart, y, *end[1:]) for y, end in zip(ys, ends, strict=True))


def _below_limit(chart: Chart, y: float) -> float:
    """The height of a track's name, which would else run into the name of the limit."""
    if chart.limit is None or abs(_limit_text(chart) - y) >= _APART:
        return y
    return _limit_text(chart) + _APART + 4


def _beside(chart: Chart, last: int) -> float:
    """Where a track's name stands, in percent: at its last value, and before what is known where that is little."""
    first = next(at for at in range(chart.count) if any(track.values[at] is not None for track in chart.tracks))
    return 100 * first / chart.count - 2 if first > _LITTLE * chart.count else 100 * (last + 0.5) / chart.count


def _apart(ys: Sequence[float], least: float, most: float) -> list[float]:
    """The heights of texts, from the top: pushed down until none touches the one above, then up into the picture."""
    placed: list[float] = []
    for y in ys:
        placed.append(max(y, placed[-1] + _APART if placed else least))
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], placed[index + 1] - _APART if index + 1 < len(placed) else most)
    return placed


def _name(chart: Chart, y: float, x: float, track: Track, value: float) -> str:
    anchor = "end" if x > 40 else "start"
    cls = f"name {escape(track.cls)}".strip()
    words = f"{escape(track.name)} {escape(chart.say(value))}"
    return f'<text class="{cls}" x="{x:.2f}%" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def _times(chart: Chart) -> str:
    """The time at the start, in the middle and at the end of the last bucket."""
    return "".join(
        f'<text x="{100 * share:.0f}%" y="{HEIGHT - 4}" text-anchor="{anchor}">'
        f"{escape(label(chart.start + share * chart.span, chart.span))}</text>"
        for share, anchor in ((0, "start"), (0.5, "middle"), (1, "end"))
    )
