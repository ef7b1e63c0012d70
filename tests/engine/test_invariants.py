"""The audit finds nothing on a whole queue and names each planted damage."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from queue_core.connection import Client, connect
from queue_core.errors import InvalidJob, ServerUnavailable
from queue_core.invariants import audit
from tests.conftest import RealServer
from tests.engine.queue_under_test import QueueUnderTest

Damage = Callable[[QueueUnderTest], object]


@pytest.fixture
def busy(queue: QueueUnderTest) -> QueueUnderTest:
    """A queue with a job in every state: `pending`, `running`, `later`, `retrying`, `done`, `cancelled`, `dead`, …"""
    queue.dead(id="dead")
    queue.dead(id="requeued", fingerprint="other")
    queue.operate("op-1", "requeue", "df:other", fingerprint="other")
    queue.enqueue(id="running", priority=9)
    queue.enqueue(id="retrying", priority=8)
    queue.enqueue(id="done", priority=7)
    for job_id, kind in (("running", None), ("retrying", "f"), ("done", "s")):
        (claimed,) = queue.claim()
        assert claimed.id == job_id
        if kind:
            queue.settle(kind, job_id)
    queue.enqueue(id="pending", unique_key="k1", unique_mode="end")
    queue.enqueue(id="later", run_at=queue.now() + 1_000_000)
    queue.enqueue(id="cancelled")
    queue.engine.control_job("cancel", "cancelled")
    queue.enqueue(id="purged")
    queue.engine.control_job("purge", "purged")
    queue.engine.call("schedule", "nightly", queue.now() - 5, "{}", "{}", b"j{}")
    instant = queue.client.zscore(queue.keys.schedules, "nightly")
    queue.engine.call("cron", "nightly", instant, -1, *queue.new(id="fired").argv(), instant, 0)
    queue.engine.control_job("cancel", "fired")
    return queue


def test_a_queue_with_a_job_in_every_state_is_whole(busy: QueueUnderTest) -> None:
    states = {"pending": "p", "requeued": "p", "running": "a", "later": "s0", "retrying": "r", "done": "s", "dead": "d"}
    states |= {"cancelled": "x", "purged": "t"}
    assert {job_id: busy.state(job_id) for job_id in states} == states
    assert busy.problems({job_id: f"payload of {job_id}".encode() for job_id in states}) == []


DAMAGES: dict[str, tuple[str, Damage]] = {
    "a job in two places": ("I1", lambda q: q.client.zadd(q.keys.retrying, {"pending": 1})),
    "a job in the wrong place": (
        "I1",
        lambda q: (q.client.zrem(q.keys.pending, "pending"), q.client.zadd(q.keys.leases, {"pending": 1})),
    ),
    "more attempts by type than there were": ("I7", lambda q: q.client.hincrby(q.keys.counters, "ts|mail", 9)),
    "two job types with one number": ("I7", lambda q: q.client.hset(q.keys.counters, "ti|other", 1)),
    "a lost member": ("I1", lambda q: q.client.zrem(q.keys.leases, "running")),
    "a dead letter at another time": ("I1", lambda q: q.client.zadd(q.keys.group("broken"), {"dead": 5})),
    "a purged job outside its trash": ("I1", lambda q: q.client.zrem(q.keys.trash("one"), "purged")),
    "a member without a record": ("I2", lambda q: q.client.zadd(q.keys.pending, {"nobody": 1})),
    "a payload without a record": ("I2", lambda q: q.client.set(q.keys.payload("nobody"), "x")),
    "an error without a record": ("I2", lambda q: q.client.set(q.keys.error("nobody"), "x")),
    "a checkpoint without a record": ("I2", lambda q: q.client.set(q.keys.checkpoint("nobody"), "x")),
    "an earlier payload without a record": ("I2", lambda q: q.client.set(q.keys.edits("nobody"), "x")),
    "a job moved away that nobody missed": ("I3", lambda q: q.client.hincrby(q.keys.counters, "mo", 1)),
    "a job moved here that did not arrive": ("I3", lambda q: q.client.hincrby(q.keys.counters, "mi", 1)),
    "a wrong total of jobs": ("I3", lambda q: q.client.hincrby(q.keys.counters, "e", 1)),
    "a dropped entry": ("I3", lambda q: q.client.hincrby(q.keys.counters, "orphan", 1)),
    "a wrong total of leases": ("I4", lambda q: q.client.hincrby(q.keys.counters, "c", 1)),
    "a lost payload": ("I5", lambda q: q.client.delete(q.keys.payload("dead"))),
    "too many attempts": ("I6", lambda q: q.client.hset(q.keys.job("retrying"), "at", 9)),
    "too many crashes": ("I6", lambda q: q.client.hset(q.keys.job("retrying"), "cr", 9)),
    "more runs before a requeue than ever": ("I6", lambda q: q.client.hset(q.keys.job("requeued"), "rr", 9)),
    "a group counted wrongly": ("I7", lambda q: q.client.zincrby(q.keys.group_counts, 1, "broken")),
    "a group in one index only": ("I7", lambda q: q.client.zrem(q.keys.group_last, "broken")),
    "a dead letter that the list of all lacks": ("I7", lambda q: q.client.zrem(q.keys.dead, "dead")),
    "a dead letter at two times": ("I7", lambda q: q.client.zadd(q.keys.dead, {"dead": 1})),
    "a wrong total of dead letters": ("I7", lambda q: q.client.hincrby(q.keys.counters, "d", 1)),
    "a type counted wrongly": ("I7", lambda q: q.client.hincrby(q.keys.matrix, "mail|p", 1)),
    "a lock nobody needs": ("I8", lambda q: q.client.set(q.keys.unique("k2"), "done")),
    "a lock that names another job": ("I8", lambda q: q.client.set(q.keys.unique("k1"), "later")),
    "a lock that is gone": ("I8", lambda q: q.client.delete(q.keys.unique("k1"))),
    "two jobs with one unique key": (
        "I8",
        lambda q: q.client.hset(q.keys.job("later"), mapping={"un": "k1", "um": "end"}),
    ),
    "more finished jobs than kept": ("I13", lambda q: q.engine.configure(ok_cap=0)),
    "more bytes of earlier payloads than kept": (
        "I13",
        lambda q: q.client.set(q.keys.edits("dead"), b"x" * 70_000),
    ),
    "more new errors than jobs that had one": ("I15", lambda q: q.client.hset(q.keys.operation("op-1"), "e|f", 1)),
    "an undo of a job that started": ("I15", lambda q: q.client.zadd(q.keys.requeued("op-1"), {"running": 1})),
    "a paused schedule that is due": ("I16", lambda q: q.client.hset(q.keys.schedule("nightly"), "paused", 1)),
    "a schedule without a key of its own": ("I16", lambda q: q.client.zadd(q.keys.schedules, {"nobody": 1})),
    "a schedule that no scheduler finds": ("I16", lambda q: q.client.zrem(q.keys.schedules, "nightly")),
    "runs of no schedule": ("I16", lambda q: q.client.hset(q.keys.schedule_runs("nobody"), "fired", "1 1 s")),
    "a run that ended otherwise": (
        "I16",
        lambda q: q.client.hset(q.keys.schedule_runs("nightly"), "fired", "1 1 n s 1"),
    ),
    "an instant that was run and is not the last": (
        "I11",
        lambda q: q.client.hset(q.keys.schedule("nightly"), "last", 1),
    ),
    "more runs than kept": (
        "I13",
        lambda q: q.client.hset(q.keys.schedule_runs("nightly"), mapping={f"run-{n}": "1 1 n" for n in range(20)}),
    ),
    "more outcomes than requeued jobs": ("I15", lambda q: q.client.hset(q.keys.operation("op-1"), "o_s", 1)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_audit_names_damage(busy: QueueUnderTest, damage: str) -> None:
    invariant, do = DAMAGES[damage]
    do(busy)
    assert [problem for problem in busy.problems() if problem.startswith(invariant + ":")]


def test_a_changed_payload_is_found_when_the_true_one_is_known(busy: QueueUnderTest) -> None:
    payloads = {job_id: f"payload of {job_id}".encode() for job_id in ("pending", "running", "later", "retrying")}
    payloads |= {job_id: f"payload of {job_id}".encode() for job_id in ("dead", "requeued", "purged")}
    busy.client.set(busy.keys.payload("later"), "something else")
    assert busy.problems() == []
    assert busy.problems(payloads) == ["I5: the payload of job later is not the one it was given"]


def test_other_queues_and_other_data_are_not_looked_at(queue: QueueUnderTest, redis_client: Client) -> None:
    queue.enqueue()
    redis_client.zadd("{q:under-test-2}:pend", {"nobody": 1})
    redis_client.set("{q:other}:p:nobody", "x")
    assert queue.problems() == []


def test_a_namespace_is_taken_literally(redis_client: Client) -> None:
    redis_client.set("teams:{q:mail}:p:nobody", "x")
    assert audit(redis_client, "mail", "team?:") == []
    assert audit(redis_client, "mail", "teams:") == ["I2: there is a payload of job nobody, which has no record"]


def test_a_queue_larger_than_one_step_is_read_whole(queue: QueueUnderTest) -> None:
    for _ in range(3):
        queue.enqueue(400)
    assert queue.problems() == []
    queue.client.zrem(queue.keys.pending, queue.waiting()[-1])
    assert len(queue.problems()) == 1


def test_a_name_that_is_none_is_refused(redis_client: Client) -> None:
    with pytest.raises(InvalidJob):
        audit(redis_client, "no such*")


def test_a_server_that_is_gone_is_told(make_server: type[RealServer]) -> None:
    server = make_server().start()
    client = connect(server.url, timeout=1)
    server.kill()
    with pytest.raises(ServerUnavailable):
        audit(client, "mail")
