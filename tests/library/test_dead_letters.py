"""Dead letters in the hands of an application: listed, purged, restored, requeued and taken back."""

from __future__ import annotations

import pytest

from queue_core import InvalidJob, ReliableQueue, UnknownOperation
from queue_core.connection import Client
from queue_core.invariants import audit


class Broken(Exception):
    pass


@pytest.fixture
def queue(redis_client: Client) -> ReliableQueue:
    return ReliableQueue(redis_client, "mail", version="2.4.1")


def _fail(queue: ReliableQueue, count: int, *, type: str = "send", error: Exception | None = None) -> list[str]:
    ids = [queue.enqueue(type, {"number": number}) for number in range(count)]
    for _ in range(count):
        job = queue.claim_job()
        assert job is not None
        queue.fail_job(job, error or Broken("down"), permanent=True)
    return ids


def _whole(queue: ReliableQueue) -> bool:
    return audit(queue.engine.client, queue.name) == []


def test_they_are_listed_newest_first_with_their_data_page_by_page(queue: ReliableQueue) -> None:
    ids = _fail(queue, 5)
    first = queue.dead_jobs(limit=3)
    assert [job.id for job in first.items] == ids[:1:-1]
    assert (first.items[0].state, first.items[0].data) == ("failed", {"number": 4})
    assert first.items[0].record["vn"] == "2.4.1"
    second = queue.dead_jobs(limit=3, cursor=first.next_cursor)
    assert ([job.id for job in second.items], second.next_cursor) == (ids[1::-1], None)


def test_they_are_listed_by_error_type_and_time(queue: ReliableQueue) -> None:
    sent, built = _fail(queue, 3), _fail(queue, 2, type="build", error=ValueError("no"))
    group = queue.dead_jobs(limit=1).items[0].record["fp"]
    assert [job.id for job in queue.dead_jobs(fingerprint=group, limit=1).items] == built[:0:-1]
    page = queue.dead_jobs(fingerprint=group, limit=1)
    assert [job.id for job in queue.dead_jobs(fingerprint=group, cursor=page.next_cursor).items] == built[:1]
    assert {job.id for job in queue.dead_jobs(type="send").items} == set(sent)
    clock = int(queue.dead_jobs(type="build").items[-1].record["ds"]) / 1e6
    assert queue.dead_jobs(until=clock - 60).items == ()
    assert len(queue.dead_jobs(since=clock - 60).items) == 5


def test_groups_come_with_their_counts_in_either_order(queue: ReliableQueue) -> None:
    _fail(queue, 3)
    _fail(queue, 1, type="build", error=ValueError("no"))
    assert [(row.detail["ty"], row.count) for row in queue.dead_groups().items] == [("build", 1), ("send", 3)]
    page = queue.dead_groups(order="count", limit=1)
    assert [row.count for row in page.items] == [3]
    assert [row.count for row in queue.dead_groups(order="count", cursor=page.next_cursor).items] == [1]
    assert [row.detail["ty"] for row in queue.dead_groups(type="send").items] == ["send"]


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 201}, {"cursor": "nonsense"}])
def test_a_wrong_limit_or_cursor_is_refused(queue: ReliableQueue, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidJob):
        queue.dead_jobs(**wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidJob):
        queue.dead_groups(**wrong)  # type: ignore[arg-type]


def test_a_purge_of_one_kind_comes_back_to_where_it_was(queue: ReliableQueue) -> None:
    _fail(queue, 250)
    _fail(queue, 2, type="build")
    before = [job.id for job in queue.dead_jobs(limit=200).items]
    purge = queue.purge_failed(type="send")
    assert (purge.progress().done, len(queue.dead_jobs(type="send").items)) == (250, 0)
    assert len(queue.dead_jobs(type="build").items) == 2
    back = queue.restore(purge)
    assert (back.progress().done, purge.progress().state) == (250, "undone")
    assert [job.id for job in queue.dead_jobs(limit=200).items] == before
    assert _whole(queue)


def test_chosen_jobs_alone_are_purged(queue: ReliableQueue) -> None:
    ids = _fail(queue, 3)
    waiting = queue.enqueue("send", {})
    assert queue.purge_failed(ids=[ids[0], waiting, "unknown"]).progress().done == 1
    assert {job.id for job in queue.dead_jobs().items} == set(ids[1:])
    assert queue.queue_size() == 1
    assert _whole(queue)


def test_a_requeue_is_taken_back_as_far_as_nothing_started(queue: ReliableQueue) -> None:
    ids = _fail(queue, 4)
    requeue = queue.start_requeue()
    assert queue.queue_size() == 0, "nothing moves before the first step"
    assert requeue.run().done == 4
    started = queue.claim_job()
    assert started is not None
    assert queue.undo(requeue.id).progress().done == 3
    assert {job.id for job in queue.dead_jobs().items} == set(ids) - {started.id}
    queue.fail_job(started, ValueError("another"), permanent=True)
    found = requeue.progress()
    assert (found.state, found.taken_back, found.failed_new) == ("undone", 3, 1)
    assert [count for _, count in found.new_errors] == [1]
    assert _whole(queue)


def test_a_requeue_waits_for_its_first_jobs_and_stops_when_they_fail_again(queue: ReliableQueue) -> None:
    _fail(queue, 5)
    requeue = queue.start_requeue(canary=1)
    assert requeue.run(timeout=0).state == "canary"
    job = queue.claim_job()
    assert job is not None
    queue.fail_job(job, Broken("down"), permanent=True)
    assert requeue.run().state == "stopped"
    assert requeue.progress().failed_same == 1
    assert queue.queue_size() == 0


def test_an_operation_is_paused_resumed_and_cancelled_by_any_process(queue: ReliableQueue) -> None:
    _fail(queue, 3)
    requeue = queue.start_requeue()
    assert requeue.step(1)
    assert requeue.pause() == "paused"
    assert not requeue.step(1)
    assert requeue.resume() == "running"
    assert requeue.cancel() == "cancelled"
    assert (requeue.run().done, queue.queue_size()) == (1, 1)


def test_what_no_operation_did_cannot_be_taken_back(queue: ReliableQueue) -> None:
    _fail(queue, 1)
    with pytest.raises(UnknownOperation):
        queue.restore("no-operation")
    with pytest.raises(InvalidJob, match="undo takes back a requeue"):
        queue.undo(queue.purge_failed())
    with pytest.raises(InvalidJob, match="0 \\(none\\) or more"):
        queue.start_requeue(rate=-1)
