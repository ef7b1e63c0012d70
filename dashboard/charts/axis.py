"""The two axes of a chart: round values and moments in words."""

from __future__ import annotations

import math
from datetime import datetime

from babel.dates import format_skeleton

from dashboard.filters import here
from dashboard.language import UNKNOWN, locale

DAY = 86_400
_SECONDS = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, DAY, 2 * DAY, 5 * DAY,
)  # fmt: skip


def ticks(top: float, *, seconds: bool = False) -> tuple[float, ...]:
    """Two round values for grid lines below `top`; fewer where nothing is round.

    Args:
        top: value at the upper edge.
        seconds: whether the values are seconds, of which 60 and 3600 are round.
    """
    if not 0 < top < math.inf:
        return ()
    if seconds and top >= 2:
        step: float = max(each for each in _SECONDS if 2 * each <= top)
        return step, 2 * step
    scale = 10.0 ** math.floor(math.log10(top))
    step = next(each * scale for each in (4, 3, 2, 1, 0.5, 0.2) if 2 * each * scale <= top)
    return step, 2 * step


def clock(at: float, span: float) -> str:
    """A moment in the viewer's zone as a chart over so many seconds tells it: `14:06`, `Mar 12 14:06`."""
    when = here(at)
    if when is None:
        return UNKNOWN
    time = when.strftime("%H:%M:%S" if span < 3_600 and at % 60 else "%H:%M")
    return time if span < DAY else f"{_day(when)} {time}"


def label(at: float, span: float) -> str:
    """The same, shorter, for below the axis: `14:06`, `Mar 12`."""
    when = here(at)
    if when is None:
        return ""
    return when.strftime("%H:%M") if span <= DAY else _day(when)


def _day(when: datetime) -> str:
    return str(format_skeleton("MMMd", when, locale=locale()))
