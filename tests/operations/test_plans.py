"""A plan freezes a selection, is redeemed once, and changes nothing by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.adapters.contract import Action, InvalidRequest, Selector, UnknownQueue, UnknownSource
from dashboard.operations.operations import PlanExpired
from dashboard.operations.plans import PLAN_SECONDS
from dashboard.operations.records import OperationState, Pace
from tests.background import World


def test_a_plan_counts_by_queue_and_type_and_changes_no_job(world: World) -> None:
    ids = world.jobs.dead(7)
    plan = world.plan()
    assert plan.matched == 7
    assert plan.by_queue == {("main", "mail"): 7}
    assert plan.by_type == {"send_email": 7}
    assert world.jobs.states(ids) == {"d": 7}


def test_a_plan_reads_back_as_it_was_made(world: World) -> None:
    world.jobs.dead(3)
    plan = world.plan()
    assert world.operations.read_plan(plan.token) == plan


def test_jobs_that_die_after_the_plan_are_left_out(world: World) -> None:
    planned = world.jobs.dead(120)
    plan = world.plan()
    later = world.jobs.dead(5)
    operation = world.operations.start(plan_token=plan.token)
    world.drive()
    assert world.operations.get(operation.id).done == 120
    assert world.jobs.states(planned) == {"p": 120}
    assert world.jobs.states(later) == {"d": 5}


def test_several_selectors_mean_their_union(world: World) -> None:
    first = world.jobs.dead(3, fingerprint="f1")
    second = world.jobs.dead(4, fingerprint="f2")
    other = world.jobs.dead(5, fingerprint="f3")
    chosen = [Selector(source="main", queue="mail", fingerprint=each) for each in ("f1", "f2")]
    plan = world.operations.plan(Action.REQUEUE, chosen)
    assert plan.matched == 7
    world.operations.start(plan_token=plan.token)
    world.drive()
    assert world.jobs.states(first + second) == {"p": 7}
    assert world.jobs.states(other) == {"d": 5}


def test_a_double_click_starts_one_operation(world: World) -> None:
    world.jobs.dead(10)
    token = world.plan().token
    with ThreadPoolExecutor(8) as pool:
        started = list(pool.map(lambda _: world.operations.start(plan_token=token).id, range(16)))
    assert len(set(started)) == 1
    assert world.operations.list().total == 1


def test_an_expired_plan_is_refused_in_words(world: World) -> None:
    world.jobs.dead(1)
    token = world.plan().token
    world.clock.forward(PLAN_SECONDS + 1)
    with pytest.raises(PlanExpired, match="make a new one"):
        world.operations.start(plan_token=token)


def test_an_unknown_token_starts_nothing(world: World) -> None:
    with pytest.raises(PlanExpired):
        world.operations.start(plan_token="never-was")
    assert world.operations.list().items == ()


def test_a_plan_that_matches_nothing_cannot_start(world: World) -> None:
    world.jobs.dead(1)
    plan = world.plan(fingerprint="unheard-of")
    assert plan.matched == 0
    with pytest.raises(InvalidRequest, match="no job matches"):
        world.operations.start(plan_token=plan.token)


def test_unknown_sources_and_queues_are_named(world: World) -> None:
    world.jobs.dead(1)
    with pytest.raises(UnknownSource, match="elsewhere"):
        world.operations.plan(Action.REQUEUE, Selector(source="elsewhere"))
    with pytest.raises(UnknownQueue, match="nowhere"):
        world.operations.plan(Action.REQUEUE, Selector(source="main", queue="nowhere"))


def test_only_bulk_actions_can_be_planned(world: World) -> None:
    with pytest.raises(InvalidRequest, match="not done in bulk"):
        world.plan(Action.EDIT)
    with pytest.raises(InvalidRequest, match="nothing is selected"):
        world.operations.plan(Action.REQUEUE, [])


@pytest.mark.parametrize(
    ("action", "pace", "named"),
    [
        (Action.REQUEUE, Pace(rate_per_second=0), "rate_per_second"),
        (Action.REQUEUE, Pace(canary=-1), "canary"),
        (Action.PURGE, Pace(canary=5), "canary"),
        (Action.PURGE, Pace(stop_after_refailed=5), "stop_after_refailed"),
    ],
)
def test_a_pace_that_is_not_possible_is_refused_and_the_plan_stays(
    world: World, action: Action, pace: Pace, named: str
) -> None:
    world.jobs.dead(1)
    plan = world.plan(action)
    with pytest.raises(InvalidRequest, match=named):
        world.operations.start(plan_token=plan.token, pace=pace)
    assert world.operations.start(plan_token=plan.token).state == OperationState.WAITING


def test_a_plan_is_for_its_own_action(world: World) -> None:
    world.jobs.dead(1)
    plan = world.plan(Action.REQUEUE)
    with pytest.raises(InvalidRequest, match="not to purge"):
        world.operations.start(plan_token=plan.token, action=Action.PURGE)


def test_a_source_that_is_down_is_left_out_of_a_plan_over_all(redis_url: str) -> None:
    down = {"name": "gone", "kind": "queue_core", "url": "redis://127.0.0.1:1/0"}
    world = World(redis_url, {"sources": [{"name": "main", "kind": "queue_core", "url": redis_url}, down]})
    world.jobs.dead(2)
    plan = world.operations.plan(Action.REQUEUE, Selector(type="send_email"))
    assert plan.matched == 2
    assert any("gone" in warning and "left out" in warning for warning in plan.warnings)
