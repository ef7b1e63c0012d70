"""A backlog of failures is taken up at a steady pace, a few failures at once."""

from __future__ import annotations

import time

import pytest

from dashboard.adapters.mirrored import pace
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from dashboard.adapters.mirrored.pace import APART, AT_ONCE, SHARED, Pace, per_second
from tests.adapters.mirrored.shelf import Shelf


class Clock:
    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def __call__(self) -> float:
        return self.now


def test_a_backlog_waits_when_it_was_taken_up_faster_than_its_pace() -> None:
    clock = Clock()
    steady = Pace(250.0, clock)
    taken, began = 0, clock.now
    while clock.now < began + 60:
        while steady.allows():
            steady.took(200)
            taken += 200
        clock.now += 1
    assert AT_ONCE + 60 * 250 - 500 <= taken <= AT_ONCE + 60 * 250 + 200


def test_few_failures_are_never_waited_for() -> None:
    steady = Pace(1.0, Clock())
    for _ in range(1_000):
        assert steady.allows()
        steady.took(99)


def test_the_pace_is_slower_where_the_store_is_at_the_same_server() -> None:
    assert per_second("redis://me:secret@shop:6379/0", "redis://shop:6379/3") == SHARED
    assert per_second("redis://shop:6379/0", "redis://store:6379/0") == APART


def test_a_source_with_a_backlog_goes_on_when_it_is_time(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "BACKLOG", 10)
    monkeypatch.setattr(pace, "AT_ONCE", 250)
    clock = Clock()
    shelf = Shelf(redis_url)
    for number in range(700):
        shelf.add_failed("mail", f"a{number}", at=clock.now - 60)
    adapter = MirroredAdapter(shelf, redis_url, {"clock": clock})

    def taken() -> int:
        while adapter.maintain():
            pass
        return adapter._mirror.queues()["mail"].failed or 0

    assert taken() == 400
    assert taken() == 400
    clock.now += 1
    assert taken() == 600
    clock.now += 60
    assert taken() == 700
