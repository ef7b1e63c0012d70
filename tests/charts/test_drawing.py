"""Lines and bars: every value in its place, gaps are gaps, what is incomplete is drawn so."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.axis import ticks
from dashboard.charts.drawing import bars, line
from dashboard.charts.small import meter, spark

values = st.lists(st.none() | st.floats(0, 1e9, allow_nan=False), min_size=1, max_size=400)


def paths(drawn: str, cls: str) -> list[str]:
    """The ways of the paths with exactly this class."""
    return [way for name, way in re.findall(r'<path class="([^"]*)" d="([^"]*)"/>', drawn) if name == cls]


def points(way: str) -> list[tuple[float, int]]:
    """The corners of a line's way."""
    start = re.match(r"M([\d.]+) (\d+)", way)
    assert start
    found = [(float(start[1]), int(start[2]))]
    for by in re.findall(r"1([+-]\d+)", way.partition("l")[2]):
        found.append((found[-1][0] + 1, found[-1][1] + int(by)))
    return found


def test_a_line_goes_through_the_middle_of_every_bucket() -> None:
    (way,) = paths(line([0, 5, 10], 10, 50), "ln")
    assert points(way) == [(0.5, 100), (1.5, 50), (2.5, 0)]


def test_a_gap_is_a_gap() -> None:
    first, second = (points(way) for way in paths(line([1, 1, None, None, 1, 1], 1, 10), "ln"))
    assert [x for x, _ in first] == [0.5, 1.5]
    assert [x for x, _ in second] == [4.5, 5.5]


def test_a_single_value_between_gaps_is_a_dot() -> None:
    assert paths(line([None, 3, None], 3, 10), "ln") == ["M1.5 0h.01"]


def test_what_touches_an_incomplete_bucket_is_dashed() -> None:
    drawn = line([1, 1, 1, 1, 1, 1], 1, 10, incomplete={3, 5})
    assert [[x for x, _ in points(way)] for way in paths(drawn, "ln")] == [[0.5, 1.5, 2.5]]
    assert [[x for x, _ in points(way)] for way in paths(drawn, "ln part")] == [[2.5, 3.5, 4.5, 5.5]]


def test_a_bar_stands_for_each_bucket_with_more_than_nothing() -> None:
    drawn = bars([0, 5, None, 10, -1], 10, 50, "bad", incomplete={3})
    assert paths(drawn, "br bad") == ["M1.14 100v-50h.72v50z"]
    assert paths(drawn, "br bad part") == ["M3.14 100v-100h.72v100z"]


def test_the_smallest_count_is_still_seen() -> None:
    assert "v-3" in bars([1, 100_000], 100_000, 50)


@given(values)
def test_nothing_is_drawn_outside_of_the_picture(given: list[float | None]) -> None:
    top = max((value for value in given if value is not None), default=0.0) or 1.0
    for way in paths(line(given, top, 84, incomplete={len(given) - 1}), "ln"):
        if "l" in way:
            assert all(0 <= y <= 168 and 0 < x < len(given) for x, y in points(way))


@given(values)
def test_every_known_value_is_on_some_line(given: list[float | None]) -> None:
    drawn = line(given, max((value or 0 for value in given), default=0) or 1, 84, area=False)
    drawn_at = {x for way in paths(drawn, "ln") for x, _ in points(way)}
    assert drawn_at == {index + 0.5 for index, value in enumerate(given) if value is not None}


@given(st.floats(1e-3, 1e12), st.booleans())
def test_grid_lines_are_two_and_lie_below_the_top(top: float, seconds: bool) -> None:
    first, second = ticks(top, seconds=seconds)
    assert 0 < first < second <= top
    assert second == 2 * first


@pytest.mark.parametrize(("top", "expected"), [(130.0, (60, 120)), (7_300, (3_600, 7_200)), (4.0, (2, 4))])
def test_grid_lines_of_times_are_round_times(top: float, expected: tuple[float, float]) -> None:
    assert ticks(top, seconds=True) == expected


def test_without_values_there_are_no_grid_lines() -> None:
    assert ticks(0) == ticks(float("nan")) == ticks(float("inf")) == ()


def test_360_buckets_are_few_bytes() -> None:
    many = [float(n * 7 % 50) for n in range(360)]
    assert len(line(many, 50, 84, area=False)) < 3_000
    assert len(bars(many, 50, 84)) < 9_000


def test_small_pictures_are_for_the_eye_alone_and_escape_their_class() -> None:
    assert 'aria-hidden="true"' in spark([1, None, 2])
    assert "<path" not in spark([])
    assert "<b>" not in spark([1.0, 2.0], cls="<b>")
    assert 'width="100%"' in meter(7, "all")
