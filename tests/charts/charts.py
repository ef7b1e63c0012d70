"""Charts with few values, for tests of how they are shown and told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.charts.chart import Chart, Column, Track
from dashboard.filters import rate

START = 1_764_000_000  # 2025-11-24 16:00 UTC


def chart(values: Sequence[float | None], **more: Any) -> Chart:
    """One track of minutes, which is what the read-out says too."""
    texts = ["" if value is None else rate(value) for value in values]
    given: dict[str, Any] = {
        "id": "chart-failed",
        "title": "Failed attempts",
        "unit": "per minute",
        "start": START,
        "step": 60,
        "tracks": (Track(values),),
        "columns": (Column("", texts),),
        "say": rate,
    }
    return Chart(**(given | more))
