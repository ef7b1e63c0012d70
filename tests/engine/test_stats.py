"""Counters, gauges and series: exact, and read at one instant."""

from __future__ import annotations

import pytest

from queue_core import keys
from queue_core.connection import Client
from queue_core.engine import Engine
from queue_core.errors import InvalidJob
from queue_core.stats import QueueStats, queue_names, queue_stats, read_stats
from tests.engine.queue_under_test import QueueUnderTest


def _stats(queue: QueueUnderTest, minutes: int = 0) -> QueueStats:
    return read_stats(queue.client, [queue.engine.name], minutes=minutes)[queue.engine.name]


@pytest.fixture
def mixed(queue: QueueUnderTest) -> QueueUnderTest:
    """2 dead of type `report`; of `mail` 1 processing, retrying, succeeded, cancelled and later each, 3 pending."""
    queue.dead(2, type="report")
    queue.enqueue(3)
    queue.claim(3)
    queue.settle("f", "job-0003")
    queue.settle("s", "job-0004")
    queue.engine.control_job("cancel", queue.enqueue())
    queue.enqueue(run_at=queue.now() + 60_000)
    queue.enqueue(3)
    return queue


def test_every_state_is_counted(mixed: QueueUnderTest) -> None:
    stats = _stats(mixed)
    counts = (stats.pending, stats.processing, stats.scheduled, stats.retrying, stats.failed)
    assert counts == (3, 1, 1, 1, 2)
    assert (stats.succeeded, stats.cancelled, stats.purged, stats.groups, stats.total) == (1, 1, 0, 1, 6)
    assert stats.by_type["report"] == {"failed": 2}
    assert stats.by_type["mail"] == {
        "pending": 3, "processing": 1, "scheduled": 1, "retrying": 1, "succeeded": 1, "cancelled": 1,
    }  # fmt: skip


def test_totals_tell_what_ever_happened(mixed: QueueUnderTest) -> None:
    stats = _stats(mixed)
    assert (stats.enqueued_total, stats.succeeded_total, stats.dead_total) == (10, 1, 2)
    assert (stats.cancelled_total, stats.retries_total) == (1, 1)


