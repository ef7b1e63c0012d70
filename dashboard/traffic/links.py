"""The addresses around charts: other ranges, the table, the file; all else of the page's address stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dashboard.history.history import RANGES
from dashboard.traffic.panel import Panel


def shown(panel: Panel, here: str, query: Mapping[str, str], csv: str) -> dict[str, Any]:
    """The template context of `charts/_panel.html`.

    Args:
        here: address of the page without its query.
        query: the query string.
        csv: address of the file without its query.
    """
    kept = {name: value for name, value in query.items() if value}
    now = panel.range.name
    other = {name: value for name, value in kept.items() if name != "as"}
    if not panel.as_table:
        other |= {"as": "table", "range": now}
    return {
        "panel": panel,
        "ranges": [(name, _address(here, {**kept, "range": name}), name == now) for name in RANGES],
        "other_view": _address(here, other),
        "csv_url": f"{csv}?{urlencode({'range': now})}",
    }


def _address(here: str, query: Mapping[str, str]) -> str:
    return f"{here}?{urlencode(query)}#traffic" if query else f"{here}#traffic"
