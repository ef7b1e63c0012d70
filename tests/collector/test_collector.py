"""The collector's threads at work on real jobs, with a real receiver, through failures of the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.collector import Collector
from dashboard.operations.records import OperationState
from dashboard.services import Services, build_services
from queue_core.engine import NewJob
from tests.alerts.receiver import Receiver
from tests.background import World
from tests.conftest import RealServer
from tests.waiting import PATIENCE, until


@contextmanager
def running(*services: Services) -> Iterator[list[Collector]]:
    collectors = [Collector(each) for each in services]
    threads = [threading.Thread(target=each.run) for each in collectors]
    for thread in threads:
        thread.start()
    try:
        yield collectors
    finally:
        for each in collectors:
            each.stop_event.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)


def real_time(url: str, receiver: Receiver | None = None) -> World:
    channels = [receiver.settings("ops")] if receiver else []
    given = {"channels": channels, "alerts": {"every": 0.2}}
    world = World(url, given)
    world.clock.now = time.time()
    return world


def test_it_drives_operations_and_delivers_alerts(redis_url: str) -> None:
    with Receiver() as receiver:
        world = real_time(redis_url, receiver)
        ids = world.jobs.dead(150)
        services = build_services(world.settings)
        with running(services):
            until(lambda: bool(receiver.requests))
            assert receiver.requests[0].verified()["type"] == "alert.firing"
            operation = world.start()
            until(lambda: world.operations.get(operation.id).state == OperationState.DONE)
            until(lambda: len(receiver.requests) == 2)
            assert receiver.requests[1].verified()["type"] == "alert.resolved"
        assert world.jobs.requeues(ids) == {1}


def test_due_jobs_are_promoted_although_no_worker_lives(redis_url: str) -> None:
    world = real_time(redis_url)
    soon = round((time.time() + 1) * 1000)
    world.jobs.engine.enqueue([NewJob("later", "send_email", b"j{}", run_at=soon)])
    assert world.jobs.states(["later"]) == {"s0": 1}
    with running(build_services(world.settings)):
        until(lambda: world.jobs.states(["later"]) == {"p": 1})


def test_of_two_collectors_one_leads_and_the_other_takes_over(redis_url: str) -> None:
    world = real_time(redis_url)
    with running(build_services(world.settings), build_services(world.settings)) as collectors:
        until(lambda: sum(each.lease.fence() is not None for each in collectors) == 1)
        leader = next(each for each in collectors if each.lease.fence())
        other = next(each for each in collectors if each is not leader)
        leader.stop_event.set()
        until(lambda: other.lease.fence() is not None)
        ids = world.jobs.dead(10)
        operation = world.start()
        until(lambda: world.operations.get(operation.id).state == OperationState.DONE)
        assert world.jobs.requeues(ids) == {1}


def test_it_survives_a_server_that_goes_away_and_returns(make_server: type[RealServer]) -> None:
    server = make_server("--appendonly", "yes", "--appendfsync", "always").start()
    world = real_time(server.url)
    ids = world.jobs.dead(20)
    with running(build_services(world.settings)) as (collector,):
        until(lambda: collector.lease.fence() is not None)
        server.kill()
        time.sleep(0.5)  # some tries fail meanwhile
        server.start()
        operation = world.start()
        until(lambda: world.operations.get(operation.id).state == OperationState.DONE)
        assert world.jobs.requeues(ids) == {1}


def test_an_operation_waits_for_its_source_and_goes_on_by_itself(redis_url: str, make_server: type[RealServer]) -> None:
    server = make_server("--appendonly", "yes", "--appendfsync", "always").start()
    sources = [{"name": "main", "kind": "queue_core", "url": server.url}]
    world = World(server.url, {"sources": sources, "store": redis_url})
    world.jobs.dead(250)
    operation = world.start()
    server.kill()
    world.driver.drive()
    waiting = world.operations.get(operation.id)
    assert waiting.open
    assert "main" in waiting.problem
    assert "goes on by itself" in waiting.problem
    server.start()
    world.drive()
    ended = world.operations.get(operation.id)
    assert (ended.state, ended.done, ended.problem) == (OperationState.DONE, 250, "")
