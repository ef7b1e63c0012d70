"""JobQueue, ReliableQueue and App on a real server."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
import redis

from queue_core import (
    App,
    Conflict,
    InvalidJob,
    JobQueue,
    PermanentError,
    QueueFull,
    ReliableQueue,
    ServerUnavailable,
    StaleLease,
    UnknownJob,
    keys,
    queue_stats,
)
from queue_core.connection import Client


@pytest.fixture
def queue(redis_client: Client) -> ReliableQueue:
    return ReliableQueue(redis_client, "orders")


def state(queue: JobQueue, job_id: str) -> str:
    info = queue.get(job_id)
    return info.state if info else "gone"


def test_jobs_come_out_in_order_and_urgent_ones_first(redis_client: Client) -> None:
    queue = JobQueue(redis_client)
    for number in range(3):
        queue.enqueue("ship", {"number": number})
    queue.enqueue("ship", {"number": 9}, 5)
    assert queue.queue_size() == 4
    taken = [queue.dequeue() for _ in range(4)]
    assert [job["data"]["number"] for job in taken if job] == [9, 0, 1, 2]
    assert queue.dequeue() is None


def test_dequeue_waits_for_a_job(redis_client: Client) -> None:
    queue = JobQueue(redis_client)
    timer = threading.Timer(0.2, lambda: JobQueue(redis_client).enqueue("ship", 1))
    timer.start()
    job = queue.dequeue(timeout=10)
    timer.join()
    assert job is not None
    assert job.data == 1


def test_dequeue_gives_up_when_nothing_comes(redis_client: Client) -> None:
    assert JobQueue(redis_client).dequeue(timeout=0.1) is None


def test_a_delayed_job_comes_out_when_it_is_due(redis_client: Client) -> None:
    queue = JobQueue(redis_client)
    queue.enqueue("ship", 1, delay=0.3)
    assert queue.dequeue() is None
    job = queue.dequeue(timeout=10)
    assert job is not None


def test_the_same_id_again_changes_nothing(queue: ReliableQueue) -> None:
    assert queue.enqueue("ship", {"a": 1}, id="order-1") == queue.enqueue("ship", {"a": 2}, id="order-1") == "order-1"
    assert queue.queue_size() == 1
    info = queue.get("order-1")
    assert info is not None
    assert info.data == {"a": 1}


def test_a_unique_key_is_held_until_its_job_ends(queue: ReliableQueue) -> None:
    first = queue.enqueue("ship", {"a": 1}, unique=True)
    with pytest.raises(Conflict) as conflict:
        queue.enqueue("ship", {"a": 1}, unique=True)
    assert conflict.value.holder == first
    queue.enqueue("ship", {"a": 2}, unique=True)
    job = queue.claim_job()
    assert job is not None
    queue.complete_job(job)
    queue.enqueue("ship", {"a": 1}, unique=True)


def test_a_full_queue_refuses_jobs(queue: ReliableQueue) -> None:
    queue.configure(maxlen=1)
    queue.enqueue("ship")
    with pytest.raises(QueueFull):
        queue.enqueue("ship")


def test_many_jobs_are_enqueued_at_once_or_none_when_one_is_wrong(queue: ReliableQueue) -> None:
    results = queue.enqueue_many([{"type": "ship", "data": n, "priority": n % 3, "id": f"n{n}"} for n in range(450)])
    assert {result.outcome for result in results} == {"created"}
    with pytest.raises(InvalidJob):
        queue.enqueue_many([{"type": "ship"}, {"type": "no good"}])
    assert queue.queue_size() == 450
    again = queue.enqueue_many([{"type": "ship", "id": "n1"}])
    assert again[0].outcome == "exists"


@pytest.mark.parametrize(
    "options",
    [{"delay": -1}, {"delay": 1, "run_at": 5}, {"run_at": datetime(2030, 1, 1)}, {"timeout": float("nan")},  # noqa: DTZ001
     {"unique_for": "ever"}, {"unique": "k", "unique_for": "window"}, {"colour": "red"}, {"id": ""}, {"expires_in": 0},
     {"backoff": "2"}, {"max_retries": 1.5}],
)  # fmt: skip
def test_wrong_options_are_refused_and_change_nothing(queue: ReliableQueue, options: dict[str, object]) -> None:
    with pytest.raises(InvalidJob):
        queue.enqueue("ship", {}, **options)
    assert queue.queue_size() == 0


def test_a_claimed_job_is_completed_by_its_id(queue: ReliableQueue) -> None:
    job_id = queue.enqueue({"type": "ship", "data": {"a": 1}, "colour": "red", "created_at": "2024-05-06T07:08:09Z"})
    job = queue.claim_job("worker-1")
    assert job is not None
    assert (job.id, job["colour"], job["created_at"], job.attempt) == (job_id, "red", "2024-05-06T07:08:09Z", 1)
    queue.complete_job(job_id, {"parcel": 7})
    assert state(queue, job_id) == "succeeded"
    with pytest.raises(UnknownJob):
        queue.complete_job(job_id)


def test_completing_after_the_lease_has_ended_does_not_take_the_job_from_its_new_worker(queue: ReliableQueue) -> None:
    queue.configure(bk_base=0)
    queue.enqueue("ship", id="slow")
    late = queue.claim_job("first", lease=0.001)
    second: list[object] = []
    while not second:
        queue.engine.tick()
        second = [*queue.claim_jobs(1, "second", timeout=0.1)]
    assert late is not None
    with pytest.raises(StaleLease):
        queue.complete_job(late)
    assert state(queue, "slow") == "processing"


def test_a_failing_job_is_retried_and_then_kept_with_payload_and_error(queue: ReliableQueue) -> None:
    queue.enqueue("ship", {"a": 1}, id="bad", max_retries=1)
    first = queue.claim_job()
    assert first is not None
    assert queue.fail_job("bad", "no stock", retry_in=0) == "retrying"
    second = queue.claim_job(timeout=5)
    assert second is not None
    assert second.attempt == 2
    assert queue.fail_job(second, ValueError("no stock left")) == "failed"
    info = queue.get("bad")
    assert info is not None
    assert (info.state, info.data, info.record["em"]) == ("failed", {"a": 1}, "ValueError: no stock left")


def test_requeue_failed_puts_back_the_job_itself_and_spares_those_requeued_often(queue: ReliableQueue) -> None:
    for number in range(3):
        queue.enqueue("ship", {"number": number}, id=f"bad{number}")
        job = queue.claim_job()
        assert job is not None
        queue.fail_job(job, PermanentError("no"))
    assert queue_stats(queue.engine.client, "orders").failed == 3
    assert queue.requeue_failed(ids=["bad1", "unknown"]) == 1
    job = queue.claim_job()
    assert job is not None
    assert (job.id, job.data, job.requeues) == ("bad1", {"number": 1}, 1)
    queue.fail_job(job, PermanentError("no"))
    assert queue.requeue_failed(max_retries=1) == 2
    assert [state(queue, f"bad{n}") for n in range(3)] == ["pending", "failed", "pending"]


def test_more_failed_jobs_than_a_page_are_requeued_once_each(queue: ReliableQueue) -> None:
    queue.enqueue_many([{"type": "ship", "max_retries": 0} for _ in range(250)])
    while jobs := queue.claim_jobs(64):
        for job in jobs:
            queue.fail_job(job, "no")
    assert queue.requeue_failed() == 250
    assert queue.queue_size() == 250


def test_a_heartbeat_keeps_the_lease_and_hears_of_a_cancel(queue: ReliableQueue) -> None:
    queue.enqueue("ship", id="long")
    job = queue.claim_job()
    assert job is not None
    assert queue.heartbeat(job) == {"long": "extended"}
    assert queue.cancel("long") == "requested"
    assert queue.heartbeat("long") == {"long": "cancelled"}
    assert queue.fail_job(job, "stopped") == "cancelled"


def test_a_released_job_is_next_and_not_charged(queue: ReliableQueue) -> None:
    queue.enqueue("ship", id="one")
    queue.enqueue("ship", id="two")
    job = queue.claim_job()
    assert job is not None
    queue.checkpoint(job, b"page 7")
    queue.release_job(job)
    again = queue.claim_job()
    assert again is not None
    assert (again.id, again.attempt, again.checkpoint) == ("one", 1, b"page 7")


def test_a_payload_that_cannot_be_read_fails_and_the_next_job_is_given(queue: ReliableQueue) -> None:
    queue.enqueue("ship", id="broken")
    queue.enqueue("ship", id="fine")
    queue.engine.client.set(queue.engine.keys.payload("broken"), b"\x00?")
    job = queue.claim_job(timeout=5)
    assert job is not None
    assert job.id == "fine"
    assert state(queue, "broken") == "failed"


def test_no_key_is_ever_of_two_types_and_the_queue_is_known(queue: ReliableQueue) -> None:
    queue.enqueue("ship")
    assert queue.engine.client.smembers(keys.queues()) == {b"orders"}
    assert queue.engine.client.type(queue.engine.keys.pending) == b"zset"


def test_a_client_that_decodes_replies_will_do(redis_url: str) -> None:
    queue = ReliableQueue(redis.Redis.from_url(redis_url, decode_responses=True))
    queue.enqueue("ship", {"text": "x" * 5000})
    job = queue.claim_job()
    assert job is not None
    assert job.data == {"text": "x" * 5000}


def test_a_server_that_is_away_is_told_as_such() -> None:
    with pytest.raises(ServerUnavailable):
        JobQueue("redis://127.0.0.1:1/0").enqueue("ship")


def test_a_declared_job_is_a_function_and_can_be_enqueued(redis_url: str) -> None:
    app = App(redis_url)

    @app.job(queue="emails", max_retries=7, timeout=30, priority=4)
    def send(to: str, subject: str = "Hello") -> str:
        return f"{subject} {to}"

    assert send("Ann") == "Hello Ann"
    first = send.enqueue(to="Ann")
    send.enqueue_in(3600, "Bob", subject="Later")
    send.enqueue_at(datetime(2040, 1, 1, tzinfo=UTC), to="Eve")
    second = app.queue("emails").enqueue("send", {"to": "Cid"}, priority=5, max_retries=0)
    assert queue_stats(app.client, "emails").scheduled == 2
    jobs = app.queue("emails").claim_jobs(5)
    assert [(j.id, j.data, j.priority, j.max_retries) for j in jobs] == [
        (second, {"to": "Cid"}, 5, 0), (first, {"to": "Ann"}, 4, 7),
    ]  # fmt: skip


def test_arguments_that_do_not_fit_are_refused_when_enqueued(redis_url: str) -> None:
    app = App(redis_url)

    @app.job
    def send(to: str) -> None: ...

    with pytest.raises(InvalidJob, match="missing a required argument"):
        send.enqueue()  # type: ignore[call-arg]
    with pytest.raises(InvalidJob, match="two jobs are named"):
        app.job("send")(lambda: None)


def test_schedules_are_declared_with_their_arguments() -> None:
    app = App("redis://127.0.0.1:1/0")

    @app.job(queue="emails")
    def send(to: str) -> None: ...

    made = app.schedule(send, cron="0 2 * * 0", timezone="Europe/Berlin", to="ops@example.com")
    sunday = made.after(datetime(2026, 7, 1, tzinfo=UTC))
    assert sunday == datetime(2026, 7, 5, 0, 0, tzinfo=UTC)
    wrong_policy = ({"every": 60, "overlap": "maybe"}, {"every": 60, "catch_up": "some"})
    wrong_time = ({"cron": "0 2 * * *", "every": 5}, {}, {"cron": "99 2 * * *"}, {"cron": "nonsense"}, {"every": 0.1})
    for wrong in (*wrong_time, *wrong_policy):
        with pytest.raises(InvalidJob):
            app.schedule(send, name="other", to="x", **wrong)  # type: ignore[arg-type]
