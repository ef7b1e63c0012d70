"""Small pictures beside the numbers that they repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from markupsafe import Markup, escape

from dashboard.charts.drawing import PER_PIXEL, Value, bars, line

_HEIGHT = 20


def spark(values: Sequence[Value], kind: Literal["line", "bar"] = "line", cls: str = "", small: bool = False) -> Markup:
    """A small picture beside the numbers it repeats; screen readers skip it."""
    top = max((value for value in values if value is not None), default=0.0) * 1.08 or 1.0
    name = str(escape(cls))
    body = bars(values, top, _HEIGHT, name) if kind == "bar" else line(values, top, _HEIGHT, name)
    return Markup(  # noqa: S704 - numbers and an escaped class only
        f'<svg class="spark{" spark-s" if small else ""}" viewBox="0 0 {max(len(values), 1)} {_HEIGHT * PER_PIXEL}"'
        f' preserveAspectRatio="none" aria-hidden="true">{body}</svg>'
    )


def limited_spark(values: Sequence[Value], limit: float, label: str, cls: str = "") -> Markup:
    """A small picture of values against a limit, which is within it however far the values are; described by its label.

    Args:
        values: by bucket.
        limit: drawn as a dashed line.
        label: what it shows, in words.
        cls: class of the line.
    """
    top = max([limit, *(value for value in values if value is not None)]) * 1.08 or 1.0
    high, width = _HEIGHT * PER_PIXEL, max(len(values), 1)
    at = round(high - min(max(limit / top, 0.0), 1.0) * high)
    body = f'{line(values, top, _HEIGHT, str(escape(cls)))}<path class="limit" d="M0 {at}H{width}"/>'
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(width, high, label, Markup(body))  # noqa: S704 - numbers and an escaped class only


def meter(share: float, label: str) -> Markup:
    """A bar of a share from 0 to 1, described by its label."""
    return Markup('<svg class="meter" role="img" aria-label="{}"><rect width="{}%" height="100%"/></svg>').format(
        label, _percent(share)
    )


def share_bar(share: float) -> Markup:
    """A bar of a share from 0 to 1 beside the number it repeats; screen readers skip it."""
    return Markup('<svg class="meter" aria-hidden="true"><rect width="{}%" height="100%"/></svg>').format(
        _percent(share)
    )


def _percent(share: float) -> str:
    return f"{100 * min(max(share, 0.0), 1.0):.1f}".removesuffix(".0")
