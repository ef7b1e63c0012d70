"""Workers and servers killed in the middle of work: nothing is lost, and every job ends in one place."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from queue_core import ReliableQueue, keys
from queue_core.connection import Client, connect
from queue_core.worker import executors
from tests.conftest import RealServer
from tests.waiting import until
from tests.worker.processes import WorkerProcess, marks

pytestmark = pytest.mark.faults
RESIDENCES = {"pend": b"p", "lease": b"a", "sch": b"s0", "rty": b"r", "ok": b"s", "cx": b"x"}


@pytest.fixture
def start_worker(redis_url: str) -> Iterator[Callable[..., WorkerProcess]]:
    """Start workers with short leases; all are killed at the end."""
    started: list[WorkerProcess] = []

    def start(*options: str, url: str = redis_url) -> WorkerProcess:
        started.append(WorkerProcess(url, "--lease", "2", "--concurrency", "2", *options))
        return started[-1]

    yield start
    for worker in started:
        if worker.process.poll() is None:
            worker.signal(signal.SIGCONT)
            worker.kill()


def make_queue(client: Client) -> ReliableQueue:
    queue = ReliableQueue(client)
    queue.configure(bk_base=20, ok_cap=10_000)
    return queue


def add_jobs(queue: ReliableQueue, count: int, seconds: float) -> list[str]:
    jobs = [
        {"type": "count", "data": {"key": f"job{n}", "seconds": seconds}, "id": f"job{n}", "max_retries": 50}
        for n in range(count)
    ]
    return [result.id for result in queue.enqueue_many(jobs)]


def audit(queue: ReliableQueue, ids: list[str]) -> None:
    """Each job is in the one residence that its record names, and the totals agree with that, at one instant."""
    names = queue.engine.keys
    groups = [group.decode() for group in queue.engine.client.zrange(names.group_counts, 0, -1)]
    pipe = queue.engine.client.pipeline(transaction=True)
    for residence in (*RESIDENCES, *(f"df:{group}" for group in groups)):
        pipe.zrange(names.prefix + residence, 0, -1)
    for job_id in ids:
        pipe.hget(names.job(job_id), "st")
    pipe.hgetall(names.counters)
    *found, totals = pipe.execute()
    letters = [*RESIDENCES.values(), *([b"d"] * len(groups))]
    homes: dict[str, list[bytes]] = {job_id: [] for job_id in ids}
    for letter, members in zip(letters, found[: len(letters)], strict=True):
        for job_id in members:
            homes[job_id.decode()].append(letter)
    assert homes == {job_id: [state] for job_id, state in zip(ids, found[len(letters) :], strict=True)}
    count = {name.decode(): int(value) for name, value in totals.items()}
    leased = sum(1 for home in homes.values() if home == [b"a"])
    assert count["e"] == len(ids)
    assert count["c"] == sum(count.get(name, 0) for name in ("s", "f", "rel", "xa")) + leased
    assert count.get("orphan", 0) == 0


def finished(queue: ReliableQueue) -> int:
    return int(queue.engine.client.zcard(queue.engine.keys.succeeded))


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(word) for word in text.split()]


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return False


def test_no_job_is_lost_when_workers_are_killed_at_random(
    redis_client: Client, start_worker: Callable[..., WorkerProcess]
) -> None:
    queue = make_queue(redis_client)
    ids = add_jobs(queue, 300, 0.02)
    chance = random.Random(7)
    workers = [start_worker() for _ in range(2)]
    for kill in range(1, 5):
        until(lambda kill=kill: finished(queue) >= kill * 40)
        victim = chance.randrange(len(workers))
        children = children_of(workers[victim].process.pid)
        workers[victim].kill()
        until(lambda children=children: not any(alive(pid) for pid in children))
        audit(queue, ids)
        workers[victim] = start_worker()
    until(lambda: finished(queue) == len(ids))
    audit(queue, ids)
    assert all(marks(redis_client, job_id) >= 1 for job_id in ids)


def test_a_stopped_worker_is_fenced_and_its_late_result_refused(
    redis_client: Client, start_worker: Callable[..., WorkerProcess]
) -> None:
    queue = make_queue(redis_client)
    ids = add_jobs(queue, 1, 0.5)
    sleeper = start_worker()
    until(lambda: marks(redis_client, ids[0]) == 1)
    sleeper.signal(signal.SIGSTOP)
    start_worker()
    until(lambda: finished(queue) == 1)
    result = redis_client.hgetall(queue.engine.keys.job(ids[0]))
    sleeper.signal(signal.SIGCONT)
    sleeper.signal(signal.SIGTERM)
    assert sleeper.wait() == 0, sleeper.log
    assert redis_client.hgetall(queue.engine.keys.job(ids[0])) == result
    assert marks(redis_client, ids[0]) == 2
    audit(queue, ids)


def test_workers_go_on_by_themselves_after_the_server_was_killed(
    make_server: type[RealServer], start_worker: Callable[..., WorkerProcess]
) -> None:
    server = make_server("--appendonly", "yes", "--appendfsync", "always").start()
    client = connect(server.url)
    queue = make_queue(client)
    ids = add_jobs(queue, 120, 0.02)
    worker = start_worker(url=server.url)
    until(lambda: finished(queue) >= 20)
    server.kill()
    time.sleep(1)  # an outage has a length; nothing is waited for
    server.start()
    audit(queue, ids)
    until(lambda: finished(queue) == len(ids))
    audit(queue, ids)
    assert all(marks(client, job_id) >= 1 for job_id in ids)
    assert client.zcard(keys.workers()) == 1
    worker.signal(signal.SIGTERM)
    assert worker.wait() == 0, worker.log


def test_cut_connections_lose_no_job_and_run_none_twice(
    redis_client: Client, start_worker: Callable[..., WorkerProcess], tmp_path: Path
) -> None:
    queue = make_queue(redis_client)
    notes = tmp_path / "notes"
    ids = [f"job{n}" for n in range(200)]
    queue.enqueue_many(
        {"type": "note", "id": one, "data": {"path": str(notes), "line": one, "seconds": 0.01}} for one in ids
    )
    start_worker("--lease", "20")
    for cut in range(1, 9):
        until(lambda cut=cut: finished(queue) >= cut * 20)
        redis_client.client_kill_filter(_type="normal", skipme=True)
    until(lambda: finished(queue) == len(ids))
    audit(queue, ids)
    assert sorted(notes.read_text(encoding="utf-8").split()) == sorted(ids)
    assert {redis_client.hget(queue.engine.keys.job(job_id), "at") for job_id in ids} == {b"1"}


@pytest.mark.parametrize("executor", [name for name in executors.NAMES if name not in ("process", "inline")])
def test_jobs_of_a_shared_child_survive_its_death(
    redis_client: Client, start_worker: Callable[..., WorkerProcess], executor: str
) -> None:
    queue = make_queue(redis_client)
    ids = add_jobs(queue, 60, 0.05)
    worker = start_worker("--executor", executor)
    until(lambda: finished(queue) >= 10)
    for pid in children_of(worker.process.pid):
        os.kill(pid, signal.SIGKILL)
    until(lambda: finished(queue) == len(ids))
    audit(queue, ids)
