"""Bulk actions move each job of the product once, whatever dies where, and learn what became of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dashboard.adapters.contract import Action, InvalidRequest, Outcome, Part, Selector, State
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from dashboard.adapters.sources import Sources
from dashboard.operations.checking import cautions
from dashboard.operations.facts import Facts
from dashboard.settings import LimitSettings
from tests.adapters.mirrored.shelf import Shelf


def fill(shelf: Shelf, adapter: MirroredAdapter, count: int, now: float) -> list[str]:
    ids = [f"job-{number:03}" for number in range(count)]
    for number, job_id in enumerate(ids):
        shelf.add_failed("mail", job_id, at=now - 1_000 + number)
    while adapter.maintain():
        pass
    return ids


def run(adapter: MirroredAdapter, action: Action, parts: Sequence[Part], name: str = "op") -> tuple[int, int]:
    for number, part in enumerate(parts):
        adapter.begin(f"{name}-{number}", action, part)
        while not adapter.step(f"{name}-{number}", action, part, 50).finished:
            pass
    totals = [adapter.progress(f"{name}-{number}", part) for number, part in enumerate(parts)]
    assert all(total.finished for total in totals)
    return sum(total.done for total in totals), sum(total.skipped for total in totals)


def outcome(adapter: MirroredAdapter, parts: Sequence[Part], name: str = "op") -> Outcome:
    return adapter.outcome([(f"{name}-{number}", part) for number, part in enumerate(parts)])


def test_all_failures_are_requeued_once(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    ids = fill(shelf, adapter, 150, now)
    selection = adapter.select(Action.REQUEUE, Selector())
    assert selection.matched == 150
    assert selection.parts[0].queue == "mail"
    assert run(adapter, Action.REQUEUE, selection.parts) == (150, 0)
    assert sorted(shelf.waiting("mail")) == ids
    assert shelf.failed("mail") == []


def test_later_failures_are_left_out(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    fill(shelf, adapter, 3, now)
    parts = adapter.select(Action.REQUEUE, Selector()).parts
    shelf.add_failed("mail", "later", at=now - 999.5)
    adapter.maintain()
    assert run(adapter, Action.REQUEUE, parts) == (3, 0)
    assert shelf.failed("mail") == ["later"]


@pytest.mark.parametrize("action", [Action.REQUEUE, Action.PURGE])
def test_a_driver_that_dies_between_two_jobs_is_taken_over_without_moving_one_twice(
    shelf: Shelf, adapter: MirroredAdapter, now: float, redis_url: str, action: Action
) -> None:
    ids = fill(shelf, adapter, 10, now)
    (part,) = adapter.select(action, Selector()).parts
    adapter.begin("op-0", action, part)
    shelf.dies = action.value
    with pytest.raises(KeyboardInterrupt):
        adapter.step("op-0", action, part, 10)
    shelf.run("mail", fails_at=now)
    other = MirroredAdapter(Shelf(redis_url), redis_url, {})
    assert run(other, action, [part]) == (10, 0)
    shelf.run("mail")
    runs = shelf.runs()
    assert all(runs.get(each, 0) == (1 if action == Action.REQUEUE else 0) for each in ids)


def test_the_outcome_counts_what_became_of_the_jobs(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    fill(shelf, adapter, 6, now)
    parts = adapter.select(Action.REQUEUE, Selector()).parts
    run(adapter, Action.REQUEUE, parts)
    assert outcome(adapter, parts).pending == 6
    waiting = shelf.client.lrange("shelf:mail", 0, -1)
    shelf.client.ltrim("shelf:mail", 0, 1)
    shelf.run("mail")
    for raw in waiting[2:4]:
        shelf.client.rpush("shelf:mail", raw)
    shelf.run("mail", fails_at=now)
    shelf.client.rpush("shelf:mail", waiting[4])
    shelf.run("mail", fails_at=now, error="KeyError: 'total'")
    shelf.client.rpush("shelf:mail", waiting[5])
    adapter.maintain()
    seen = outcome(adapter, parts)
    assert (seen.succeeded, seen.refailed_same, seen.refailed_new, seen.pending) == (2, 2, 1, 1)
    assert len(seen.new_errors) == 1
    assert adapter.queue("mail").failed == 3


def test_undo_takes_back_what_has_not_started(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    fill(shelf, adapter, 5, now)
    parts = adapter.select(Action.REQUEUE, Selector()).parts
    run(adapter, Action.REQUEUE, parts)
    first = shelf.client.lpop("shelf:mail")
    back = adapter.reverse("op-0", Action.REQUEUE, parts[0])
    assert back is not None
    done, skipped = run(adapter, Action.UNDO, [back], "undo")
    assert (done, skipped) == (4, 1)
    assert len(shelf.failed("mail")) == 4
    shelf.client.rpush("shelf:mail", first or b"")
    shelf.run("mail")
    adapter.maintain()
    seen = outcome(adapter, parts)
    assert (seen.taken_back, seen.succeeded) == (4, 1)


def test_a_purge_is_undone_by_a_restore_that_puts_every_job_back(
    shelf: Shelf, adapter: MirroredAdapter, now: float
) -> None:
    fill(shelf, adapter, 70, now)
    before = shelf.client.hgetall("shelf:mail:failed")
    parts = adapter.select(Action.PURGE, Selector()).parts
    assert run(adapter, Action.PURGE, parts) == (70, 0)
    assert shelf.client.hgetall("shelf:mail:failed") == {}
    back = adapter.reverse("op-0", Action.PURGE, parts[0])
    assert back is not None
    assert run(adapter, Action.RESTORE, [back], "back") == (70, 0)
    assert shelf.client.hgetall("shelf:mail:failed") == before
    assert len(adapter.jobs(Selector(), limit=100).items) == 70


def test_jobs_that_somebody_else_moved_are_skipped_and_forgotten(
    shelf: Shelf, adapter: MirroredAdapter, now: float
) -> None:
    fill(shelf, adapter, 4, now)
    parts = adapter.select(Action.REQUEUE, Selector()).parts
    shelf.client.hdel("shelf:mail:failed", "job-001", "job-002")
    assert run(adapter, Action.REQUEUE, parts) == (2, 2)
    assert adapter.jobs(Selector()).items == ()


def test_jobs_that_cannot_be_put_back_stay_failed_and_are_skipped(
    shelf: Shelf, adapter: MirroredAdapter, now: float
) -> None:
    shelf.add_failed("mail", "able", at=now)
    shelf.add_failed("mail", "unable", at=now, requeueable="set result_extended")
    adapter.maintain()
    parts = adapter.select(Action.REQUEUE, Selector()).parts
    assert run(adapter, Action.REQUEUE, parts) == (1, 1)
    assert shelf.failed("mail") == ["unable"]
    assert [job.id for job in adapter.jobs(Selector()).items] == ["unable"]


@pytest.mark.parametrize("chosen", [(), ("b1", "a2", "a1", "c0")])
def test_a_plan_counts_what_cannot_be_put_back_and_the_operation_skips_as_many(
    shelf: Shelf, adapter: MirroredAdapter, now: float, chosen: tuple[str, ...]
) -> None:
    for number in range(6):
        shelf.add_failed("mail", f"a{number}", at=now - 60)
    for number in range(3):
        shelf.add_failed("mail", f"b{number}", at=now - 60, requeueable="set result_extended")
        shelf.add_failed("mail", f"c{number}", at=now - 60, requeueable="too large")
    while adapter.maintain():
        pass
    selection = adapter.select(Action.REQUEUE, Selector(queue="mail", ids=chosen))
    assert selection.matched == (4 if chosen else 12)
    unable = adapter.unable(selection.parts)
    assert unable == dict.fromkeys(["set result_extended", "too large"], 1 if chosen else 3)
    facts = Facts(Sources([adapter]), Action.REQUEUE, selection, LimitSettings())
    assert sorted(each.text for each in cautions(facts) if each.kind == "cannot_put_back") == [
        f"{1 if chosen else 3} of {selection.matched} jobs cannot be put back: {reason}." for reason in sorted(unable)
    ]
    assert run(adapter, Action.REQUEUE, selection.parts) == (
        selection.matched - sum(unable.values()),
        sum(unable.values()),
    )


def test_groups_hold_either_what_can_be_put_back_or_what_cannot_and_say_why(
    shelf: Shelf, adapter: MirroredAdapter, now: float
) -> None:
    shelf.add_failed("mail", "able", at=now)
    shelf.add_failed("mail", "unable", at=now, requeueable="set result_extended")
    adapter.maintain()
    groups = adapter.groups(Selector()).items
    assert sorted((group.can(Action.REQUEUE), group.count, group.error_type, group.reason) for group in groups) == [
        (False, 1, "ValueError", ""), (True, 1, "ValueError", ""),
    ]  # fmt: skip
    assert [job.error and job.error.reason for job in adapter.jobs(Selector()).items] == ["", ""]


def test_chosen_jobs_are_requeued_and_no_others(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    fill(shelf, adapter, 5, now)
    shelf.add_failed("mail", "a job with spaces", at=now)
    adapter.maintain()
    parts = adapter.select(Action.REQUEUE, Selector(queue="mail", ids=("job-001", "a job with spaces"))).parts
    assert run(adapter, Action.REQUEUE, parts) == (2, 0)
    assert sorted(shelf.waiting("mail")) == ["a job with spaces", "job-001"]


def test_only_failures_are_chosen_for_an_operation(adapter: MirroredAdapter) -> None:
    with pytest.raises(InvalidRequest, match="only failed"):
        adapter.select(Action.PURGE, Selector(source="main", state=State.PENDING))
    chosen = adapter.select(Action.PURGE, Selector(state=State.PENDING))
    assert chosen.matched == 0
    assert "left out" in chosen.warnings[0]


def test_arguments_of_waiting_jobs_are_searched_in_sources_that_can(shelf: Shelf, adapter: MirroredAdapter) -> None:
    shelf.client.sadd("shelf:queues", "mail")
    by_argument = Selector(state=State.PENDING, args=(("to", "ann"),))
    assert adapter.jobs(by_argument).complete is False
    with pytest.raises(InvalidRequest, match="among failed jobs only"):
        adapter.jobs(by_argument.narrowed(source="main"))


def test_jobs_of_a_restore_that_broke_off_are_not_forgotten_as_gone(
    shelf: Shelf, adapter: MirroredAdapter, now: float, redis_url: str
) -> None:
    ids = fill(shelf, adapter, 6, now)
    (part,) = adapter.select(Action.PURGE, Selector()).parts
    run(adapter, Action.PURGE, [part])
    back = adapter.reverse("op-0", Action.PURGE, part)
    assert back is not None
    adapter.begin("back-0", Action.RESTORE, back)
    shelf.dies = "restore"
    with pytest.raises(KeyboardInterrupt):
        adapter.step("back-0", Action.RESTORE, back, 10)
    other = MirroredAdapter(Shelf(redis_url), redis_url, {})
    other.maintain()
    assert run(other, Action.RESTORE, [back], "back") == (6, 0)
    assert shelf.failed("mail") == ids
