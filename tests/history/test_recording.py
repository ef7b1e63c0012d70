"""What the collector keeps of the past: true sums, true gaps, bounded."""

from __future__ import annotations

import pytest

from dashboard.history.recorder import Recorder
from dashboard.store import Fence, StaleLeader
from tests.history.conftest import Recording


def sums(recording: Recording, metric: str, seconds: int = 900, queue: str = "mail") -> float:
    return sum(value or 0 for _, value in recording.past(seconds, queue).series(metric))


def test_what_happened_between_two_readings_is_counted_once(recording: Recording) -> None:
    recording.tick()
    recording.world.jobs.pending(5)
    recording.tick()
    recording.world.jobs.run("s", 3)
    recording.world.jobs.run("p")
    recording.tick()
    assert sums(recording, "enqueued") == 5
    assert sums(recording, "succeeded") == 3
    assert sums(recording, "failed") == sums(recording, "failed_attempts") == 2


def test_nothing_is_known_of_the_time_before_the_first_reading(recording: Recording) -> None:
    recording.world.jobs.pending(5)
    recording.tick()
    recording.tick()
    known = [value for _, value in recording.past(900).series("enqueued") if value is not None]
    assert known == [0]
    assert [value for _, value in recording.past(900).series("pending") if value is not None] == [5, 5]


def test_a_silence_of_the_collector_is_a_gap_and_not_a_zero(recording: Recording) -> None:
    recording.tick()
    recording.tick()
    recording.world.jobs.pending(4)
    recording.tick(300)
    recording.tick()
    values = [value for _, value in recording.past(900).series("enqueued")]
    assert 4 not in values, "what happened in five minutes of silence belongs to no ten seconds"
    assert values.count(0) == 2
    assert values.count(None) > 25


def test_a_queue_made_anew_counts_from_there(recording: Recording) -> None:
    recording.world.jobs.pending(5)
    recording.tick()
    recording.tick()
    for key in recording.world.jobs.client.scan_iter(match="*{q:mail}*"):
        recording.world.jobs.client.delete(key)
    recording.world.jobs.pending(1)
    recording.tick()
    assert sums(recording, "enqueued") == 0
    recording.world.jobs.pending(2)
    recording.tick()
    assert sums(recording, "enqueued") == 2


@pytest.mark.parametrize("seconds", [900, 21_600, 604_800])
def test_coarser_ranges_sum_up_to_the_same(recording: Recording, seconds: int) -> None:
    recording.tick()
    for _ in range(150):
        recording.world.jobs.pending(1)
        recording.world.jobs.run("s")
        recording.tick()
    expected = 150 if seconds > 1_500 else 90
    assert abs(sums(recording, "enqueued", seconds) - expected) <= 1
    assert abs(sums(recording, "succeeded", seconds) - expected) <= 1
    assert len(recording.past(seconds).points) <= 362


def test_the_longest_wait_and_the_most_pending_survive_in_coarser_buckets(recording: Recording) -> None:
    recording.tick()
    recording.tick()
    ids = recording.world.jobs.pending(30)
    recording.tick()
    recording.world.jobs.run("s", len(ids))
    for _ in range(130):
        recording.tick()
    assert max(value or 0 for _, value in recording.past(21_600).series("pending")) == 30
    assert max(value or 0 for _, value in recording.past(604_800).series("pending")) == 30


def test_run_and_wait_times_have_percentiles(recording: Recording) -> None:
    recording.tick()
    recording.world.jobs.pending(20)
    recording.world.jobs.run("s")
    recording.tick()
    found = [value for _, value in recording.past(900).percentiles("run", 0.95) if value is not None]
    assert len(found) == 1
    assert 0 < found[0] < 60


def test_all_queues_together_are_recorded_too(recording: Recording) -> None:
    recording.tick()
    recording.world.jobs.pending(2)
    recording.tick()
    assert sums(recording, "enqueued", queue="") == 2


def test_queues_beyond_the_limit_are_in_the_sum_alone(recording: Recording) -> None:
    recording.recorder = Recorder(
        recording.world.store, recording.world.services.sources, recording.world.clock, most_queues=0
    )
    recording.tick()
    recording.world.jobs.pending(2)
    recording.tick()
    assert not recording.past(900).known
    assert sums(recording, "enqueued", queue="") == 2


def test_another_collector_goes_on_where_the_first_one_ended(recording: Recording) -> None:
    recording.tick()
    recording.world.jobs.pending(3)
    recording.recorder = Recorder(recording.world.store, recording.world.services.sources, recording.world.clock)
    recording.tick()
    assert sums(recording, "enqueued") == 3


def test_a_collector_that_no_longer_leads_writes_nothing(recording: Recording) -> None:
    recording.fence = Fence("somebody else", recording.fence.epoch)
    with pytest.raises(StaleLeader):
        recording.tick()
    assert not recording.past(900).known


def test_two_readings_within_one_bucket_are_one(recording: Recording) -> None:
    recording.tick()
    recording.tick(3)
    recording.world.jobs.pending(2)
    recording.tick(3)
    recording.tick(5)
    assert sums(recording, "enqueued") == 2


def test_what_is_kept_expires(recording: Recording) -> None:
    recording.tick()
    for _ in range(10):
        recording.world.jobs.pending(3)
        recording.tick()
    client = recording.world.store.client
    kept = [key for key in client.scan_iter(match="{redrive}:history:*") if not key.endswith(b":readings")]
    assert kept
    assert all(client.ttl(key) > 0 for key in kept)


def test_damaged_buckets_are_unknown_and_break_nothing(recording: Recording) -> None:
    recording.tick()
    recording.tick()
    client = recording.world.store.client
    for key in client.scan_iter(match="{redrive}:history:10:*"):
        client.hset(key, "0", "no json")
        client.hset(key, "no number", "[]")
        client.hset(key, "59", '{"a": [[[[]]]]}')
    assert recording.past(900).points
