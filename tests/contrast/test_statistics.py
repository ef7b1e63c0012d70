"""The statistics give the answers of the books, and those of exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.contrast.statistics import fisher_greater, least_difference, wilson


def exactly(a: int, n: int, b: int, m: int) -> Fraction:
    """The upper tail, counted out in whole numbers."""
    hits = a + b
    ways = sum(comb(hits, x) * comb(n + m - hits, n - x) for x in range(a, min(n, hits) + 1))
    return Fraction(ways, comb(n + m, n))


def test_the_lady_tastes_tea_as_in_fishers_book() -> None:
    assert fisher_greater(3, 4, 1, 4) == pytest.approx(17 / 70)
    assert fisher_greater(4, 4, 0, 4) == pytest.approx(1 / 70)


@pytest.mark.parametrize(
    ("hits", "size", "low", "high"),
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(hits: int, size: int, low: float, high: float) -> None:
    assert wilson(hits, size) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    ("a", "n", "b", "m", "low"),
    # Newcombe 1998, "Interval estimation for the difference between independent proportions", table II, method 10
    [(56, 70, 48, 80, 0.0524), (9, 10, 3, 10, 0.1705), (10, 10, 0, 10, 0.6075), (5, 56, 0, 29, -0.0381)],
)
def test_the_difference_has_the_published_lower_end(a: int, n: int, b: int, m: int, low: float) -> None:
    assert least_difference(a, n, b, m) == pytest.approx(low, abs=5e-5)


@st.composite
def two_samples(draw: st.DrawFn) -> tuple[int, int, int, int]:
    n, m = draw(st.integers(1, 200)), draw(st.integers(1, 200))
    return draw(st.integers(0, n)), n, draw(st.integers(0, m)), m


@given(two_samples())
def test_the_exact_test_is_exact(samples: tuple[int, int, int, int]) -> None:
    assert fisher_greater(*samples) == pytest.approx(float(exactly(*samples)), rel=1e-8)


@given(two_samples())
def test_the_least_difference_is_never_more_than_the_difference(samples: tuple[int, int, int, int]) -> None:
    a, n, b, m = samples
    assert -1 <= least_difference(*samples) <= a / n - b / m + 1e-12


@given(two_samples())
def test_an_interval_holds_the_share_it_is_made_of(samples: tuple[int, int, int, int]) -> None:
    low, high = wilson(samples[0], samples[1])
    assert 0 <= low <= samples[0] / samples[1] + 1e-12
    assert samples[0] / samples[1] - 1e-12 <= high <= 1


def test_nothing_drawn_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert fisher_greater(0, 0, 0, 0) == 1.0
