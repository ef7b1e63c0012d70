"""Times in which alerts fired, in charts: drawn, said and read out."""

from __future__ import annotations

import re
from dataclasses import replace

from dashboard.charts.chart import Band, Chart, Column, Track
from dashboard.charts.figure import figure, said
from dashboard.charts.words import described

START = 1_900_000_000 // 3600 * 3600
CHART = Chart(
    "chart-x", "Failed", "per minute", START, 60, (Track([1.0] * 60),), (Column("", ["1"] * 60),), lambda v: f"{v:g}",
)  # fmt: skip


def test_a_band_is_drawn_where_it_was_and_named_in_the_read_out() -> None:
    chart = replace(CHART, bands=(Band(START + 600, START + 1_200, "too-many-failed mail"),))
    drawn = str(figure(chart))
    assert re.search(r'<rect class="band bad" x="16.67%" width="16.67%"', drawn)
    rows = said(chart).split("|")
    assert rows[9:11] == ["1;none", "1;too-many-failed mail"]
    assert rows[19:21] == ["1;too-many-failed mail", "1;none"]
    assert "too-many-failed mail fired from" in described(chart)


def test_one_that_lasts_reaches_the_edge_and_says_since_when() -> None:
    chart = replace(CHART, bands=(Band(START - 600, None, "slow"),))
    assert re.search(r'<rect class="band bad" x="0.00%" width="100.00%"', str(figure(chart)))
    assert "slow has fired since" in described(chart)


def test_a_chart_without_alerts_says_nothing_of_them() -> None:
    assert "band" not in str(figure(CHART))
    assert said(CHART).split("|")[0] == "1"


def test_a_name_with_what_separates_values_moves_none() -> None:
    chart = replace(CHART, bands=(Band(START, None, "slow a|b;c"),))
    assert said(chart).split("|") == ["1;slow a¦b,c"] * 60


def test_a_hostile_name_stays_text() -> None:
    chart = replace(CHART, bands=(Band(START, None, "<script>", tone='"><x'),))
    assert "<script>" not in str(figure(chart))
    assert '"><x' not in str(figure(chart))
