"""Operations run to their end, can be paused, cancelled and taken back, and say exactly what they did."""

from __future__ import annotations

import pytest

from dashboard.adapters.contract import Action, ActionRefused, InvalidRequest, Outcome, Selector
from dashboard.operations.operations import UnknownOperation
from dashboard.operations.records import OperationState, Pace
from tests.background import World

DAY = 86_400.0


def test_a_requeue_moves_every_job_once(world: World) -> None:
    ids = world.jobs.dead(130, "f1") + world.jobs.dead(270, "f2")
    operation = world.start(reason="mail server is back", actor="ann")
    world.drive()
    ended = world.operations.get(operation.id)
    assert (ended.state, ended.done, ended.skipped, ended.matched) == (OperationState.DONE, 400, 0, 400)
    assert (ended.reason, ended.actor, ended.finished_at) == ("mail server is back", "ann", world.clock())
    assert world.jobs.requeues(ids) == {1}
    assert world.operations.running() == ()


def test_outcomes_are_counted_back(world: World) -> None:
    world.jobs.dead(10)
    operation = world.start()
    world.drive()
    world.jobs.run("s", most=4)
    world.jobs.run("p", most=3, fingerprint="f1")
    world.jobs.run("p", most=1, fingerprint="f9")
    assert world.operations.get(operation.id).outcome == Outcome(
        succeeded=4, refailed_same=3, refailed_new=1, pending=2, new_errors=(("f9", 1),)
    )


def test_a_list_hears_of_outcomes_after_the_end(world: World) -> None:
    world.jobs.dead(3)
    world.start()
    world.drive()
    world.jobs.run("s")
    world.driver.follow()
    assert world.operations.list().items[0].outcome == Outcome(succeeded=3)


def test_jobs_someone_else_moved_first_are_skipped(world: World) -> None:
    ids = world.jobs.dead(5)
    plan = world.operations.plan(Action.REQUEUE, Selector(source="main", queue="mail", ids=tuple(ids)))
    world.jobs.engine.control_job("requeue", ids[0])
    operation = world.operations.start(plan_token=plan.token)
    world.drive()
    ended = world.operations.get(operation.id)
    assert (ended.done, ended.skipped) == (4, 1)
    assert world.jobs.requeues(ids) == {1}


def test_a_purge_can_be_undone(world: World) -> None:
    ids = world.jobs.dead(150)
    purge = world.start(Action.PURGE)
    world.drive()
    assert world.jobs.states(ids) == {"t": 150}
    restore = world.operations.undo(purge.id, actor="ben")
    world.drive()
    assert world.jobs.states(ids) == {"d": 150}
    ended = world.operations.get(restore.id)
    assert (ended.action, ended.of, ended.done, ended.skipped) == (Action.RESTORE, purge.id, 150, 0)
    original = world.operations.get(purge.id)
    assert (original.state, original.undone_by) == (OperationState.UNDONE, restore.id)


def test_undoing_a_requeue_says_what_was_too_late(world: World) -> None:
    ids = world.jobs.dead(20)
    requeue = world.start()
    world.drive()
    world.jobs.run("s", most=8)
    undo = world.operations.undo(requeue.id)
    world.drive()
    ended = world.operations.get(undo.id)
    assert (ended.action, ended.done, ended.skipped, ended.matched) == (Action.UNDO, 12, 8, 20)
    assert world.jobs.states(ids) == {"d": 12, "s": 8}
    outcome = world.operations.get(requeue.id).outcome
    assert (outcome.succeeded, outcome.pending, outcome.processing) == (8, 0, 0)


def test_an_operation_is_undone_only_once(world: World) -> None:
    world.jobs.dead(2)
    purge = world.start(Action.PURGE)
    world.drive()
    restore = world.operations.undo(purge.id)
    with pytest.raises(ActionRefused, match=restore.id):
        world.operations.undo(purge.id)
    world.drive()
    with pytest.raises(ActionRefused, match="only requeue and purge"):
        world.operations.undo(restore.id)


def test_what_is_being_taken_back_cannot_go_on(world: World) -> None:
    world.jobs.dead(30)
    requeue = world.start(pace=Pace(canary=5))
    world.drive()
    world.jobs.run("p", most=1)
    world.drive()
    assert world.operations.get(requeue.id).state == OperationState.STOPPED
    world.operations.undo(requeue.id)
    with pytest.raises(ActionRefused, match="cannot be resumed"):
        world.operations.resume(requeue.id)
    world.drive()
    assert world.operations.get(requeue.id).state == OperationState.UNDONE


def test_an_operation_whose_last_step_is_in_hand_cannot_be_undone_yet(world: World) -> None:
    world.jobs.dead(30)
    purge = world.start(Action.PURGE, pace=Pace(rate_per_second=10))
    world.drive()
    world.clock.forward(1)
    world.drive()
    world.operations.ledger.claim(purge.id, "a driver", 60, world.clock())
    world.operations.cancel(purge.id)
    with pytest.raises(ActionRefused, match="try again in a moment"):
        world.operations.undo(purge.id)
    assert world.operations.get(purge.id).undone_by == ""


def test_an_operation_under_way_cannot_be_undone(world: World) -> None:
    world.jobs.dead(2)
    purge = world.start(Action.PURGE)
    with pytest.raises(ActionRefused, match="cancel it first"):
        world.operations.undo(purge.id)


