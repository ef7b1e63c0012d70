"""What fails after a plan is left out and counted, as far as it can be counted cheaply."""

from __future__ import annotations

from dashboard.adapters.contract import Action, Selector
from dashboard.operations.records import Pace
from tests.background import World


def test_a_plan_counts_what_failed_after_it(world: World) -> None:
    world.jobs.dead(5)
    plan = world.plan()
    assert world.operations.arrived_since(plan) == 0
    world.jobs.dead(3)
    world.jobs.dead(2, "f2")
    other = World(world.url)  # a count is shared for five seconds
    assert other.operations.arrived_since(plan) == 5
    assert other.operations.start(plan_token=plan.token).matched == 5


def test_an_operation_counts_later_arrivals_but_not_its_own_jobs_that_failed_again(world: World) -> None:
    world.jobs.dead(6)
    operation = world.start()
    world.drive()
    world.jobs.run("p", most=2, fingerprint="f1")
    world.jobs.run("p", most=1, fingerprint="f9")
    world.jobs.run("s")
    world.jobs.dead(4)
    found = world.operations.get(operation.id)
    assert (found.outcome.refailed_same, found.outcome.refailed_new) == (2, 1)
    assert world.operations.arrived_since(found) == 4


def test_a_group_counts_its_own_arrivals_alone(world: World) -> None:
    world.jobs.dead(6)
    operation = world.operations.start(action=Action.PURGE, selector=Selector("main", "mail", fingerprint="f1"))
    world.drive()
    world.jobs.dead(2)
    world.jobs.dead(5, "f2")
    assert world.operations.arrived_since(world.operations.get(operation.id)) == 2


def test_what_cannot_be_counted_cheaply_is_not_known(world: World) -> None:
    ids = world.jobs.dead(3)
    chosen = world.plan(ids=tuple(ids))
    searched = world.plan(q="ValueError")
    assert world.operations.arrived_since(chosen) is None
    assert world.operations.arrived_since(searched) is None
    world.start(pace=Pace())
    world.drive()
    assert world.operations.arrived_since(world.operations.undo(world.operations.list().items[0].id)) is None


def test_an_operation_that_ended_long_ago_is_not_asked_for(world: World) -> None:
    world.jobs.dead(3)
    operation = world.start()
    world.drive()
    world.clock.forward(86_401)
    assert world.operations.arrived_since(world.operations.get(operation.id)) is None
