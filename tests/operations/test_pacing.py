"""The pace holds over the whole operation, whoever drives: rate, canary, stop."""

from __future__ import annotations

import pytest

from dashboard.adapters.contract import Action, Selector
from dashboard.operations.records import OperationState, Pace
from tests.background import World


def test_the_rate_holds_over_parts_and_drivers(world: World) -> None:
    world.jobs.dead(100, "f1")
    world.jobs.dead(100, "f2")
    operation = world.start(pace=Pace(rate_per_second=10))
    drivers = [world.new_driver() for _ in range(3)]
    done = []
    for _ in range(5):
        for driver in drivers:
            driver.drive()
        done.append(world.operations.get(operation.id).done)
        world.clock.forward(2)
    assert done == [0, 10, 20, 30, 40]


def test_a_rate_below_one_a_second_is_kept(world: World) -> None:
    world.jobs.dead(10)
    operation = world.start(pace=Pace(rate_per_second=0.5))
    world.drive()
    for _ in range(6):
        world.clock.forward(1)
        world.drive()
    assert world.operations.get(operation.id).done == 3


def test_time_spent_paused_is_not_made_up_for(world: World) -> None:
    world.jobs.dead(100)
    operation = world.start(pace=Pace(rate_per_second=5))
    world.drive()
    world.operations.pause(operation.id)
    world.clock.forward(600)
    world.operations.resume(operation.id)
    world.drive()
    assert world.operations.get(operation.id).done == 0
    world.clock.forward(1)
    world.drive()
    assert world.operations.get(operation.id).done == 5


def test_a_long_operation_does_not_keep_a_short_one_waiting(world: World) -> None:
    world.jobs.dead(3_000, "f1")
    world.jobs.dead(10, "f2")
    long = world.operations.start(
        action=Action.REQUEUE, selector=Selector("main", "mail", fingerprint="f1"), reason="x"
    )
    short = world.operations.start(action=Action.REQUEUE, selector=Selector("main", "mail", fingerprint="f2"))
    world.driver.drive()
    assert 0 < world.operations.get(long.id).done < 3_000
    assert world.operations.get(short.id).state == OperationState.DONE


def test_the_present_rate_is_shown(world: World) -> None:
    world.jobs.dead(100)
    operation = world.start(pace=Pace(rate_per_second=8))
    for _ in range(6):
        world.drive()
        world.clock.forward(1)
    assert world.operations.get(operation.id).rate == 8.0


def test_the_rest_waits_for_the_canary_and_follows_when_it_ended_well(world: World) -> None:
    ids = world.jobs.dead(300)
    operation = world.start(pace=Pace(canary=20))
    world.drive()
    assert world.jobs.states(ids) == {"d": 280, "p": 20}
    assert world.operations.get(operation.id).state == OperationState.CANARY
    world.jobs.run("s", most=19)
    world.drive()
    assert world.operations.get(operation.id).done == 20
    world.jobs.run("s", most=1)
    world.drive()
    ended = world.operations.get(operation.id)
    assert (ended.state, ended.done) == (OperationState.DONE, 300)


def test_a_canary_over_several_parts_is_one_canary(world: World) -> None:
    for name in ("f1", "f2", "f3"):
        world.jobs.dead(10, name)
    operation = world.start(pace=Pace(canary=15))
    for driver in (world.driver, world.new_driver(), world.new_driver()):
        driver.drive()
        driver.drive()
    assert world.operations.get(operation.id).done == 15


def test_one_canary_that_fails_again_stops_the_operation(world: World) -> None:
    ids = world.jobs.dead(100)
    operation = world.start(pace=Pace(canary=10))
    world.drive()
    world.jobs.run("s", most=9)
    world.jobs.run("p", most=1)
    world.drive()
    stopped = world.operations.get(operation.id)
    assert (stopped.state, stopped.done) == (OperationState.STOPPED, 10)
    assert "failed again" in stopped.problem
    assert world.jobs.states(ids) == {"s": 9, "d": 91}


def test_canaries_that_someone_takes_back_or_purges_hold_nothing_up(world: World) -> None:
    ids = world.jobs.dead(30)
    operation = world.start(pace=Pace(canary=4))
    world.drive()
    tried = [job_id for job_id in ids if world.jobs.states([job_id]) == {"p": 1}]
    adapter = world.services.sources.get("main")
    adapter.act(Action.UNDO, "mail", tried[0])
    adapter.act(Action.PURGE, "mail", tried[1])
    assert world.jobs.run("s") == 2
    world.drive()
    ended = world.operations.get(operation.id)
    assert (ended.state, ended.done) == (OperationState.DONE, 30)
    assert (ended.outcome.taken_back, ended.outcome.cancelled, ended.outcome.succeeded) == (1, 1, 2)


@pytest.mark.parametrize(("errors", "state"), [("abc", OperationState.RUNNING), ("bbb", OperationState.STOPPED)])
def test_jobs_that_fail_again_in_different_ways_do_not_add_up(world: World, errors: str, state: OperationState) -> None:
    world.jobs.dead(100)
    operation = world.start(pace=Pace(rate_per_second=3, stop_after_refailed=3))
    world.drive()
    world.clock.forward(1)
    world.drive()
    for error in errors:
        world.jobs.run("p", 1, error * 16)
    world.clock.forward(1)
    world.drive()
    assert world.operations.get(operation.id).state == state


def test_an_operation_stops_when_enough_failed_again_and_can_be_resumed(world: World) -> None:
    world.jobs.dead(100)
    operation = world.start(pace=Pace(rate_per_second=10, stop_after_refailed=3))
    world.drive()
    world.clock.forward(1)
    world.drive()
    world.jobs.run("p")
    world.clock.forward(1)
    world.drive()
    stopped = world.operations.get(operation.id)
    assert (stopped.state, stopped.done) == (OperationState.STOPPED, 10)
    assert world.operations.resume(operation.id).state == OperationState.RUNNING
    world.clock.forward(1)
    world.drive()
    assert world.operations.get(operation.id).done == 20
