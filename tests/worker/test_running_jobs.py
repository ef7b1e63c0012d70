"""What a worker makes of jobs that succeed, fail, crash, hang, or are not known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from queue_core import ReliableQueue
from queue_core.connection import Client
from queue_core.failure import ErrorDetail, decode
from queue_core.message import decode as decode_payload
from tests.waiting import until
from tests.worker import sample_app as jobs
from tests.worker.processes import WorkerProcess, marks

Work = Callable[..., str]


def state(queue: ReliableQueue, job_id: str) -> str:
    info = queue.get(job_id)
    return info.state if info else "gone"


def error(queue: ReliableQueue, job_id: str) -> ErrorDetail:
    detail = decode(queue.engine.client.get(queue.engine.keys.error(job_id)) or b"")
    assert detail is not None
    return detail


def test_a_job_succeeds_and_its_result_is_kept(queue: ReliableQueue, work: Work) -> None:
    job = jobs.add.enqueue(2, b=3)
    work()
    assert state(queue, job) == "succeeded"
    assert decode_payload(queue.engine.client.get(queue.engine.keys.result(job))).data == 5


def test_a_failing_job_is_retried_then_failed_with_its_traceback_and_history(queue: ReliableQueue, work: Work) -> None:
    job = jobs.fail.enqueue("order 12 is bad")
    work()
    until(lambda: queue.engine.tick().promoted or state(queue, job) != "retrying")
    work()
    assert state(queue, job) == "failed"
    detail = error(queue, job)
    assert (detail.type, detail.message, detail.number) == ("RuntimeError", "order 12 is bad", 2)
    assert detail.frames[-1].function == "fail"
    assert detail.frames[-1].own
    assert "raise RuntimeError" in detail.frames[-1].source
    assert [(past.number, past.outcome, past.version) for past in detail.history] == [(1, "failed", "7.1")]
    assert detail.version == "7.1"
    info = queue.get(job)
    assert info is not None
    assert info.record["vn"] == "7.1"
    (group,) = queue.dead_groups().items
    assert group.detail["vn"] == "7.1"


def test_a_permanent_error_is_not_retried(queue: ReliableQueue, work: Work) -> None:
    job = jobs.give_up.enqueue("no such customer")
    work()
    info = queue.get(job)
    assert info is not None
    assert (info.state, info.record["rs"], info.record["at"]) == ("failed", "permanent", "1")


def test_retry_later_counts_an_attempt(queue: ReliableQueue, work: Work) -> None:
    job = jobs.later.enqueue("later")
    work()
    info = queue.get(job)
    assert info is not None
    assert info.record["at"] >= "1"
    assert info.state in ("retrying", "pending", "failed")


def test_a_released_job_keeps_its_attempts(queue: ReliableQueue, redis_client: Client, work: Work) -> None:
    job = jobs.give_back_once.enqueue("released")
    work()
    info = queue.get(job)
    assert info is not None
    assert (info.state, info.record["at"], marks(redis_client, "released")) == ("succeeded", "1", 2)


def test_an_unknown_type_is_tried_again_later(queue: ReliableQueue, work: Work) -> None:
    job = queue.enqueue("from_the_future", {"a": 1})
    work()
    info = queue.get(job)
    assert info is not None
    assert info.state == "retrying"
    assert int(info.record["ra"]) - int(info.record["cl"]) > 200_000


def test_data_that_does_not_fit_the_function_fails_at_once(queue: ReliableQueue, work: Work) -> None:
    job = queue.enqueue("add", {"a": 1, "colour": "red"})
    work()
    assert state(queue, job) == "failed"
    assert "does not fit add(" in error(queue, job).message


def test_a_payload_that_is_damaged_fails_at_once_and_stays_as_it_is(queue: ReliableQueue, work: Work) -> None:
    job = jobs.add.enqueue(1, 2)
    key = queue.engine.keys.payload(job)
    queue.engine.client.set(key, b"J\x00\xffnot zlib")
    work()
    assert state(queue, job) == "failed"
    assert queue.engine.client.get(key) == b"J\x00\xffnot zlib"


def test_a_poison_pill_fails_after_three_crashes_with_its_payload(
    queue: ReliableQueue, redis_client: Client, start_worker: Callable[..., WorkerProcess]
) -> None:
    job = jobs.kill_worker.enqueue("poison")
    others = [jobs.add.enqueue(1, n) for n in range(5)]
    start_worker("--concurrency", "2")
    until(lambda: state(queue, job) == "failed")
    info = queue.get(job)
    assert info is not None
    assert (info.record["rs"], info.record["cr"], info.data) == ("poison", "3", {"key": "poison"})
    assert marks(redis_client, "poison") == 3
    assert "SIGKILL" in error(queue, job).message
    until(lambda: all(state(queue, other) == "succeeded" for other in others))


@pytest.mark.parametrize(
    ("executor", "job"),
    [
        ("process", "hang"),
        ("process", "check_forever"),
        ("thread", "check_forever"),
        ("asyncio", "wait_for_ever"),
    ],
)
def test_a_job_that_takes_too_long_is_ended(queue: ReliableQueue, work: Work, executor: str, job: str) -> None:
    hanging = queue.enqueue(job, {"key": "hang"} if job == "hang" else {})
    fine = jobs.add.enqueue(1, 1)
    work("--executor", executor)
    info = queue.get(hanging)
    assert info is not None
    assert (info.state, info.record["rs"]) == ("failed", "timeout")
    assert state(queue, fine) == "succeeded"


@pytest.mark.parametrize("executor", ["thread", "inline"])
def test_a_job_that_will_not_stop_costs_no_slot(queue: ReliableQueue, work: Work, executor: str) -> None:
    deaf = [queue.enqueue("hang", {"key": "deaf"}) for _ in range(2)]
    fine = [jobs.add.enqueue(1, n) for n in range(4)]
    work("--executor", executor)
    assert {state(queue, job) for job in deaf} == {"failed"}
    assert {state(queue, job) for job in fine} == {"succeeded"}


@pytest.mark.parametrize("executor", ["process", "thread", "asyncio", "inline"])
def test_every_executor_runs_plain_and_async_functions(
    queue: ReliableQueue, redis_client: Client, work: Work, executor: str
) -> None:
    ids = [jobs.add.enqueue(1, n) for n in range(10)] + [jobs.wait_a_moment.enqueue("moment") for _ in range(4)]
    bad = jobs.give_up.enqueue("bad")
    work("--executor", executor)
    assert {state(queue, job) for job in ids} == {"succeeded"}
    assert state(queue, bad) == "failed"
    assert marks(redis_client, "moment") == 4


def test_the_next_attempt_goes_on_from_the_checkpoint(queue: ReliableQueue, redis_client: Client, work: Work) -> None:
    job = jobs.in_steps.enqueue("steps", 6)
    work()
    until(lambda: queue.engine.tick().promoted or state(queue, job) != "retrying")
    work()
    assert state(queue, job) == "succeeded"
    assert [marks(redis_client, f"steps:{n}") for n in range(6)] == [1, 1, 1, 2, 1, 1]
