"""An operation says what was selected, why, what is left, and what its undo brought back."""

from __future__ import annotations

import pytest

from dashboard import operation_words
from dashboard.adapters.contract import Action, InvalidRequest, Selector
from dashboard.durations import about
from dashboard.operations.records import OperationState, Pace
from tests.background import World


def test_a_group_is_named_by_its_error_and_stays_so_when_it_is_empty(world: World) -> None:
    world.jobs.dead(3, message="smtplib.SMTPServerDisconnected: closed")
    selector = Selector(source="main", queue="mail", fingerprint="f1")
    operation = world.operations.start(action=Action.REQUEUE, selector=selector)
    world.drive()
    world.jobs.run("s")
    assert world.operations.get(operation.id).words == "SMTPServerDisconnected in mail"
    assert operation_words.selection_words(world.operations.list().items[0]) == "SMTPServerDisconnected in mail"


def test_a_filter_is_named_as_it_is_typed(world: World) -> None:
    world.jobs.dead(3)
    assert world.plan().words == "source:main queue:mail"
    assert world.plan(error="ValueError").words.endswith("error:ValueError")


def test_many_selectors_are_named_in_short(world: World) -> None:
    for number in range(8):
        world.jobs.dead(1, f"f{number}", f"shop.Error{number}: no")
    chosen = [Selector(source="main", queue="mail", fingerprint=f"f{number}") for number in range(8)]
    words = world.operations.plan(Action.REQUEUE, chosen).words
    assert words.startswith("Error0 in mail; Error1 in mail")
    assert words.endswith("and 3 more")


def test_an_undone_requeue_says_how_many_were_too_late(world: World) -> None:
    world.jobs.dead(20)
    requeue = world.start()
    world.drive()
    world.jobs.run("s", most=8)
    undo = world.operations.undo(requeue.id)
    assert operation_words.undone_words(undo) == "0 of 20 reversed so far"
    world.drive()
    ended = world.operations.get(undo.id)
    assert operation_words.undone_words(ended) == "12 of 20 reversed, 8 already ran"
    assert operation_words.progress_words(ended) == "12 of 20 reversed, 8 already ran"
    assert ended.words == world.operations.get(requeue.id).words


def test_a_whole_undo_has_nothing_too_late(world: World) -> None:
    world.jobs.dead(4)
    purge = world.start(Action.PURGE)
    world.drive()
    undo = world.operations.undo(purge.id)
    world.drive()
    assert operation_words.undone_words(world.operations.get(undo.id)) == "4 of 4 reversed"


def test_more_jobs_than_the_limit_need_a_reason(redis_url: str) -> None:
    world = World(redis_url, {"sources": [{"name": "main", "url": redis_url}], "limits": {"reason_from": 4}})
    world.jobs.dead(5)
    plan = world.plan()
    assert world.operations.reason_missing(plan, "  ")
    for reason in ("", "   "):
        with pytest.raises(InvalidRequest, match="reason: say why, since 5 jobs are more than 4"):
            world.operations.start(plan_token=plan.token, reason=reason)
    assert world.operations.list().items == ()
    assert world.operations.start(plan_token=plan.token, reason="the gateway is back").matched == 5
    world.drive()
    world.operations.undo(world.operations.list().items[0].id)  # taking back needs none


def test_as_many_as_the_limit_need_none(redis_url: str) -> None:
    world = World(redis_url, {"sources": [{"name": "main", "url": redis_url}], "limits": {"reason_from": 4}})
    world.jobs.dead(4)
    assert world.operations.start(plan_token=world.plan().token).matched == 4


def test_only_a_requeue_slows_down(world: World) -> None:
    world.jobs.dead(1)
    with pytest.raises(InvalidRequest, match="slow_down is for requeue"):
        world.start(Action.PURGE, pace=Pace(slow_down=True))


def test_progress_tells_rate_time_left_and_what_failed_again(world: World) -> None:
    world.jobs.dead(100)
    operation = world.start(pace=Pace(rate_per_second=5))
    for _ in range(6):
        world.drive()
        world.clock.forward(1)
    world.jobs.run("p", most=2)
    words = operation_words.progress_words(world.operations.get(operation.id))
    assert words == "25 of 100 · 5/s · about 15 s left · 2 failed again"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 5 s"), (43, "about 45 s"), (58, "about 1 min"), (300, "about 5 min"), (5_000, "about 83 min"),
     (10_000, "about 3 h"), (5_000_000, "about 1,389 h")],
)  # fmt: skip
def test_an_estimate_is_no_more_exact_than_it_is(seconds: float, words: str) -> None:
    assert about(seconds) == words


def test_later_arrivals_are_said_when_there_are_some() -> None:
    assert operation_words.arrived_words(14) == "14 more failed since; not part of this"
    assert operation_words.arrived_words(0) == operation_words.arrived_words(None) == ""


def test_undoing_a_cancelled_undo_says_where_it_stood(world: World) -> None:
    world.jobs.dead(20)
    world.start()
    world.drive()
    undo = world.operations.undo(world.operations.list().items[0].id)
    cancelled = world.operations.cancel(undo.id)
    assert cancelled.state == OperationState.CANCELLED
    assert operation_words.undone_words(cancelled) == "0 of 20 reversed, then cancelled"
