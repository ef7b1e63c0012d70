"""Real collectors killed in mid-operation, again and again: each job is moved exactly once, and it ends."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboard.adapters.contract import Action
from dashboard.alerts.channels.discovery import open_channels
from dashboard.alerts.evaluator import Evaluator
from dashboard.alerts.outbox import Outbox
from dashboard.collector.lease import Lease
from dashboard.operations.records import OperationState, Pace
from tests.alerts.receiver import Receiver
from tests.background import World
from tests.conftest import RealServer
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.faults
JOBS = 1_200


def collector(url: str, folder: Path) -> subprocess.Popen[bytes]:
    """`redrive collector` as a process of its own, away from any redrive.toml."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("REDRIVE_")}
    environment["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[2]), environment.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "dashboard", "collector", "--source", f"main=queue_core:{url}"]
    with (folder / "collector.log").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)


def kill_until_it_ends(world: World, operation_id: str, folder: Path) -> int:
    """Start a collector, kill it -9 as soon as it moved some jobs, and again; how many were killed in the middle."""
    killed, pick = 0, random.Random(7)
    deadline = time.monotonic() + 120
    while world.operations.get(operation_id).open:
        assert time.monotonic() < deadline, (folder / "collector.log").read_text()
        before = world.operations.get(operation_id).done
        process = collector(world.url, folder)
        try:
            goal = before + pick.randrange(1, 300) if killed < 4 else JOBS + 1  # the last one may end it
            while world.operations.get(operation_id).done < goal and world.operations.get(operation_id).open:
                assert process.poll() is None, (folder / "collector.log").read_text()
                assert time.monotonic() < deadline, f"{world.operations.get(operation_id)}"
                time.sleep(0.005)
        finally:
            process.kill()
            process.wait()
        if world.operations.get(operation_id).open:
            killed += 1
            world.store.client.delete(world.store.lease)  # the next one need not wait for the lease of the dead
            world.store.client.hdel(world.store.operation(operation_id), "driver", "driver_until")
    return killed


@pytest.mark.parametrize(("action", "letter"), [(Action.REQUEUE, "p"), (Action.PURGE, "t")])
def test_killed_collectors_move_every_job_exactly_once(
    redis_url: str, tmp_path: Path, action: Action, letter: str
) -> None:
    world = World(redis_url)
    world.clock.now = time.time()
    ids = [job_id for name in ("f1", "f2", "f3", "f4") for job_id in world.jobs.dead(JOBS // 4, name)]
    operation = world.start(action, pace=Pace(rate_per_second=900))
    killed = kill_until_it_ends(world, operation.id, tmp_path)
    ended = world.operations.get(operation.id)
    assert killed >= 2
    assert (ended.state, ended.done, ended.skipped) == (OperationState.DONE, JOBS, 0)
    assert world.jobs.states(ids) == {letter: JOBS}
    if action == Action.REQUEUE:
        assert world.jobs.requeues(ids) == {1}
        assert world.jobs.run("s") == JOBS


def test_a_message_stored_by_a_collector_that_died_is_sent_by_the_next(redis_url: str) -> None:
    with Receiver() as receiver:
        world = World(redis_url, {"channels": [receiver.settings("ops")]})
        world.clock.now = time.time()
        world.jobs.dead(101)
        first, second = Lease(world.store, seconds=0.1), Lease(world.store)
        first.renew()
        fence = first.fence()
        assert fence
        Evaluator(world.store, world.services.sources, world.settings, world.clock).evaluate(fence)
        assert receiver.requests == []  # here the first one dies, between the change and the sending
        until(second.renew, "nobody took over")
        taken_over = second.fence()
        assert taken_over
        Evaluator(world.store, world.services.sources, world.settings, world.clock).evaluate(taken_over)
        Outbox(world.store, open_channels(world.settings.channels), world.clock).deliver()
        assert [request.verified()["type"] for request in receiver.requests] == ["alert.firing"]


def test_a_collector_asked_to_stop_gives_its_lease_back(redis_url: str, tmp_path: Path) -> None:
    world = World(redis_url)
    process = collector(redis_url, tmp_path)
    try:
        until(lambda: world.store.client.hget(world.store.lease, "holder"), (tmp_path / "collector.log").read_text)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert Lease(world.store).renew()
    finally:
        process.kill()
        process.wait()


def test_a_collector_starts_before_its_redis_and_begins_when_it_comes(
    make_server: type[RealServer], tmp_path: Path
) -> None:
    server = make_server()
    process = collector(server.url, tmp_path)
    try:
        until(lambda: "does not answer" in (tmp_path / "collector.log").read_text())
        server.start()
        world = World(server.url)
        until(lambda: world.store.client.hget(world.store.lease, "holder"), (tmp_path / "collector.log").read_text)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
