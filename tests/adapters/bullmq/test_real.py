"""What BullMQ itself wrote is read, and what is put back is run by its own worker, once."""

from __future__ import annotations

import time

import pytest

from dashboard.adapters.bullmq.product import BullmqProduct
from dashboard.adapters.contract import ActionRefused, State
from dashboard.adapters.mirrored import tracebacks
from dashboard.adapters.mirrored.product import DeadLetter, Fate, Kept
from queue_core.connection import Client
from tests.adapters.bullmq.real import Program
from tests.waiting import until

pytestmark = pytest.mark.adapters


def kept(letter: DeadLetter) -> Kept:
    return Kept(letter.id, letter.type, letter.failed_at, letter.data, letter.memo)


def failures(product: BullmqProduct) -> dict[str, DeadLetter]:
    product._finding.forget()
    return {letter.id: letter for letter in product.look("", 200).letters}


def everything(client: Client) -> dict[bytes, object]:
    """All that lies in the database, but for streams of events and marks."""
    read = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
    }
    keys = [key for key in client.scan_iter() if not key.endswith(b":events") and b"redrive:moves:mark" not in key]
    return {key: read[client.type(key)](key) for key in keys}  # type: ignore[operator, index]


def fail(program: Program, count: int = 1, *, attempts: int = 1, queue: str = "paint", **opts: object) -> list[str]:
    options = {"attempts": attempts, **opts}
    ids = [
        program.add(queue=queue, type="charge", data={"order": n, "fail": "no paint"}, opts=options)
        for n in range(count)
    ]
    program.work(queue=queue, count=count * attempts)
    return ids


def test_a_failure_is_told_whole(program: Program, product: BullmqProduct) -> None:
    (job_id,) = fail(program, attempts=3)
    letter = failures(product)[job_id]
    assert (letter.queue, letter.type, letter.data) == ("paint", "charge", {"order": 0, "fail": "no paint"})
    assert (letter.error_type, letter.message, letter.attempts, letter.max_retries) == ("TypeError", "no paint", 3, 2)
    assert abs(letter.failed_at - time.time()) < 60
    assert letter.worker == "ann"
    frames = tracebacks.parse(letter.traceback).frames
    assert (frames[-1].function, frames[-1].own, frames[0].own) == ("charge", True, False)
    assert letter.requeueable == ""
    job = product.job("paint", job_id)
    assert (job.state, [each.number for each in job.history]) == (State.FAILED, [1, 2, 3])


def test_the_numbers_are_those_that_bullmq_tells(program: Program, product: BullmqProduct) -> None:
    fail(program, 2)
    program.add(queue="paint", type="send", data={})
    program.work(queue="paint", count=1)
    program.add(queue="paint", type="send", data={}, opts={"delay": 60_000})
    program.add(queue="paint", type="send", data={}, opts={"priority": 3})
    for _ in range(3):
        program.add(queue="paint", type="send", data={})
    counts = program.counts(queue="paint")
    (queue,) = product.queues()
    assert (queue.failed, queue.succeeded, queue.scheduled) == (2, 1, 1)
    assert (queue.failed, queue.succeeded, queue.scheduled) == (
        counts["failed"],
        counts["completed"],
        counts["delayed"],
    )
    assert queue.pending == 4 == counts["waiting"] + counts["prioritized"]
    assert queue.oldest_pending_seconds is not None


def test_jobs_are_listed_in_the_order_in_which_they_run(program: Program, product: BullmqProduct) -> None:
    last = program.add(queue="paint", type="send", data={}, opts={"priority": 7})
    ids = [program.add(queue="paint", type="send", data={}) for _ in range(3)]
    soon = program.add(queue="paint", type="send", data={}, opts={"priority": 2})
    later = program.add(queue="paint", type="send", data={}, opts={"delay": 60_000})
    pages, cursor = [], ""
    for _ in range(3):
        page = product.page("paint", State.PENDING, cursor=cursor, limit=2)
        pages.append([job.id for job in page.items])
        cursor = page.next_cursor or ""
    assert pages == [ids[:2], [ids[2], soon], [last]]
    assert (page.total, page.next_cursor) == (5, None)
    (delayed,) = product.page("paint", State.SCHEDULED).items
    assert delayed.id == later
    assert abs((delayed.scheduled_for or 0) - time.time() - 60) < 30
    assert program.work(queue="paint", count=5) == [*ids, soon, last]


