"""What charts read of the past: every resolution, spikes, gaps, versions, and the last hour of each queue."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.history.history import RANGES, History
from dashboard.settings import Settings
from queue_core import keys
from tests.background import World
from tests.conftest import RealServer
from tests.history.conftest import START, Recording
from tests.sent_commands import record_commands

SIZES = {"15m": 10, "1h": 60, "6h": 120, "24h": 300, "7d": 1_800, "30d": 7_200}


def deployed(recording: Recording, version: str, started: float, queue: str = "mail") -> None:
    """The only worker of the queue, of that version."""
    report: dict[Any, Any] = {
        "host": "here", "pid": 1, "queues": json.dumps([queue]), "version": version, "started": started, "slots": 4,
    }  # fmt: skip
    client = recording.world.jobs.client
    client.delete(keys.workers())
    seconds, _ = client.time()
    client.zadd(keys.workers(), {f"worker-{version}": seconds + 600})
    client.hset(keys.worker(f"worker-{version}"), mapping=report)


@pytest.mark.parametrize("name", RANGES)
def test_a_chart_has_at_most_360_buckets_and_ends_now(recording: Recording, name: str) -> None:
    recording.tick()
    recording.tick()
    past = recording.past(RANGES[name], size=SIZES[name])
    assert len(past.points) == RANGES[name] // SIZES[name] <= 360
    last, now = past.points[-1][0], recording.world.clock.now
    assert last <= now < last + SIZES[name]
    assert {later[0] - earlier[0] for earlier, later in zip(past.points, past.points[1:], strict=False)} == {
        past.seconds
    }


@pytest.mark.parametrize("name", ["6h", "24h", "7d", "30d"])
def test_a_spike_of_one_minute_survives_in_every_range(recording: Recording, name: str) -> None:
    recording.tick()
    recording.tick(60)
    for minute in range(25):
        recording.world.jobs.pending(40 if minute == 7 else 1)
        recording.tick(60)
    past = recording.past(RANGES[name], size=SIZES[name])
    peaks = [bucket.peak("enqueued", past.seconds) for _, bucket in past.points]
    assert max(peak or 0 for peak in peaks) == 40
    assert sum(value or 0 for _, value in past.series("enqueued")) in (64, 24 + 40 - 1)


def test_a_silence_of_the_collector_is_a_gap_at_every_resolution(recording: Recording) -> None:
    recording.tick()
    for _ in range(60):
        recording.tick()
    recording.tick(1_800)
    for _ in range(60):
        recording.tick()
    for name in ("1h", "6h"):
        counts = [value for _, value in recording.past(RANGES[name], size=SIZES[name]).series("succeeded")]
        inner = counts[next(i for i, value in enumerate(counts) if value is not None) :]
        gap = inner.index(None)
        assert any(value is not None for value in inner[gap:]), "after the gap it goes on"
        assert inner[gap:].count(None) * SIZES[name] >= 1_500


def test_a_stretch_that_was_read_in_part_says_so(recording: Recording) -> None:
    recording.tick()
    for _ in range(12):
        recording.tick()
    recording.tick(40)
    for _ in range(12):
        recording.tick()
    unread = [bucket.unread for _, bucket in recording.past(3_600, size=60).points if bucket.counted]
    assert any(unread[1:-1])
    assert 0 in unread


def test_it_is_known_since_when_a_queue_was_read(recording: Recording) -> None:
    assert recording.past(900).since is None
    recording.tick()
    begun = recording.world.clock.now
    for _ in range(20):
        recording.tick()
    assert recording.past(900).since == begun
    assert recording.past(900, queue="").since == begun


def test_a_version_that_came_into_use_is_marked_in_the_queue_and_in_the_whole(recording: Recording) -> None:
    deployed(recording, "shop 1", START - 500)
    recording.tick()
    recording.tick()
    assert recording.past(3_600).deployed == ()
    recording.tick(120)
    deployed(recording, "shop 2", START + 100)
    recording.tick()
    for queue in ("mail", ""):
        (mark,) = recording.past(3_600, queue).deployed
        assert (mark.version, mark.at) == ("shop 2", START + 100)
    recording.world.clock.forward(7_200)
    assert recording.past(3_600).deployed == (), "it lies before the chart"
    assert len(recording.past(86_400).deployed) == 1


def test_versions_are_written_only_when_workers_change(recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    deployed(recording, "shop 1", START)
    recording.tick()
    sent = record_commands(monkeypatch)
    recording.tick()
    quiet = len(sent)
    sent.clear()
    deployed(recording, "shop 2", START)
    sent.clear()
    recording.tick()
    assert len(sent) > quiet


def test_the_last_hour_of_pending_jobs_is_there_for_every_queue_at_once(recording: Recording) -> None:
    recording.tick()
    for _ in range(4):
        recording.world.jobs.pending(2)
        recording.tick(60)
    places = [("main", "mail"), ("main", ""), ("main", "no-such-queue")]
    found = recording.history.sparks(places)
    assert set(found) == {("main", "mail"), ("main", "")}
    assert [value for value in found["main", "mail"] if value is not None] == [0, 2, 4, 6]
    assert found["main", ""] == found["main", "mail"]


def test_reading_one_range_of_many_sources_is_one_command(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(redis_url)
    history, names = History(world.store, world.clock), [f"source-{number}" for number in range(5)]
    history.past(names, "", 900)
    history.forget()
    for memo in history._pasts.values():
        monkeypatch.setattr(memo, "_monotonic", lambda: 0.0)  # however slow this machine is
    sent = record_commands(monkeypatch)
    for seconds in (900, 86_400, 2_592_000):
        sent.clear()
        history.past(names, "", seconds)
        assert len(sent) == 1
    sent.clear()
    history.past(names, "", 900)
    assert sent == [], "what was read a moment ago is shared"


def test_where_one_of_two_sources_is_silent_the_sum_is_marked(
    redis_url: str, make_server: type[RealServer], recording: Recording
) -> None:
    other = make_server().start()
    both = World(redis_url, {"sources": [{"name": "main", "url": redis_url}, {"name": "other", "url": other.url}]})
    assert isinstance(both.settings, Settings)
    both.clock.now = START
    recorder = type(recording.recorder)(both.store, both.services.sources, both.clock)
    history = History(both.store, both.clock)

    def tick() -> None:
        both.clock.forward(10)
        both.services.sources.forget()
        recorder.record(recording.fence)

    for _ in range(4):
        tick()
    other.kill()
    for _ in range(4):
        tick()
    marked = [bucket.unread for _, bucket in history.past(["main", "other"], "", 900).points if bucket.counted]
    assert marked[0] == 0
    assert marked[-1] == 10


def test_the_memory_reckoned_is_the_memory_taken(recording: Recording) -> None:
    for name in ("bills", "orders", "pictures"):
        recording.world.jobs.client.sadd(keys.queues(), name)
    recording.tick()
    for number in range(400):
        if number % 3 == 0:
            recording.world.jobs.pending(3)
            recording.world.jobs.run("s")
        recording.tick(10 if number < 250 else 60)
    client = recording.world.store.client
    taken = sum(client.memory_usage(key) or 0 for key in client.scan_iter(match="{redrive}:history:*"))
    places = [("main", name) for name in ("", "bills", "mail", "orders", "pictures")]
    memory = recording.history.memory(places)
    assert (memory.places, memory.sampled) == (5, 5)
    assert memory.now is not None
    assert memory.complete is not None
    assert 0.6 * taken < memory.now < 1.6 * taken
    assert memory.complete > memory.now


def test_without_any_history_no_memory_is_reckoned(recording: Recording) -> None:
    memory = recording.history.memory([("main", "mail")])
    assert (memory.places, memory.sampled, memory.now, memory.complete) == (1, 0, None, None)
