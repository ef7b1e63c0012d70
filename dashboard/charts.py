"""Charts as SVG, drawn on the server: classes only, so the style sheet themes them and no inline style is needed.

The frame is positioned in percent in an outer SVG without `viewBox`; the data is a nested one that stretches, so lines
stretch and text does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from flask import Flask
from markupsafe import Markup, escape

from dashboard.adapters.contract import Series
from dashboard.filters import number, rate

Value = float | None
Kind = Literal["line", "bar"]
_HEIGHT, _TOP, _WIDTH = 120, 14, 600
_BOTTOM = _HEIGHT - 22


def _short(value: float) -> str:
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def _runs(values: Sequence[Value]) -> list[list[tuple[int, float]]]:
    """Unbroken stretches of known values: a gap stays a gap."""
    runs: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, value))
    return [run for run in runs if run]


def _line(values: Sequence[Value], width: float, height: float, top: float, cls: str) -> str:
    step = width / max(len(values) - 1, 1)
    drawn = []
    for run in _runs(values):
        points = "L".join(f"{_short(i * step)} {_short(height - v / top * height)}" for i, v in run)
        first, last = _short(run[0][0] * step), _short(run[-1][0] * step)
        drawn.append(f'<path class="ar {cls}" d="M{points}L{last} {height}L{first} {height}Z"/>')
        drawn.append(f'<path class="ln {cls}" d="M{points}"/>')
    return "".join(drawn)


def _bars(values: Sequence[Value], width: float, height: float, top: float, cls: str) -> str:
    step = width / max(len(values), 1)
    gap = step * 0.28
    drawn = []
    for index, value in enumerate(values):
        if not value or value <= 0:
            continue
        tall = max(value / top * height, 1.2)
        drawn.append(
            f'<rect class="br {cls}" x="{_short(index * step + gap / 2)}" y="{_short(height - tall)}"'
            f' width="{_short(step - gap)}" height="{_short(tall)}"/>'
        )
    return "".join(drawn)


_DRAW = {"line": _line, "bar": _bars}


def _running(values: Sequence[Value], kind: Kind, height: float, top: float, cls: str) -> str:
    """The last bucket, which is still filling: a dashed line, a pale bar."""
    if len(values) < 2 or values[-1] is None:
        return ""
    if kind == "bar":
        return _bars([*[None] * (len(values) - 1), values[-1]], _WIDTH, height, top, f"{cls} part")
    if values[-2] is None:
        return ""
    before = _short(_WIDTH * (len(values) - 2) / (len(values) - 1))
    return (
        f'<path class="ln part {cls}" d="M{before} {_short(height - values[-2] / top * height)}'
        f'L{_WIDTH} {_short(height - values[-1] / top * height)}"/>'
    )


def spark(values: Sequence[Value], kind: Kind = "line", cls: str = "", small: bool = False) -> Markup:
    """A small picture beside the numbers it repeats; screen readers skip it."""
    top = max((v for v in values if v is not None), default=0.0) * 1.08 or 1.0
    size = " spark-s" if small else ""
    body = _DRAW[kind](values, 96, 20, top, str(escape(cls)))
    return Markup(  # noqa: S704 - numbers and an escaped class only
        f'<svg class="spark{size}" viewBox="0 0 96 20" preserveAspectRatio="none" aria-hidden="true">{body}</svg>'
    )


def meter(share: float, label: str) -> Markup:
    """A bar of a share from 0 to 1, described by its label."""
    width = _short(100 * min(max(share, 0.0), 1.0))
    return Markup('<svg class="meter" role="img" aria-label="{}"><rect width="{}%" height="100%"/></svg>').format(
        label, width
    )


def share_bar(share: float) -> Markup:
    """A bar of a share from 0 to 1 beside the number it repeats; screen readers skip it."""
    width = _short(100 * min(max(share, 0.0), 1.0))
    return Markup('<svg class="meter" aria-hidden="true"><rect width="{}%" height="100%"/></svg>').format(width)


def ticks(top: float) -> list[float]:
    """Two round values for grid lines below `top`."""
    if top <= 0:
        return []
    scale = 10.0 ** math.floor(math.log10(top))
    step = next(s * scale for s in (4, 3, 2, 1, 0.5, 0.2) if 2 * s * scale <= top)
    return [step, 2 * step]


def chart(title: str, series: Series, *, unit: str = "per minute", kind: Kind = "line", cls: str = "") -> Markup:
    """One metric over time; the last bucket is the running minute and is drawn dashed.

    Args:
        title: what is counted.
        series: values per minute, oldest first; None is a gap.
        unit: said beside the title.
        kind: `bar` for counted events, `line` for levels.
        cls: `bad` for what should not happen.
    """
    values = [value for _, value in series.points]
    known = [value for value in values if value is not None]
    top = max(known, default=0.0) * 1.06 or 1.0
    height = _BOTTOM - _TOP
    marks = ticks(top) if known else []
    grid = "".join(_grid(mark, top, height) for mark in marks)
    complete: list[Value] = [*values[:-1], None]
    body = _DRAW[kind](complete, _WIDTH, height, top, str(escape(cls)))
    body += _running(values, kind, height, top, str(escape(cls)))
    frame = (
        f'{grid}<line class="axis" x1="0" x2="100%" y1="{_BOTTOM}.5" y2="{_BOTTOM}.5"/>'
        f'<svg x="0" y="{_TOP}" width="100%" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
        f' preserveAspectRatio="none">{body}</svg>{_hours(series)}'
    )
    now = f"{rate(_latest(values))} now" if known else "no data"
    data = ",".join("" if value is None else f"{value:.4g}" for value in values)
    return Markup(
        '<figure class="chart" data-chart="{}"><figcaption><b>{}</b> {}<span class="v">{}</span></figcaption>'
        '<svg role="img" aria-label="{}">{}</svg></figure>'
    ).format(data, title, unit, now, described(title, unit, series), Markup(frame))  # noqa: S704 - numbers only


def events(
    title: str, series: Series, described_as: str, marks: Sequence[tuple[float, str]] = (), cls: str = ""
) -> Markup:
    """Events counted in buckets of one length, as bars, with moments marked.

    Args:
        title: what is counted.
        series: count by start of the bucket, oldest first.
        described_as: what the chart shows, in words.
        marks: (unix seconds, name) of moments to be marked; those outside the buckets are left out.
        cls: `bad` for what should not happen.
    """
    values = [value for _, value in series.points]
    top = max((value for value in values if value is not None), default=0.0) * 1.06 or 1.0
    height = _BOTTOM - _TOP
    grid = "".join(_grid(mark, top, height) for mark in ticks(top) if mark >= 1)
    frame = (
        f'{grid}<line class="axis" x1="0" x2="100%" y1="{_BOTTOM}.5" y2="{_BOTTOM}.5"/>'
        f'<svg x="0" y="{_TOP}" width="100%" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
        f' preserveAspectRatio="none">{_bars(values, _WIDTH, height, top, str(escape(cls)))}</svg>'
        f"{_marked(series, marks)}{_ends(series)}"
    )
    data = ",".join("" if value is None else f"{value:.4g}" for value in values)
    step = (series.points[1][0] - series.points[0][0]) // 60 if len(series.points) > 1 else 1
    return Markup(
        '<figure class="chart" data-chart="{}" data-chart-step="{}"><figcaption><b>{}</b></figcaption>'
        '<svg role="img" aria-label="{}">{}</svg></figure>'
    ).format(data, step, title, described_as, Markup(frame))  # noqa: S704 - numbers and escaped names only


def _ends(series: Series) -> str:
    """The time at the start, in the middle and at the end of the last bucket."""
    if len(series.points) < 2:
        return ""
    start, step = series.points[0][0], series.points[1][0] - series.points[0][0]
    return "".join(
        f'<text x="{100 * share:.0f}%" y="{_HEIGHT - 4}" text-anchor="{anchor}">'
        f"{datetime.fromtimestamp(start + share * step * len(series.points), UTC):%H:%M}</text>"
        for share, anchor in ((0, "start"), (0.5, "middle"), (1, "end"))
    )


def _marked(series: Series, marks: Sequence[tuple[float, str]]) -> str:
    """A line for each moment; its name beside it unless the next one stands too near."""
    if len(series.points) < 2:
        return ""
    start, step = series.points[0][0], series.points[1][0] - series.points[0][0]
    span = step * len(series.points)
    places = [(100 * (at - start) / span, name) for at, name in sorted(marks) if 0 <= at - start <= span]
    drawn = []
    for (x, name), following in zip(places, [*(x for x, _ in places[1:]), 200.0], strict=False):
        drawn.append(f'<line class="mark-at" x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="{_BOTTOM}"/>')
        anchor, shift = ("start", 5) if x < 70 else ("end", -5)
        if following - x >= 24:
            text = escape(name if len(name) <= 24 else f"{name[:23]}…")
            drawn.append(
                f'<text class="mark-name" x="{x:.2f}%" dx="{shift}" y="8" text-anchor="{anchor}">{text}</text>'
            )
    return "".join(drawn)


def _grid(value: float, top: float, height: float) -> str:
    y = _BOTTOM - value / top * height
    words = number(value) if value >= 1 else f"{value:g}"
    return (
        f'<line class="grid" x1="0" x2="100%" y1="{_short(y)}" y2="{_short(y)}"/>'
        f'<text x="0" y="{_short(y - 4)}">{words}</text>'
    )


def _hours(series: Series) -> str:
    if not series.points:
        return ""
    places = ((0, 0, "start"), (50, len(series.points) // 2, "middle"), (100, -1, "end"))
    return "".join(
        f'<text x="{x}%" y="{_HEIGHT - 4}" text-anchor="{anchor}">'
        f"{datetime.fromtimestamp(series.points[at][0], UTC):%H:%M}</text>"
        for x, at, anchor in places
    )


def _latest(values: Sequence[Value]) -> Value:
    """The last complete bucket; the running minute would look like a fall."""
    complete = values[:-1] if len(values) > 1 else values
    return next((value for value in reversed(complete) if value is not None), None)


def described(title: str, unit: str, series: Series) -> str:
    """What the chart shows, in words made from its data."""
    known = [(at, value) for at, value in series.points if value is not None]
    if not known:
        return f"{title} {unit}: no data"
    low, high = min(value for _, value in known), max(value for _, value in known)
    peak = next(at for at, value in known if value == high)
    latest = rate(_latest([value for _, value in series.points]))
    if high == low:
        return f"{title} {unit} over the last {len(series.points)} minutes: steady at {rate(high)}"
    return (
        f"{title} {unit} over the last {len(series.points)} minutes: between {rate(low)} and {rate(high)},"
        f" highest at {datetime.fromtimestamp(peak, UTC):%H:%M} UTC, now {latest}"
    )


def register(app: Flask) -> None:
    """Make the charts known to templates."""
    app.jinja_env.globals.update(spark=spark, chart=chart, meter=meter, share_bar=share_bar, events=events)