def test_the_minutes_add_up_to_the_totals(mixed: QueueUnderTest) -> None:
    stats = _stats(mixed, minutes=3)
    sums = {name: sum(value or 0 for value in values) for name, values in stats.minutes.items()}
    assert (sums["enqueued"], sums["succeeded"], sums["dead"]) == (10, 1, 2)
    assert (sums["failed_attempts"], sums["retries"], sums["cancelled"]) == (3, 1, 1)
    assert stats.first_minute + 2 == int(stats.taken_at // 60)


def test_gauges_are_taken_once_a_minute_and_unknown_before(mixed: QueueUnderTest) -> None:
    assert _stats(mixed, minutes=2).minutes["pending"] == (None, None)
    mixed.engine.tick()
    mixed.enqueue()
    mixed.engine.tick()
    taken = {name: [v for v in values if v is not None][:1] for name, values in _stats(mixed, 3).minutes.items()}
    assert (taken["pending"], taken["processing"], taken["scheduled"]) == ([3], [1], [1])
    assert (taken["retrying"], taken["failed"]) == ([1], [2])


def test_a_minute_is_kept_for_a_day(mixed: QueueUnderTest) -> None:
    (minute,) = list(mixed.client.scan_iter(match=mixed.keys.minute(0)[:-1] + "*"))[:1]
    assert 0 < mixed.client.ttl(minute) <= 86_400


def test_a_queue_nobody_used_reads_as_empty(queue: QueueUnderTest) -> None:
    stats = _stats(queue, minutes=1)
    assert (stats.pending, stats.failed, stats.groups, stats.counters, stats.by_type) == (0, 0, 0, {}, {})
    assert stats.oldest_pending_seconds is None
    assert stats.next_due is None
    assert not stats.paused
    assert not stats.alert


def test_more_than_a_hundred_dead_letters_are_an_alert(queue: QueueUnderTest) -> None:
    queue.enqueue(101)
    for job in [claim.id for _ in range(2) for claim in queue.claim(64)]:
        if queue.counter("d") < 100:
            queue.settle("p", job)
    assert not _stats(queue).alert
    queue.settle("p", "job-0101")
    assert _stats(queue).alert


def test_dead_letters_are_counted_through_requeue_purge_restore_and_undo(queue: QueueUnderTest) -> None:
    queue.dead(6)
    queue.operate("op-1", "requeue", "df:broken")
    assert _stats(queue).failed == 0
    queue.claim(2)
    queue.operate("op-2", "undo", "oq:op-1")
    assert _stats(queue).failed == 4
    queue.operate("op-3", "purge", "df:broken")
    assert (_stats(queue).failed, _stats(queue).purged) == (0, 4)
    queue.operate("op-4", "restore", "tr:op-3")
    assert (_stats(queue).failed, _stats(queue).purged) == (4, 0)


@pytest.mark.parametrize("priority", [0, 3])
def test_the_age_of_the_oldest_pending_job_is_since_it_became_pending(queue: QueueUnderTest, priority: int) -> None:
    old, new = queue.enqueue(priority=priority), queue.enqueue(priority=9)
    assert 0 <= (_stats(queue).oldest_pending_seconds or 0) < 60
    queue.client.zincrby(queue.keys.pending, -600 * 1_000_000, old)
    queue.client.hset(queue.keys.job(old), "ca", queue.now() - 600_000)
    assert queue.waiting() == [new, old]
    assert 600 <= (_stats(queue).oldest_pending_seconds or 0) < 660


def test_a_lease_that_nobody_took_back_is_stalled(queue: QueueUnderTest) -> None:
    job = queue.enqueue()
    queue.claim()
    assert _stats(queue).stalled == 0
    queue.client.zadd(queue.keys.leases, {job: queue.now() - 5_000})
    assert _stats(queue).stalled == 1


def test_run_and_wait_times_fill_histograms(queue: QueueUnderTest) -> None:
    job = queue.enqueue()
    queue.client.zincrby(queue.keys.pending, -3_000 * 1_000, job)
    queue.client.hset(queue.keys.job(job), "ca", queue.now() - 3_000)
    queue.claim()
    queue.client.hset(queue.keys.job(job), "cl", queue.now() - 100_000)
    queue.settle("s", job)
    stats = _stats(queue)
    assert (stats.run_time.count, stats.wait_time.count) == (1, 1)
    assert 100 <= stats.run_time.sum_seconds < 160
    assert 3 <= stats.wait_time.sum_seconds < 60
    bound, total = stats.run_time.cumulative()[17]
    assert (bound, total) == (131.072, 1)
    assert stats.run_time.cumulative()[16][1] == 0
    assert stats.run_time.cumulative()[-1] == (float("inf"), 1)


def test_pause_and_settings_are_told(queue: QueueUnderTest) -> None:
    queue.engine.pause()
    queue.engine.configure(maxc=7)
    stats = _stats(queue)
    assert stats.paused
    assert stats.config["maxc"] == "7"


def test_many_queues_are_read_in_one_round_trip(redis_client: Client) -> None:
    for name in ("a", "b"):
        redis_client.sadd(keys.queues(), name)
        QueueUnderTest(redis_client, name).enqueue(2)
    redis_client.sadd(keys.queues(), "not a name")
    assert queue_names(redis_client) == ["a", "b"]
    assert {name: stats.pending for name, stats in queue_stats(redis_client).items()} == {"a": 2, "b": 2}
    assert queue_stats(redis_client, "a").pending == 2
    assert read_stats(redis_client, []) == {}
    with pytest.raises(InvalidJob):
        queue_stats(redis_client, "not a name")


def test_namespaces_keep_apart(redis_client: Client) -> None:
    Engine(redis_client, "a", "team:").pause()
    assert queue_stats(redis_client, "a", "team:").paused
    assert not queue_stats(redis_client, "a").paused


def test_the_commands_of_a_reading_do_not_grow_with_the_queue(queue: QueueUnderTest) -> None:
    def commands() -> int:
        before = sum(int(each["calls"]) for each in queue.client.info("commandstats").values())
        _stats(queue, 5)
        return sum(int(each["calls"]) for each in queue.client.info("commandstats").values()) - before

    queue.enqueue(10)
    commands()
    small = commands()
    queue.enqueue(490)
    assert commands() <= small + 5
