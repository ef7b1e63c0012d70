"""A few directed steps with schedules, each of which notices a fault in their scripts."""

from __future__ import annotations

from typing import Any

from tests.engine.queue_under_test import QueueUnderTest


def two_schedulers(queue: QueueUnderTest) -> None:
    instant = queue.now() - 10
    queue.engine.call("schedule", "nightly", instant, "{}", "{}", b"j{}")
    for _ in range(2):
        queue.client.zadd(queue.keys.schedules, {"nightly": instant})
        job = queue.new(id=f"run-{queue.counter('e')}")
        queue.engine.call("cron", "nightly", instant, instant + 60_000, *job.argv(), instant, 0)
    assert queue.counter("cron") == 1, "one instant fired twice"


def fired(queue: QueueUnderTest, **fields: Any) -> str:
    """A job that a schedule fired just now."""
    instant, job = queue.now() - 5, queue.new(**fields)
    queue.engine.call("schedule", "nightly", instant, f"{job.id}", "{}", b"j{}")
    queue.engine.call("cron", "nightly", instant, instant + 60_000, *job.argv(), instant, 0)
    return job.id


def runs_of_a_schedule(queue: QueueUnderTest) -> None:
    for kind in ("s", "p"):
        fired(queue)
        queue.run(kind)  # type: ignore[arg-type]
    queue.engine.control_job("cancel", fired(queue))
    assert queue.problems() == []


def more_runs_than_are_kept(queue: QueueUnderTest) -> None:
    for _ in range(22):
        queue.engine.call("schedule_run", "nightly", *queue.new().argv()) if queue.counter("e") else fired(queue)
    assert queue.problems() == []


def an_overlap(queue: QueueUnderTest) -> None:
    for _ in range(2):
        fired(queue, unique_key="k", unique_mode="end")
    assert queue.counter("e") == 1
    assert queue.problems() == []


def a_paused_schedule(queue: QueueUnderTest) -> None:
    instant = queue.now() - 5
    queue.engine.call("schedule", "nightly", instant, "{}", "{}", b"j{}")
    queue.engine.call("schedule_pause", "nightly")
    assert queue.problems() == []
    queue.engine.call("schedule", "nightly", instant, "another", "{}", b"j{}")
    assert queue.problems() == []
    queue.engine.call("cron", "nightly", instant, -1, *queue.new().argv(), instant, 0)
    assert queue.counter("cron") == 0


def a_schedule_that_is_registered(queue: QueueUnderTest) -> None:
    queue.engine.call("schedule", "nightly", queue.now(), "{}", "{}", b"j{}")
    assert queue.engine.call("schedule_delete", "nightly", 60_000)[0] == 0
