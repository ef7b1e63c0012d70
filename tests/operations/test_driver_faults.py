"""A driver that dies at any point of a step loses nothing and repeats nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dashboard.adapters.contract import Action
from dashboard.operations.driver import Driver
from dashboard.operations.records import OperationState, Pace
from tests.background import World


class Died(BaseException):
    """Stands for kill -9: nothing catches it."""


def kill_at(monkeypatch: pytest.MonkeyPatch, driver: Driver, method: str, call: int, *, after: bool) -> None:
    """Let the driver die at a call of the ledger, before it is made or after."""
    real, calls = getattr(driver._ledger, method), iter(range(1, 1_000))

    def dying(*args: Any, **kwargs: Any) -> Any:
        if next(calls) < call:
            return real(*args, **kwargs)
        if after:
            real(*args, **kwargs)
        raise Died

    monkeypatch.setattr(driver._ledger, method, dying)


@pytest.mark.parametrize("action", [Action.REQUEUE, Action.PURGE])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", [1, 2, 3])
@pytest.mark.parametrize("method", ["claim", "take", "note"])
def test_another_driver_takes_over_wherever_one_died(
    world: World, monkeypatch: pytest.MonkeyPatch, method: str, call: int, after: bool, action: Action
) -> None:
    ids = world.jobs.dead(130, "f1") + world.jobs.dead(60, "f2")
    operation = world.start(action)
    kill_at(monkeypatch, world.driver, method, call, after=after)
    try:
        for _ in range(call):
            world.driver.drive()
    except Died:
        world.store.client.hdel(world.store.operation(operation.id), "driver_until", "driver")  # its claim ran out
    world.driver = world.new_driver()
    world.drive()
    ended = world.operations.get(operation.id)
    assert (ended.state, ended.done, ended.skipped) == (OperationState.DONE, 190, 0)
    if action == Action.REQUEUE:
        assert world.jobs.requeues(ids) == {1}
    else:
        assert world.jobs.states(ids) == {"t": 190}


def test_a_driver_that_comes_back_late_changes_nothing(world: World) -> None:
    world.jobs.dead(5)
    operation = world.start()
    ledger = world.operations.ledger
    ledger.claim(operation.id, "late", 60, world.clock())
    world.store.client.hset(world.store.operation(operation.id), "driver_until", 0)
    world.drive()
    late = {"done": 99, "skipped": 9, "finished": True, "unused": 0, "undo_until": 0.0}
    assert ledger.note(operation, "late", world.clock(), 0, **late) == "lost"
    assert ledger.take(operation.id, "late", world.clock(), 100, None) == 0
    assert world.operations.get(operation.id).done == 5


def test_many_drivers_at_once_move_every_job_once(world: World) -> None:
    ids = [job_id for name in ("f1", "f2", "f3") for job_id in world.jobs.dead(400, name)]
    requeue = world.start()
    drivers = [world.new_driver() for _ in range(4)]

    def drive(driver: Driver) -> None:
        while world.operations.ledger.get(requeue.id).open:
            driver.drive()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(drive, drivers))
    ended = world.operations.get(requeue.id)
    assert (ended.state, ended.done, ended.skipped) == (OperationState.DONE, 1_200, 0)
    assert world.jobs.requeues(ids) == {1}


def kill_after_a_step(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """Let the driver die when the source has moved jobs and the record does not know yet."""
    bulk = world.services.sources.get("main")._bulk  # type: ignore[attr-defined]
    real = bulk.step

    def dying(*args: Any, **kwargs: Any) -> Any:
        real(*args, **kwargs)
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(bulk, "step", dying)
        with pytest.raises(Died):
            world.drive()
    (operation,) = world.operations.running()
    world.store.client.hdel(world.store.operation(operation.id), "driver_until", "driver")
    world.driver = world.new_driver()


def test_a_canary_is_no_larger_when_its_driver_dies(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = world.jobs.dead(30)
    operation = world.start(pace=Pace(canary=5))
    kill_after_a_step(monkeypatch, world)
    assert world.operations.get(operation.id).done == 0
    world.drive()
    assert world.jobs.states(ids) == {"p": 5, "d": 25}
    assert world.operations.get(operation.id).done == 5


def test_an_operation_that_stops_after_its_driver_died_knows_what_was_moved(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.jobs.dead(30)
    operation = world.start(pace=Pace(rate_per_second=10, stop_after_refailed=1))
    world.drive()
    world.clock.forward(1)
    kill_after_a_step(monkeypatch, world)
    world.jobs.run("p", most=2)
    world.drive()
    stopped = world.operations.get(operation.id)
    assert (stopped.state, stopped.done) == (OperationState.STOPPED, 10)


@pytest.mark.parametrize("action", [Action.REQUEUE, Action.PURGE])
def test_what_a_dead_driver_moved_can_be_taken_back(
    world: World, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    ids = world.jobs.dead(30)
    operation = world.start(action, pace=Pace(rate_per_second=10))
    world.drive()
    world.clock.forward(1)
    kill_after_a_step(monkeypatch, world)
    world.operations.cancel(operation.id)
    world.drive()
    assert world.operations.get(operation.id).done == 10
    undo = world.operations.undo(operation.id)
    world.drive()
    assert (world.operations.get(undo.id).done, world.operations.get(undo.id).skipped) == (10, 0)
    assert world.jobs.states(ids) == {"d": 30}