@pytest.mark.parametrize("priority", [0, 4])
def test_a_requeued_job_is_run_once_by_a_worker_that_sleeps(
    program: Program, product: BullmqProduct, priority: int, redis_client: Client
) -> None:
    (job_id,) = fail(program, priority=priority)
    letter = kept(failures(product)[job_id])
    redis_client.hset(f"bull:paint:{job_id}", "data", '{"to": "bob"}')
    program.listen(queue="paint")
    assert product.requeue("paint", [letter], "op-1") == [True]
    until(lambda: product.fates("paint", [letter]) == [Fate.SUCCEEDED])
    assert product.requeue("paint", [letter], "op-1") == [True]
    assert product.requeue("paint", [letter], "op-2") == [False]
    assert program.runs() == [job_id, job_id]
    assert program.job(queue="paint", id=job_id)["state"] == "completed"
    assert product.still_failed("paint", [job_id]) == [False]


def test_a_requeued_job_has_all_its_attempts_again(program: Program, product: BullmqProduct) -> None:
    (job_id,) = fail(program, attempts=2)
    product.requeue("paint", [kept(failures(product)[job_id])], "")
    assert program.work(queue="paint", count=2) == [job_id, job_id]
    assert failures(product)[job_id].attempts == 2


@pytest.mark.parametrize("priority", [0, 4])
def test_a_requeue_is_taken_back_as_if_it_had_never_been(
    program: Program, product: BullmqProduct, redis_client: Client, priority: int
) -> None:
    (job_id,) = fail(program, priority=priority)
    letter = kept(failures(product)[job_id])
    before = everything(redis_client)
    product.requeue("paint", [letter], "op")
    assert product.fates("paint", [letter]) == [Fate.WAITING]
    assert product.take_back("paint", [letter], "undo") == [True]
    assert product.take_back("paint", [letter], "undo") == [True]
    assert product.take_back("paint", [letter], "") == [False]
    after = everything(redis_client)
    for counter in (b"bull:paint:marker", b"bull:paint:pc"):
        before.pop(counter, None)
        after.pop(counter, None)
    assert after == before


def test_what_started_is_not_taken_back(program: Program, product: BullmqProduct, redis_client: Client) -> None:
    (job_id,) = fail(program)
    letter = kept(failures(product)[job_id])
    redis_client.hset(f"bull:paint:{job_id}", "data", '{"hold": true}')
    product.requeue("paint", [letter], "op")
    program.listen(queue="paint")
    until(lambda: product.fates("paint", [letter]) == [Fate.RUNNING])
    assert product.job("paint", job_id).state == State.PROCESSING
    assert [job.id for job in product.page("paint", State.PROCESSING).items] == [job_id]
    assert product.take_back("paint", [letter], "undo") == [False]
    assert product.requeue("paint", [letter], "other") == [False]
    program.release()
    until(lambda: product.fates("paint", [letter]) == [Fate.SUCCEEDED])


def test_a_purged_job_is_restored_exactly(program: Program, product: BullmqProduct, redis_client: Client) -> None:
    first, second = fail(program, 2)
    redis_client.rpush(f"bull:paint:{first}:logs", "a line")
    letter = kept(failures(product)[first])
    before = everything(redis_client)
    assert product.purge("paint", [letter], "op", 600) == [True]
    assert product.purge("paint", [letter], "op", 600) == [True]
    assert product.purge("paint", [letter], "", 600) == [False]
    assert program.job(queue="paint", id=first) is None
    assert program.counts(queue="paint")["failed"] == 1
    assert product.restore("paint", [letter], "back") == [True]
    assert product.restore("paint", [letter], "back") == [True]
    assert product.restore("paint", [letter], "") == [False]
    assert everything(redis_client) == before
    assert program.job(queue="paint", id=first)["state"] == "failed"
    assert second in failures(product)


