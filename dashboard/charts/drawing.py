"""Lines and bars as SVG paths: one unit of width for each bucket, two units of height for a pixel.

Coordinates are whole and relative to the point before, so that 360 buckets are few bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

Value = float | None
Point = tuple[int, int]
PER_PIXEL = 2
_LEAST = 3
_CROWDED = 180


def line(
    values: Sequence[Value],
    top: float,
    height: int,
    cls: str = "",
    *,
    incomplete: Collection[int] = (),
    area: bool = True,
) -> str:
    """A line with the area below it; a gap stays a gap, and what touches an incomplete bucket is of class `part`.

    Args:
        values: by bucket.
        top: value at the upper edge.
        height: pixels.
        cls: class besides `ln` and `ar`.
        incomplete: buckets that were not, or not yet, read to their end.
        area: whether the area is filled.
    """
    high = height * PER_PIXEL
    drawn = []
    for run in _runs(values, top, high):
        if area:
            drawn.append(_path(f"ar {cls}", f"{_along(run)}V{high}H{run[0][0]}.5z"))
        for part, dashed in _stretches(run, incomplete):
            drawn.append(_path(f"ln {cls} part" if dashed else f"ln {cls}", _along(part)))
    return "".join(drawn)


def bars(values: Sequence[Value], top: float, height: int, cls: str = "", *, incomplete: Collection[int] = ()) -> str:
    """A bar for each bucket with more than nothing; those of incomplete buckets are of class `part`."""
    high, narrow = height * PER_PIXEL, len(values) <= _CROWDED
    left, width = (".14", ".72") if narrow else ("", "1")
    whole: list[str] = []
    part: list[str] = []
    for index, value in enumerate(values):
        if value is None or value <= 0:
            continue
        tall = max(round(value / top * high), _LEAST)
        one = f"M{index}{left} {high}v-{tall}h{width}v{tall}z"
        (part if index in incomplete else whole).append(one)
    return "".join(_path(name, "".join(d)) for name, d in ((f"br {cls}", whole), (f"br {cls} part", part)) if d)


def picture(values: int, height: int, body: str, top: int = 0) -> str:
    """A nested SVG that stretches over the whole width."""
    high = height * PER_PIXEL
    return (
        f'<svg x="0" y="{top}" width="100%" height="{height}" viewBox="0 0 {max(values, 1)} {high}"'
        f' preserveAspectRatio="none">{body}</svg>'
    )


def _runs(values: Sequence[Value], top: float, high: int) -> Iterator[list[Point]]:
    """Unbroken stretches of known values, from the top of the picture."""
    run: list[Point] = []
    for index, value in enumerate(values):
        if value is not None:
            run.append((index, round(high - min(max(value / top, 0.0), 1.0) * high)))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _stretches(run: Sequence[Point], incomplete: Collection[int]) -> Iterator[tuple[list[Point], bool]]:
    """Parts of a run that are drawn alike; neighbours share the point where they meet."""
    if len(run) == 1:
        yield list(run), False
        return
    part, dashed = [run[0]], False
    for before, after in pairwise(run):
        here = before[0] in incomplete or after[0] in incomplete
        if len(part) > 1 and here != dashed:
            yield part, dashed
            part = [before]
        dashed = here
        part.append(after)
    yield part, dashed


def _along(run: Sequence[Point]) -> str:
    """The way along the middles of buckets; a single one is a dot, by the round cap of a line without length."""
    start = f"M{run[0][0]}.5 {run[0][1]}"
    if len(run) == 1:
        return f"{start}h.01"
    return f"{start}l" + " ".join(f"1{after[1] - before[1]:+d}" for before, after in pairwise(run))


def _path(cls: str, way: str) -> str:
    return f'<path class="{" ".join(cls.split())}" d="{way}"/>'
