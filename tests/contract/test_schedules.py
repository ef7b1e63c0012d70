"""What every adapter that has schedules must show of them, and do to them."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.adapters.contract import (
    ActionRefused,
    Adapter,
    Capability,
    InvalidRequest,
    Schedule,
    State,
    UnknownQueue,
    UnknownSchedule,
)

pytestmark = pytest.mark.needs(Capability.SCHEDULES)


def every_page(adapter: Adapter, limit: int, queue: str = "") -> list[Schedule]:
    found: list[Schedule] = []
    cursor = ""
    while True:
        page = adapter.schedules(queue, cursor=cursor, limit=limit)
        assert len(page.items) <= limit
        assert len(page.cursors) == len(page.items)
        found += page.items
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


def test_a_schedule_is_shown_with_what_it_runs_and_when(adapter: Adapter, seeder: Any) -> None:
    schedule_id = seeder.schedule("mail", "nightly", cron="0 2 * * 1-5", zone="Europe/Berlin", priority=3, timeout=9)
    (found,) = adapter.schedules().items
    assert (found.id, found.name, found.queue, found.type) == (schedule_id, "nightly", "mail", "report")
    assert (found.timing.expression, found.timing.zone) == ("0 2 * * 1-5", "Europe/Berlin")
    assert (found.paused, found.count, found.missed, found.last_at) == (False, 0, 0, None)
    assert found.next_at is not None
    assert found.next_at > seeder.now()
    whole = adapter.schedule(schedule_id)
    assert (whole.priority, whole.timeout, whole.payload.data) == (3, 9.0, {"to": "ann"})
    assert len(whole.upcoming) == 5
    assert whole.upcoming[0] == whole.next_at
    assert list(whole.upcoming) == sorted(whole.upcoming)


def test_an_interval_is_shown_in_seconds(adapter: Adapter, seeder: Any) -> None:
    timing = adapter.schedule(seeder.schedule("mail", every=90)).timing
    assert (timing.seconds, timing.expression) == (90.0, "")


def test_secrets_in_arguments_are_hidden(adapter: Adapter, seeder: Any) -> None:
    whole = adapter.schedule(seeder.schedule("mail", data={"to": "ann", "password": "hunter2"}))
    assert whole.payload.redacted == 1
    assert "hunter2" not in repr(whole)


def test_runs_are_shown_with_how_they_ended(adapter: Adapter, seeder: Any) -> None:
    schedule_id = seeder.schedule("mail", ago=120)
    assert seeder.fire() == 1
    (run,) = adapter.schedule(schedule_id).runs or ()
    assert (run.state, run.by_hand, run.ended_at) == (State.PENDING, False, None)
    seeder.succeeded("mail", 0)
    (run,) = adapter.schedules().items[0].runs or ()
    assert run.state == State.SUCCEEDED
    assert adapter.job("mail", run.job_id).schedule == schedule_id
    shown = adapter.schedule(schedule_id)
    assert (shown.count, shown.missed, run.instant) == (1, 1, shown.last_instant)
    assert shown.lateness is not None


@pytest.mark.needs(Capability.SCHEDULE_PAUSE)
def test_paused_schedules_come_first_then_late_ones_and_those_that_ended_last(adapter: Adapter, seeder: Any) -> None:
    from apscheduler.triggers.date import DateTrigger  # noqa: PLC0415 - a schedule that has ended

    seeder.schedule("mail", "ended", trigger=DateTrigger("2020-01-01", "UTC"))
    seeder.schedule("bills", "later", every=7_200)
    seeder.schedule("mail", "sooner", every=5)
    seeder.schedule("bills", "late", ago=600)
    adapter.pause_schedule(seeder.schedule("mail", "paused", every=9_000))
    for limit in (1, 2, 50):
        assert [each.name for each in every_page(adapter, limit)] == ["paused", "late", "sooner", "later", "ended"]
    assert (every_page(adapter, 50)[1].overdue(seeder.now()) or 0) > 60
    assert [each.name for each in every_page(adapter, 1, "mail")] == ["paused", "sooner", "ended"]
    assert adapter.schedules().total == 5
    with pytest.raises(UnknownQueue):
        adapter.schedules("nothing")
    with pytest.raises(InvalidRequest):
        adapter.schedules(cursor="nonsense")


def test_pages_of_many_schedules_neither_repeat_nor_skip(adapter: Adapter, seeder: Any) -> None:
    made = {seeder.schedule(queue, f"s-{number}", every=3_600 + number % 3) for queue in ("mail", "bills")
            for number in range(30)}  # fmt: skip
    for limit in (7, 50, 200):
        found = [each.id for each in every_page(adapter, limit)]
        assert len(found) == len(set(found))
        assert set(found) == made


@pytest.mark.needs(Capability.SCHEDULE_PAUSE)
def test_a_queue_counts_its_schedules_and_the_late_ones(adapter: Adapter, seeder: Any) -> None:
    seeder.pending("mail", 1)
    assert (adapter.queue("mail").schedules, adapter.queue("mail").schedules_late) == (0, 0)
    seeder.schedule("mail", "late", ago=600)
    adapter.pause_schedule(seeder.schedule("mail", "paused", ago=600))
    seeder.schedule("mail", "fine")
    queue = adapter.queue("mail")
    assert (queue.schedules, queue.schedules_late) == (3, 1)
    assert queue.next_schedule_at == adapter.schedules().items[1].next_at
    assert queue.scheduler_heard_at == pytest.approx(seeder.now(), abs=30)


@pytest.mark.needs(Capability.SCHEDULE_PAUSE)
def test_a_paused_schedule_has_no_next_instant_until_it_is_resumed(adapter: Adapter, seeder: Any) -> None:
    schedule_id = seeder.schedule("mail", ago=600)
    adapter.pause_schedule(schedule_id)
    found = adapter.schedule(schedule_id)
    assert (found.paused, found.next_at, found.overdue(seeder.now())) == (True, None, None)
    assert found.paused_at in (None, pytest.approx(seeder.now(), abs=30))
    seeder.schedule("mail", ago=0)
    assert adapter.schedule(schedule_id).paused, "an application that starts anew does not resume it"
    with pytest.raises(ActionRefused, match="paused already"):
        adapter.pause_schedule(schedule_id)
    assert seeder.fire() == 0
    adapter.resume_schedule(schedule_id)
    found = adapter.schedule(schedule_id)
    assert found.paused is False
    assert (found.next_at or 0) > seeder.now() - 1
    with pytest.raises(ActionRefused, match="not paused"):
        adapter.resume_schedule(schedule_id)


@pytest.mark.needs(Capability.SCHEDULE_RUN, Capability.REQUEUE)
def test_run_now_enqueues_one_job_and_moves_no_instant(adapter: Adapter, seeder: Any) -> None:
    schedule_id = seeder.schedule("mail", data={"to": "bob"})
    before = adapter.schedule(schedule_id).next_at
    job_id = adapter.run_now(schedule_id)
    job = adapter.job("mail", job_id)
    assert (job.state, job.type, job.payload.data, job.schedule) == (
        State.PENDING, "report", {"to": "bob"}, schedule_id,
    )  # fmt: skip
    assert [change.kind for change in job.changes] == ["run"]
    after = adapter.schedule(schedule_id)
    assert (after.next_at, after.runs and after.runs[0].by_hand) == (before, True)


@pytest.mark.needs(Capability.SCHEDULE_RUN)
def test_run_now_is_refused_while_a_run_that_must_not_overlap_has_not_ended(adapter: Adapter, seeder: Any) -> None:
    schedule_id = seeder.schedule("mail", overlap="skip")
    first = adapter.run_now(schedule_id)
    with pytest.raises(ActionRefused, match=first):
        adapter.run_now(schedule_id)
    assert adapter.queue("mail").pending == 1


@pytest.mark.needs(Capability.SCHEDULE_DELETE)
def test_a_schedule_is_deleted_when_no_application_has_it_any_more(adapter: Adapter, seeder: Any) -> None:
    schedule_id = seeder.schedule("mail")
    if adapter.schedule(schedule_id).seen_at is None:
        pytest.skip("this kind does not tell which applications have a schedule")
    with pytest.raises(ActionRefused, match="still registers"):
        adapter.delete_schedule(schedule_id)
    assert not adapter.schedule(schedule_id).unregistered()
    seeder.forsake("mail")
    assert adapter.schedule(schedule_id).unregistered()
    adapter.delete_schedule(schedule_id)
    assert adapter.schedules().items == ()
    with pytest.raises(UnknownSchedule):
        adapter.schedule(schedule_id)


def test_without_any_scheduler_nothing_is_said_to_be_unregistered(adapter: Adapter, seeder: Any) -> None:
    schedule_id = seeder.schedule("mail")
    seeder.forsake("mail", alone=False)
    assert not adapter.schedule(schedule_id).unregistered()


@pytest.mark.parametrize(
    "schedule_id", ["mail:nothing", "nothing:nightly", "nonsense", "", ":", "mail:no name", "a/b:c"]
)
def test_an_unknown_schedule_is_refused(adapter: Adapter, seeder: Any, schedule_id: str) -> None:
    seeder.pending("mail", 1)
    for act in (
        adapter.schedule, adapter.pause_schedule, adapter.resume_schedule, adapter.run_now, adapter.delete_schedule,
    ):  # fmt: skip
        with pytest.raises((UnknownSchedule, UnknownQueue)):
            act(schedule_id)
