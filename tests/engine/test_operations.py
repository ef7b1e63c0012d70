"""Operations on many jobs: bounded steps, their limits, and taking them back."""

from __future__ import annotations

import time

import pytest

from queue_core.connection import Client
from tests.engine.queue_under_test import QueueUnderTest


def test_a_group_is_requeued_in_steps_and_in_the_order_of_death(queue: QueueUnderTest) -> None:
    died = queue.dead(5)
    assert queue.engine.bulk_start("op", "requeue", "df:broken")
    steps = [queue.engine.bulk("op", 2) for _ in range(3)]
    assert [(step.done, step.state, step.total) for step in steps] == [
        (2, "running", 2), (2, "running", 4), (1, "done", 5),
    ]  # fmt: skip
    assert queue.waiting() == died
    assert queue.engine.bulk("op", 2).state == "done"
    assert queue.problems() == []


def test_an_operation_is_recorded_once_and_an_unknown_one_is_told(queue: QueueUnderTest) -> None:
    assert queue.engine.bulk_start("op", "purge", "df:broken")
    assert not queue.engine.bulk_start("op", "requeue", "pend")
    assert queue.client.hget(queue.keys.operation("op"), "kind") == b"purge"
    assert queue.engine.bulk("no-operation").state == "none"
    assert queue.engine.control_operation("no-operation", "pause") == "missing"


def test_what_dies_after_the_start_is_left(queue: QueueUnderTest) -> None:
    early = queue.dead(2)
    queue.engine.bulk_start("op", "requeue", "df:broken")
    late = queue.dead(2)
    while queue.engine.bulk("op", 1).state == "running":
        pass
    assert queue.waiting() == early
    assert [queue.state(job) for job in late] == ["d", "d"]


def test_a_purge_of_a_group_is_restored_whole(queue: QueueUnderTest) -> None:
    died = queue.dead(5)
    before = queue.client.zrange(queue.keys.group("broken"), 0, -1, withscores=True)
    assert queue.operate("op", "purge", "df:broken", limit=2) == (5, 0)
    assert not queue.client.exists(queue.keys.group("broken"))
    assert queue.operate("back", "restore", "tr:op", limit=2) == (5, 0)
    assert queue.client.zrange(queue.keys.group("broken"), 0, -1, withscores=True) == before
    assert queue.client.hget(queue.keys.operation("op"), "state") == b"undone"
    assert [queue.state(job) for job in died] == ["d"] * 5
    assert queue.problems() == []


def test_an_undo_takes_back_what_has_not_started(queue: QueueUnderTest) -> None:
    died = queue.dead(3)
    before = queue.client.zrange(queue.keys.group("broken"), 0, -1, withscores=True)
    ended = queue.record(died[1])["fa"]
    queue.operate("op", "requeue", "df:broken")
    queue.claim()
    assert queue.operate("back", "undo", "oq:op") == (2, 0)
    assert [queue.state(job) for job in died] == ["a", "d", "d"]
    assert queue.client.zrange(queue.keys.group("broken"), 0, -1, withscores=True) == before[1:]
    assert abs(int(queue.record(died[1])["fa"]) - int(ended)) <= 1
    assert queue.problems() == []


def test_a_purge_leaves_waiting_jobs_that_came_after_its_plan(queue: QueueUnderTest) -> None:
    early = [*queue.enqueue(2), *queue.enqueue(1, priority=3)]
    planned = queue.now()
    time.sleep(0.002)
    late = [*queue.enqueue(2), *queue.enqueue(2, priority=3)]
    assert queue.operate("op", "purge", "pend", limit=2, as_of=planned) == (3, 4)
    assert {queue.state(job) for job in early} == {"t"}
    assert {queue.state(job) for job in late} == {"p"}
    assert queue.problems() == []


