"""How a worker starts, shows itself, is asked to end, and ends."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import pytest

from queue_core import ReliableQueue, ServerFull, keys
from queue_core.connection import Client, connect
from tests.conftest import RealServer
from tests.waiting import until
from tests.worker import sample_app as jobs
from tests.worker.processes import WorkerProcess, marks

Start = Callable[..., WorkerProcess]


def test_a_worker_shows_itself_and_its_current_job_and_goes_when_it_ends(
    queue: ReliableQueue, redis_client: Client, start_worker: Start
) -> None:
    job = jobs.until_cancelled.enqueue("shown")
    worker = start_worker("--lease", "3", "--concurrency", "2", "--queue", "default", "--queue", "other=3")
    until(lambda: redis_client.zcard(keys.workers()) == 1)
    worker_id = redis_client.zrange(keys.workers(), 0, -1)[0].decode()
    until(lambda: redis_client.hget(keys.worker(worker_id), "busy") == b"1")
    shown = redis_client.hgetall(keys.worker(worker_id))
    assert shown[b"pid"] == str(worker.process.pid).encode()
    assert (shown[b"version"], shown[b"slots"], shown[b"executor"]) == (b"7.1", b"2", b"process")
    assert json.loads(shown[b"queues"]) == ["default", "other"]
    assert [(j["id"], j["queue"], j["type"]) for j in json.loads(shown[b"jobs"])] == [
        (job, "default", "until_cancelled")
    ]
    assert int(shown[b"rss"]) > 10_000_000
    assert (shown[b"done"], shown[b"failed"], shown[b"lease"]) == (b"0", b"0", b"3")
    assert redis_client.smembers(keys.queues()) == {b"default", b"other"}
    queue.cancel(job)
    worker.signal(signal.SIGTERM)
    assert worker.wait() == 0, worker.log
    assert redis_client.zcard(keys.workers()) == 0
    assert redis_client.exists(keys.worker(worker_id)) == 0


def test_a_running_job_that_is_cancelled_stops(queue: ReliableQueue, redis_client: Client, start_worker: Start) -> None:
    job = jobs.until_cancelled.enqueue("cancelled")
    start_worker("--lease", "2")
    until(lambda: marks(redis_client, "cancelled") == 1)
    assert queue.cancel(job) == "requested"
    until(lambda: (info := queue.get(job)) is not None and info.state == "cancelled")


def test_sigterm_lets_a_running_job_end_and_claims_no_other(
    queue: ReliableQueue, redis_client: Client, start_worker: Start
) -> None:
    first = jobs.count.enqueue("drained", 1.0)
    worker = start_worker("--concurrency", "1")
    until(lambda: marks(redis_client, "drained") == 1)
    second = jobs.count.enqueue("drained")
    worker.signal(signal.SIGTERM)
    assert worker.wait() == 0, worker.log
    states = [info.state for job in (first, second) if (info := queue.get(job))]
    assert states == ["succeeded", "pending"]


def test_a_job_that_outlasts_the_drain_is_given_back_without_charge(
    queue: ReliableQueue, redis_client: Client, start_worker: Start
) -> None:
    job = jobs.count.enqueue("outlasts", 60)
    worker = start_worker("--drain", "0.1")
    until(lambda: marks(redis_client, "outlasts") == 1)
    worker.signal(signal.SIGTERM)
    assert worker.wait() == 0, worker.log
    info = queue.get(job)
    assert info is not None
    assert (info.state, info.record["at"]) == ("pending", "0")


def test_a_second_signal_gives_back_at_once(queue: ReliableQueue, redis_client: Client, start_worker: Start) -> None:
    job = jobs.until_cancelled.enqueue("twice")
    worker = start_worker("--drain", "600")
    until(lambda: marks(redis_client, "twice") == 1)
    worker.signal(signal.SIGTERM)
    until(lambda: _stopping(redis_client))
    worker.signal(signal.SIGINT)
    assert worker.wait() == 0, worker.log
    info = queue.get(job)
    assert info is not None
    assert (info.state, info.record["at"]) == ("pending", "0")


def _stopping(client: Client) -> bool:
    workers = client.zrange(keys.workers(), 0, -1)
    return bool(workers) and client.hget(keys.worker(workers[0].decode()), "stopping") == b"1"


def test_an_idle_worker_wakes_for_a_job_and_for_a_delayed_one(
    queue: ReliableQueue, redis_client: Client, start_worker: Start
) -> None:
    start_worker()
    until(lambda: redis_client.zcard(keys.workers()) == 1)
    jobs.count.enqueue_in(0.3, "woken")
    jobs.count.enqueue("woken")
    until(lambda: marks(redis_client, "woken") == 2)


def test_a_paused_queue_is_left_alone_until_it_is_resumed(queue: ReliableQueue, start_worker: Start) -> None:
    queue.pause()
    job = jobs.add.enqueue(1, 1)
    worker = start_worker("--burst")
    assert worker.wait() == 0, worker.log
    assert queue.queue_size() == 1
    queue.resume()
    assert start_worker("--burst").wait() == 0
    info = queue.get(job)
    assert info is not None
    assert info.state == "succeeded"


def test_a_worker_refuses_a_server_that_may_evict_jobs(make_server: type[RealServer], start_worker: Start) -> None:
    server = make_server("--maxmemory-policy", "allkeys-lru").start()
    worker = WorkerProcess(server.url)
    assert worker.wait() == 1
    assert "maxmemory-policy is allkeys-lru" in worker.log
    allowed = WorkerProcess(server.url, "--burst", "--any-eviction-policy")
    assert allowed.wait() == 0, allowed.log


def test_no_server_no_app_and_no_such_option_have_exit_codes_of_their_own(start_worker: Start) -> None:
    assert WorkerProcess("redis://127.0.0.1:1/0").wait() == 3
    assert start_worker("--concurrency", "0").wait() == 2
    wrong_name = start_worker("--queue", "a b")
    assert wrong_name.wait() == 2
    assert "queue name 'a b'" in wrong_name.log


def test_a_server_at_its_memory_limit_refuses_producers_while_the_worker_works_on(
    make_server: type[RealServer], start_worker: Start
) -> None:
    server = make_server().start()
    client = connect(server.url)
    full = ReliableQueue(client)
    ids = [full.enqueue("add", {"a": 1, "b": n}) for n in range(50)]
    client.config_set("maxmemory", 1)
    with pytest.raises(ServerFull):
        full.enqueue("add", {"a": 1, "b": 1})
    worker = WorkerProcess(server.url)
    until(lambda: client.zcard(full.engine.keys.succeeded) == len(ids))
    worker.signal(signal.SIGTERM)
    assert worker.wait() == 0, worker.log


def test_sigusr1_tells_what_runs_and_sigquit_ends_at_once_with_all_children(
    queue: ReliableQueue, redis_client: Client, start_worker: Start
) -> None:
    job = jobs.until_cancelled.enqueue("told")
    worker = start_worker("--concurrency", "1")
    until(lambda: marks(redis_client, "told") == 1)
    worker.signal(signal.SIGUSR1)
    assert worker.process.stderr is not None
    said: list[str] = []
    while not any("sample_app.py" in line for line in said):  # the child's stack comes last
        said.append(worker.process.stderr.readline())
    assert any(f"running until_cancelled {job}" in line for line in said)
    worker.signal(signal.SIGQUIT)
    assert worker.wait() == 128 + signal.SIGQUIT  # what it said ends only when every child is gone
    info = queue.get(job)
    assert info is not None
    assert info.state == "processing"