@pytest.mark.parametrize("how", ["ignoreDependencyOnFailure", "failParentOnFailure"])
def test_a_child_that_failed_goes_back_to_its_parent(
    program: Program, product: BullmqProduct, redis_client: Client, how: str
) -> None:
    parent, child = program.flow(
        tree={
            "name": "order", "queueName": "orders", "data": {},
            "children": [{"name": "charge", "queueName": "paint", "data": {"fail": "no paint"}, "opts": {how: True}}],
        }
    )  # fmt: skip
    program.work(queue="paint", count=1)
    letter = kept(failures(product)[child])
    before = everything(redis_client)
    redis_client.hset(f"bull:paint:{child}", "data", '{"to": "bob"}')
    product.requeue("paint", [letter], "")
    assert redis_client.smembers(f"bull:orders:{parent}:dependencies") == {f"bull:paint:{child}".encode()}
    assert product.purge("paint", [letter], "", 60) == [False]
    assert product.take_back("paint", [letter], "") == [True]
    redis_client.hset(f"bull:paint:{child}", "data", '{"fail":"no paint"}')
    redis_client.delete("bull:paint:marker")
    before.pop(b"bull:paint:marker", None)
    assert everything(redis_client) == before


def test_a_child_for_which_its_parent_waits_is_not_purged(program: Program, product: BullmqProduct) -> None:
    _, child = program.flow(
        tree={
            "name": "order", "queueName": "orders", "data": {},
            "children": [{"name": "charge", "queueName": "paint", "data": {"fail": "no paint"}}],
        }
    )  # fmt: skip
    program.work(queue="paint", count=1)
    letter = kept(failures(product)[child])
    assert product.purge("paint", [letter], "", 60) == [False]
    assert product.still_failed("paint", [child]) == [True]


def test_an_edited_job_runs_with_the_new_arguments(program: Program, product: BullmqProduct) -> None:
    (job_id,) = fail(program)
    product.enqueue_edited("paint", kept(failures(product)[job_id]), {"to": "bob"})
    program.work(queue="paint", count=1)
    job = program.job(queue="paint", id=job_id)
    assert (job["state"], job["returnvalue"]) == ("completed", {"sent": "bob"})
    with pytest.raises(ActionRefused, match="succeeded"):
        product.enqueue_edited("paint", Kept(job_id, "charge", 0.0, None, {}), {})


def test_a_paused_queue_hands_out_nothing_until_it_is_resumed(program: Program, product: BullmqProduct) -> None:
    (job_id,) = fail(program)
    letter = kept(failures(product)[job_id])
    program.listen(queue="paint")
    product.pause("paint")
    assert program.paused(queue="paint")
    assert product.queues()[0].paused is True
    product.requeue("paint", [letter], "")
    waiting = program.add(queue="paint", type="send", data={})
    assert product.queues()[0].pending == 2
    assert {job.id for job in product.page("paint", State.PENDING).items} == {job_id, waiting}
    assert program.runs() == [job_id]
    product.resume("paint")
    assert not program.paused(queue="paint")
    until(lambda: product.queues()[0].pending == 0 == product.queues()[0].processing)
    assert sorted(program.runs()) == sorted([job_id, job_id, waiting])


def test_workers_are_seen_by_their_connections(program: Program, product: BullmqProduct) -> None:
    fail(program)
    program.listen(queue="paint")
    (worker,) = product.workers()
    assert worker.id.startswith("ann@127.0.0.1:")
    assert (worker.queues, worker.lost) == (("paint",), False)
    program.stop(queue="paint")
    assert product.workers() == []