def test_a_purge_of_pending_jobs_leaves_one_that_died_and_was_requeued_after_its_plan(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    planned = queue.now()
    time.sleep(0.002)
    queue.engine.control_job("requeue", job)
    assert queue.operate("op", "purge", "pend", as_of=planned) == (0, 1)


@pytest.mark.parametrize("state", ["sch", "rty"])
def test_waiting_jobs_due_at_one_instant_are_all_purged(queue: QueueUnderTest, state: str) -> None:
    ids = queue.enqueue(7, run_at=queue.now() + 60_000 if state == "sch" else 0)
    if state == "rty":
        queue.claim(7)
        for job in ids:
            queue.settle("f", job)
        queue.client.zadd(queue.keys.retrying, dict.fromkeys(ids, queue.now() + 60_000))
    planned = queue.now()
    time.sleep(0.002)
    late = queue.enqueue(2, run_at=queue.now() + 60_000)
    assert queue.operate("op", "purge", state, limit=2, as_of=planned)[0] == 7
    assert {queue.state(job) for job in ids} == {"t"}
    assert {queue.state(job) for job in late} == {"s0"}


def test_a_purge_beside_claiming_workers_misses_nothing(queue: QueueUnderTest) -> None:
    early = queue.enqueue(6)
    planned = queue.now()
    time.sleep(0.002)
    queue.enqueue(4, priority=5)
    queue.engine.bulk_start("op", "purge", "pend", as_of=planned)
    for _ in range(4):
        queue.engine.bulk("op", 2)
        queue.claim()
    while queue.engine.bulk("op", 2).state == "running":
        pass
    assert {queue.state(job) for job in early} == {"t"}


def test_a_choice_of_jobs_is_acted_on_and_nothing_else(queue: QueueUnderTest) -> None:
    died = queue.dead(4)
    assert queue.engine.call("select", "op", "requeue", died[0], died[2], "no-job") == 2
    assert 0 < queue.client.ttl(queue.keys.selection("op")) <= 86_400
    assert queue.operate("op", "requeue", "os:op", limit=1) == (2, 0)
    assert queue.waiting() == [died[0], died[2]]
    assert not queue.client.exists(queue.keys.selection("op"))


def test_a_purge_of_chosen_dead_letters_leaves_those_requeued_meanwhile(queue: QueueUnderTest) -> None:
    requeued, again, back_again, still = queue.dead(4, max_retries=0)
    queue.engine.call("select", "op", "purge", requeued, again, back_again, still)
    for job in (again, back_again):
        queue.engine.control_job("requeue", job)
        queue.claim()
        queue.settle("p", job, fingerprint="broken")
    for job in (requeued, back_again):
        queue.engine.control_job("requeue", job)
    assert queue.operate("op", "purge", "os:op") == (1, 3)
    assert [queue.state(job) for job in (requeued, again, back_again, still)] == ["p", "d", "p", "t"]
    assert queue.problems() == []


def test_a_purge_of_chosen_waiting_jobs_leaves_those_that_died_meanwhile(queue: QueueUnderTest) -> None:
    dies, waits, later = queue.enqueue(priority=9), queue.enqueue(), queue.enqueue(run_at=queue.now() + 60_000)
    queue.engine.call("select", "op", "purge", dies, waits, later)
    queue.run("p")
    queue.engine.control_job("promote", later)
    assert queue.operate("op", "purge", "os:op") == (2, 1)
    assert [queue.state(job) for job in (dies, waits, later)] == ["d", "t", "t"]


def test_chosen_jobs_in_the_trash_are_restored_from_the_trash_they_lie_in(queue: QueueUnderTest) -> None:
    died = queue.dead(3)
    queue.operate("purge", "purge", "df:broken")
    queue.engine.call("select", "op", "restore", died[0], died[1])
    assert queue.operate("op", "restore", "os:op") == (2, 0)
    assert [queue.state(job) for job in died] == ["d", "d", "t"]
    assert queue.problems() == []


def test_a_paused_operation_waits_and_a_cancelled_one_has_ended(queue: QueueUnderTest) -> None:
    queue.dead(4)
    queue.engine.bulk_start("op", "requeue", "df:broken")
    queue.engine.bulk("op", 1)
    assert queue.engine.control_operation("op", "pause") == "paused"
    assert (queue.engine.bulk("op").done, queue.engine.bulk("op").state) == (0, "paused")
    assert queue.engine.control_operation("op", "resume") == "running"
    assert queue.engine.bulk("op", 1).done == 1
    assert queue.engine.control_operation("op", "cancel") == "cancelled"
    assert queue.engine.bulk("op").total == 2
    assert 0 < queue.client.ttl(queue.keys.operation("op")) <= 30 * 86_400
    assert queue.client.zcard(queue.keys.operations) == 0


def test_a_canary_goes_first_and_the_rest_follow_when_it_succeeded(queue: QueueUnderTest) -> None:
    queue.dead(5)
    queue.engine.bulk_start("op", "requeue", "df:broken", canary=1)
    assert queue.engine.bulk("op").done == 1
    assert (queue.engine.bulk("op").done, queue.engine.bulk("op").state) == (0, "canary")
    queue.run("s")
    assert queue.engine.bulk("op").done == 4


def test_a_canary_that_fails_again_stops_the_operation(queue: QueueUnderTest) -> None:
    queue.dead(5)
    queue.engine.bulk_start("op", "requeue", "df:broken", canary=1)
    queue.engine.bulk("op")
    queue.run("p", fingerprint="broken")
    assert queue.engine.bulk("op").state == "stopped"
    assert queue.waiting() == []


def test_an_operation_stops_after_so_many_failed_again(queue: QueueUnderTest) -> None:
    queue.dead(6)
    queue.engine.bulk_start("op", "requeue", "df:broken", stop_after_refailed=2)
    queue.engine.bulk("op", 3)
    queue.run("p", fingerprint="broken")
    queue.run("p", fingerprint="another")
    assert queue.engine.bulk("op", 3).state == "stopped"
    operation = queue.client.hgetall(queue.keys.operation("op"))
    assert (operation[b"o_same"], operation[b"o_new"]) == (b"1", b"1")
    assert queue.problems() == []


def test_an_operation_keeps_its_rate(queue: QueueUnderTest) -> None:
    queue.dead(20)
    queue.engine.bulk_start("op", "requeue", "df:broken", rate=5)
    assert queue.engine.bulk("op").done <= 1
    queue.client.hset(queue.keys.operation("op"), "lts", queue.now() - 60_000)
    assert queue.engine.bulk("op").done == 5


def test_jobs_whose_unique_key_is_taken_are_skipped(queue: QueueUnderTest) -> None:
    queue.dead(2)
    queue.dead(unique_key="k", unique_mode="end")
    queue.enqueue(unique_key="k", unique_mode="end")
    assert queue.operate("op", "requeue", "df:broken") == (2, 1)
    assert queue.problems() == []


def test_no_step_is_larger_than_a_hundred_jobs(queue: QueueUnderTest) -> None:
    queue.enqueue(250)
    queue.engine.bulk_start("op", "purge", "pend")
    assert queue.engine.bulk("op", 10_000).done == 100


@pytest.mark.parametrize(("kind", "back", "source"), [("requeue", "undo", "oq"), ("purge", "restore", "tr")])
def test_the_commands_of_a_step_do_not_grow_with_the_queue(
    queue: QueueUnderTest, kind: str, back: str, source: str
) -> None:
    small, large = (_commands_of_steps(queue, size, kind, back, source) for size in (30, 300))
    assert all(abs(of_large - of_small) <= 5 for of_small, of_large in zip(small, large, strict=True))
    assert max(large) <= 20 * 20


def _commands_of_steps(queue: QueueUnderTest, size: int, kind: str, back: str, source: str) -> list[int]:
    """Commands the server ran for one step of twenty jobs, there and back."""
    group, counts = f"group-{size}", []
    queue.dead(size, fingerprint=group)
    operations = ((f"op-{size}", kind, f"df:{group}"), (f"back-{size}", back, f"{source}:op-{size}"))
    for operation, action, where in operations:
        queue.engine.bulk_start(operation, action, where)
        before = _commands(queue.client)
        assert queue.engine.bulk(operation, 20).done == 20
        counts.append(_commands(queue.client) - before)
    return counts


def _commands(client: Client) -> int:
    return sum(int(each["calls"]) for each in client.info("commandstats").values())
