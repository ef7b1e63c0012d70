"""Arguments as pages show them: escaped, coloured, and cut."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from dashboard import highlight
from dashboard.adapters.contract import Payload

COLOURED = 16_384


@dataclass(frozen=True, slots=True)
class Shown:
    """Arguments as HTML, cut to `limit` bytes."""

    shown: Markup
    cut: bool
    limit: int = highlight.LIMIT


def shown(payload: Payload) -> Shown:
    """The arguments; of those that cannot be decoded what was stored."""
    if payload.undecodable:
        return Shown(escape(payload.raw[: highlight.LIMIT]), len(payload.raw) > highlight.LIMIT)
    text = highlight.pretty(payload.data)
    coloured = highlight.highlighted(text[:COLOURED]) + escape(text[COLOURED : highlight.LIMIT])
    return Shown(coloured, len(text) > highlight.LIMIT)