def test_a_requeue_is_undone_for_what_waits_however_long_ago_it_was(world: World) -> None:
    ids = world.jobs.dead(10)
    requeue = world.start()
    world.drive()
    world.jobs.run("s", most=3)
    world.clock.forward(20 * DAY)
    world.jobs.client.zincrby(world.jobs.keys.requeues, -20 * DAY * 1_000, f"{requeue.id}-0")
    world.jobs.engine.tick()
    assert world.operations.get(requeue.id).outcome == Outcome(succeeded=3, pending=7)
    world.operations.undo(requeue.id)
    world.drive()
    assert world.jobs.states(ids) == {"s": 3, "d": 7}
    assert world.operations.get(requeue.id).outcome == Outcome(succeeded=3, taken_back=7)


@pytest.mark.parametrize("minutes", [60, 5, 240])
def test_purged_jobs_are_kept_as_long_as_the_setting_says(redis_url: str, minutes: int) -> None:
    world = World(redis_url, {"retention": {"trash_minutes": minutes}})
    in_bulk, by_hand = world.jobs.dead(1, "f1"), world.jobs.dead(1, "f2")
    world.services.sources.get("main").act(Action.PURGE, "mail", by_hand[0])
    purge = world.start(Action.PURGE)
    world.drive()
    assert world.operations.get(purge.id).undo_until == world.clock() + 60 * minutes

    def kept_after(passed: float) -> dict[str, int]:
        for trash in ("one", f"{purge.id}-0"):
            for job_id in in_bulk + by_hand:
                if world.jobs.client.zscore(world.jobs.keys.trash(trash), job_id):
                    world.jobs.client.zincrby(world.jobs.keys.trash(trash), -passed * 60e6, job_id)
                    world.jobs.client.zincrby(world.jobs.keys.trashes, -passed * 60e3, trash)
        for _ in range(2):
            world.jobs.engine.tick()
        return world.jobs.states(in_bulk + by_hand)

    assert kept_after(minutes - 1) == {"t": 2}
    assert kept_after(2) == {"gone": 2}


def test_undo_ends_with_its_time(world: World) -> None:
    world.jobs.dead(2)
    purge = world.start(Action.PURGE)
    world.drive()
    ended = world.operations.get(purge.id)
    assert ended.undoable(world.clock())
    world.clock.forward(3_600)
    assert not ended.undoable(world.clock())
    with pytest.raises(ActionRefused, match="no longer"):
        world.operations.undo(purge.id)


def test_a_paused_operation_stands_still_until_resumed(world: World) -> None:
    ids = world.jobs.dead(300)
    operation = world.start()
    assert world.operations.pause(operation.id).state == OperationState.PAUSED
    assert world.operations.pause(operation.id).state == OperationState.PAUSED
    assert world.drive() == 0
    assert world.jobs.states(ids) == {"d": 300}
    assert world.operations.running()[0].id == operation.id
    world.operations.resume(operation.id)
    world.drive()
    assert world.operations.get(operation.id).state == OperationState.DONE


def test_a_cancelled_operation_leaves_the_rest_untouched(world: World) -> None:
    ids = world.jobs.dead(250)
    operation = world.start(pace=Pace(rate_per_second=100))
    world.drive()
    world.clock.forward(1)
    world.drive()
    cancelled = world.operations.cancel(operation.id)
    assert (cancelled.state, cancelled.done, cancelled.finished_at) == (OperationState.CANCELLED, 100, world.clock())
    world.clock.forward(5)
    assert world.drive() == 0
    assert world.jobs.states(ids) == {"p": 100, "d": 150}
    assert world.operations.ledger.open_ids(0, 10) == []


def test_a_cancelled_purge_can_be_undone(world: World) -> None:
    ids = world.jobs.dead(60)
    operation = world.start(Action.PURGE, pace=Pace(rate_per_second=20))
    world.drive()
    world.clock.forward(1)
    world.drive()
    world.operations.cancel(operation.id)
    world.operations.undo(operation.id)
    world.drive()
    assert world.jobs.states(ids) == {"d": 60}


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel"])
def test_what_has_ended_cannot_be_changed(world: World, verb: str) -> None:
    world.jobs.dead(1)
    operation = world.start()
    world.drive()
    with pytest.raises(ActionRefused, match="is done"):
        getattr(world.operations, verb)(operation.id)
    assert world.operations.get(operation.id).state == OperationState.DONE


def test_unknown_operations_and_cursors_are_named(world: World) -> None:
    for call in (world.operations.get, world.operations.pause, world.operations.undo):
        with pytest.raises(UnknownOperation, match="NOPE"):
            call("NOPE")
    with pytest.raises(InvalidRequest, match="cursor"):
        world.operations.list(cursor="NOPE")


def test_the_list_pages_without_repeating_although_new_ones_come(world: World) -> None:
    world.jobs.dead(1)
    first = [world.start().id for _ in range(5)]
    page = world.operations.list(limit=2)
    world.start()
    seen = [each.id for each in page.items]
    while page.next_cursor:
        page = world.operations.list(cursor=page.next_cursor, limit=2)
        seen += [each.id for each in page.items]
    assert sorted(seen) == sorted(first)


def test_operations_are_counted_by_action_and_state(world: World) -> None:
    world.jobs.dead(3)
    world.operations.pause(world.start().id)
    world.start(Action.PURGE)
    world.drive()
    assert world.operations.counts() == {("requeue", "paused"): 1, ("purge", "done"): 1}


def test_old_operations_are_forgotten_and_open_ones_kept(world: World) -> None:
    world.jobs.dead(2)
    done = world.start()
    world.drive()
    world.jobs.run("p")
    paused = world.start()
    world.operations.pause(paused.id)
    world.clock.forward(31 * DAY)
    fresh = world.start()
    assert world.driver.clean() == 1
    with pytest.raises(UnknownOperation):
        world.operations.get(done.id)
    assert {each.id for each in world.operations.list().items} == {paused.id, fresh.id}
