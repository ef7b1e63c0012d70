"""The last hour of pending jobs: 60 minutes, gaps are gaps."""

from __future__ import annotations

import pytest

from dashboard.history.sparks import MINUTES, extended, hour_until, last_minute


def kept(*news: dict[int, int | None]) -> bytes:
    stored: bytes | None = None
    for each in news:
        stored = extended(stored, each).encode()
    return stored or b""


def test_minutes_are_in_their_places_and_the_others_are_not_known() -> None:
    hour = hour_until(kept({1_000: 5}, {1_001: 6}, {1_004: 7}), 1_004)
    assert len(hour) == MINUTES
    assert hour[-5:] == (5, 6, None, None, 7)
    assert set(hour[:-5]) == {None}


def test_minutes_older_than_an_hour_leave() -> None:
    hour = hour_until(kept({1_000: 5}, {1_070: 6}), 1_070)
    assert hour[-1] == 6
    assert 5 not in hour


def test_an_hour_that_lies_back_ends_in_a_gap() -> None:
    assert hour_until(kept({1_000: 5}), 1_002)[-3:] == (5, None, None)
    assert hour_until(kept({1_000: 5}), 1_100) == ()


def test_the_newest_minute_is_told() -> None:
    assert last_minute(kept({1_000: 5}, {1_003: 6})) == 1_003


@pytest.mark.parametrize(
    "damaged", [None, b"", b"no json", b"{}", b"[1]", b'["a", [1]]', b'[5, ["x"]]', b"[1e999, [1]]"]
)
def test_what_is_damaged_is_nothing_and_is_begun_anew(damaged: bytes | None) -> None:
    assert hour_until(damaged, 1_000) == ()
    assert hour_until(extended(damaged, {1_000: 3}).encode(), 1_000)[-1] == 3
