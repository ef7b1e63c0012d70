"""What applications record is found by job, and what others put there is passed over."""

from __future__ import annotations

import pytest
import redis

from dashboard.adapters.mirrored.captured import Captured
from dashboard.adapters.mirrored.portions import MOST_BYTES as AT_ONCE
from queue_core.connection import connect
from redrive.contrib.capture import MOST_BYTES, Capture


@pytest.fixture
def captured(redis_url: str) -> Captured:
    return Captured(connect(redis_url), "celery")


@pytest.fixture
def capture(redis_url: str) -> Capture:
    return Capture("celery", redis.Redis.from_url(redis_url))


def test_new_failures_are_told_once(captured: Captured, capture: Capture) -> None:
    for job_id in ("a", "b", "a"):
        capture.write(id=job_id, type="send", queue="mail", error=ValueError("bad"))
    ids, place = captured.new("")
    assert ids == ["a", "b"]
    assert captured.new(place) == ([], place)


def test_failures_of_a_job_are_read_with_it(captured: Captured, capture: Capture) -> None:
    for number in range(3):
        capture.write(id="a", type="send", queue="mail", error=ValueError(f"bad {number}"), args=(number,))
    (found, nothing) = captured.of(["a", "b"], 2)
    assert [each["message"] for each in found] == ["bad 1", "bad 2"]
    assert nothing == []


def test_what_is_no_record_is_passed_over(captured: Captured, redis_url: str) -> None:
    client = connect(redis_url)
    client.rpush("redrive:captured:celery:a", "no json", "[]", '{"scheme": 9}', "x" * (MOST_BYTES + 1))
    client.xadd("redrive:captured:celery", {"other": "field"})
    for odd in ("NaN", "Infinity", "9" * 4_000, "1e999", "true", '"5"', "null"):
        client.rpush("redrive:captured:celery:a", f'{{"scheme": 1, "failed_at": {odd}}}')
    assert captured.of(["a"], 20) == [[]]
    assert captured.new("")[0] == []


def test_many_large_records_are_read_in_portions_each_once(
    captured: Captured, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, ids = connect(redis_url), [f"{number}" for number in range(50)]
    for each in ids:
        client.rpush(f"redrive:captured:celery:{each}", each.ljust(60_000))
    replies: list[int] = []
    script = captured._script

    def run(**given: object) -> list[object]:
        reply: list[object] = script(**given)
        replies.append(sum(len(record) for found in reply[1:] for record in found))  # type: ignore[attr-defined]
        return reply

    monkeypatch.setattr(captured, "_script", run)
    assert [each.strip().decode() for each in captured.last(ids)] == ids
    assert sum(replies) == 50 * 60_000
    assert max(replies) < AT_ONCE + 65_536
    assert captured.last([]) == captured.of([]) == []
