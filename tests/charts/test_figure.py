"""A chart as a figure: described, read out by keyboard, limits and versions named, nothing hostile in it."""

from __future__ import annotations

import re

import pytest

from dashboard.charts.chart import Column, Limit, Track
from dashboard.charts.figure import figure, said
from dashboard.durations import run_time
from tests.charts.charts import START, chart


def texts(drawn: str, cls: str = "") -> list[str]:
    wanted = f' class="{cls}"' if cls else ""
    return re.findall(rf"<text{wanted} [^>]*>([^<]*)</text>", drawn)


def test_a_chart_is_a_figure_with_a_picture_that_is_described_and_can_be_read_with_keys() -> None:
    drawn = str(figure(chart([1.0, 2.0, 3.0], incomplete=frozenset({2}))))
    assert drawn.startswith('<figure class="chart" id="chart-failed"')
    assert re.search(r'<svg role="img" aria-label="Failed attempts, per minute, 16:00 to 16:03 UTC: ', drawn)
    reader = re.search(r'<div class="reader js" id="chart-failed-reader" tabindex="0" role="application"[^>]*>', drawn)
    assert reader
    assert 'aria-label="Failed attempts: read single values with the arrow keys"' in reader[0]
    assert '<span class="v">2 now</span>' in drawn, "the running minute would look like a fall"
    assert "style=" not in drawn


def test_the_read_out_has_every_bucket_and_marks_incomplete_ones() -> None:
    assert said(chart([1.0, None, 1_448.0], incomplete=frozenset({1, 2}))) == "1||1,448*"
    two = chart([1.0, 2.0], columns=(Column("p50", ["~", "3 ms"]), Column("p95", ["~", ""])))
    assert said(two) == "~;~|3 ms;"


def test_the_axis_has_three_times_and_two_values() -> None:
    drawn = str(figure(chart([float(n) for n in range(60)])))
    assert [each for each in texts(drawn) if ":" in each] == ["16:00", "16:30", "17:00"]
    assert [each for each in texts(drawn) if each.isdigit()] == ["30", "60"]


def test_days_are_named_where_a_chart_shows_more_than_one() -> None:
    drawn = str(figure(chart([1.0] * 336, step=1_800)))
    assert [each for each in texts(drawn) if "Nov" in each or "Dec" in each] == ["Nov 24", "Nov 28", "Dec 1"]


def test_two_tracks_are_labelled_where_they_end_and_never_over_each_other() -> None:
    near = chart(
        [], tracks=(Track([1.0, 1.0, 9.0], "p95"), Track([1.0, 1.1, 9.0], "oldest waiting", cls="two")),
        columns=(Column("p95", ["a"] * 3),), say=run_time, seconds=True, incomplete=frozenset({2}),
    )  # fmt: skip
    drawn = str(figure(near))
    ys = [float(y) for y in re.findall(r'<text class="name[^"]*" x="[^"]*" y="([\d.]+)"', drawn)]
    assert abs(ys[0] - ys[1]) >= 12
    assert sorted([*texts(drawn, "name"), *texts(drawn, "name two")]) == ["oldest waiting 1.1s", "p95 1s"]
    assert " now</span>" not in drawn


def test_names_stand_before_what_is_known_where_that_is_little() -> None:
    values = [None] * 54 + [1.0] * 6
    tracks = (Track(values, "p95"), Track([9.0 if value else None for value in values], "oldest waiting", cls="two"))
    drawn = str(figure(chart([], tracks=tracks, columns=(Column("p95", [""] * 60),))))
    places = re.findall(r'<text class="name[^"]*" x="([\d.]+)%"[^>]*text-anchor="(\w+)"', drawn)
    assert places == [("88.00", "end")] * 2, "the first value is at 90 %"


def test_a_limit_is_a_line_with_its_name() -> None:
    drawn = str(figure(chart([10.0, 50.0, 90.0], limit=Limit(60, "limit 60 (too-many)"))))
    assert drawn.count('<line class="limit"') == 1
    assert texts(drawn, "limit-t") == ["limit 60 (too-many)"]


def test_the_name_of_a_track_does_not_run_into_the_name_of_the_limit() -> None:
    tracks = (Track([1.0, 2.0], "p95"), Track([1.0, 59.0], "oldest waiting", cls="two"))
    drawn = str(figure(chart([], tracks=tracks, columns=(Column("p95", ["a"] * 2),), limit=Limit(60, "limit 60"))))
    (limit,) = re.findall(r'<text class="limit-t" x="0" y="([\d.]+)"', drawn)
    names = re.findall(r'<text class="name[^"]*" x="[^"]*" y="([\d.]+)"', drawn)
    assert len(names) == 2
    assert all(abs(float(y) - float(limit)) >= 12 for y in names)


def test_a_limit_far_above_is_named_and_leaves_the_values_their_room() -> None:
    drawn = str(figure(chart([1.0, 2.0, 1.0], limit=Limit(600, "limit 600"))))
    assert '<line class="limit"' not in drawn
    assert texts(drawn, "limit-t") == ["limit 600 ↑"]
    assert "1" in texts(drawn), "half as high as the highest value"


def test_a_limit_near_above_is_drawn_with_room_for_it() -> None:
    line = re.search(
        r'<line class="limit"[^>]* y1="([\d.]+)"', str(figure(chart([1.0, 2.0], limit=Limit(6, "limit 6"))))
    )
    assert line
    assert 14 <= float(line[1]) < 30


def test_new_versions_are_dotted_lines_with_their_names() -> None:
    marks = ((START + 60.0, "shop 4.2.0"), (START + 3_000.0, "shop 4.3.0"), (START - 500.0, "before"))
    drawn = str(figure(chart([1.0] * 60, marks=marks)))
    assert drawn.count('class="mark-at"') == 2
    assert texts(drawn, "mark-name") == ["shop 4.2.0", "shop 4.3.0"]


@pytest.mark.parametrize("evil", ['"><script>alert(1)</script>', "<b onload='x'>", "' onmouseover='x"])
def test_names_out_of_redis_are_text(evil: str) -> None:
    drawn = str(figure(chart([1.0, 2.0], marks=((START + 30.0, evil),), limit=Limit(1, evil), title=evil, foot=evil)))
    assert "<script" not in drawn
    assert "<b " not in drawn
    assert " onmouseover='" not in drawn


def test_without_anything_known_the_frame_stands_and_says_so() -> None:
    drawn = str(figure(chart([None] * 60)))
    assert '<span class="v">no data</span>' in drawn
    assert "nothing is known" in drawn
    assert "<path" not in drawn
    assert said(chart([None] * 3)) == "||"
