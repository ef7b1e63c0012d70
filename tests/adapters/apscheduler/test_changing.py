"""What is done to jobs, while a scheduler of the library works on the same store."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apscheduler.triggers.combining import AndTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from dashboard.adapters.apscheduler.adapter import APSchedulerAdapter
from dashboard.adapters.contract import ActionRefused, UnknownSchedule
from tests.adapters.apscheduler.conftest import Clock
from tests.adapters.apscheduler.jobs import RUNS, wait_for
from tests.contract.seeders.apscheduler import Seeder

NOTE = "tests.adapters.apscheduler.jobs:note"
BY_HAND = "redrive-run-now:"
Start = Callable[[], Any]


def add(seeder: Seeder, name: str, *, seconds: float = 3_600, **options: Any) -> str:
    seeder.writer.add_job(NOTE, "interval", seconds=seconds, id=name, args=[name], **options)
    return name


def raw(seeder: Seeder, name: str) -> bytes:
    found = seeder.client.hget("mail.jobs", name)
    assert isinstance(found, bytes)
    return found


def agree(seeder: Seeder, name: str) -> bool:
    """Whether the pickle and the list of run times say the same, without which a scheduler spins."""
    due = pickle.loads(raw(seeder, name))["next_run_time"]
    score = seeder.client.zscore("mail.run_times", name)
    return (due is None and score is None) or due.timestamp() == pytest.approx(score, abs=1e-6)


def test_a_paused_job_runs_no_more_until_it_is_resumed(
    adapter: APSchedulerAdapter, seeder: Seeder, start: Start
) -> None:
    add(seeder, "often", seconds=0.05)
    add(seeder, "tick", seconds=0.05)
    start()
    assert wait_for("often", 3)
    adapter.pause_schedule("often")
    assert agree(seeder, "often")
    adapter._actions.look_again()
    before = RUNS["often"]
    assert wait_for("tick", RUNS["tick"] + 10)
    assert RUNS["often"] <= before + 1, "one may have been handed out before"
    assert adapter.schedule("often").paused
    adapter.resume_schedule("often")
    assert wait_for("often", before + 5)


def test_a_resumed_job_goes_on_in_its_old_rhythm(adapter: APSchedulerAdapter, seeder: Seeder, clock: Clock) -> None:
    add(seeder, "hourly", start_date="2026-11-01 00:07:00", timezone="UTC")
    adapter.pause_schedule("hourly")
    clock.later = 7_200
    adapter.resume_schedule("hourly")
    at = adapter.schedule("hourly").next_at
    assert at is not None
    assert 0 <= at - clock() <= 3_600
    assert datetime.fromtimestamp(at, UTC).minute == 7
    assert agree(seeder, "hourly")


@pytest.mark.parametrize(
    "trigger",
    [
        DateTrigger(datetime(2020, 1, 1, tzinfo=UTC)),
        AndTrigger([CronTrigger(hour=1, timezone="UTC"), CronTrigger(minute=1, timezone="UTC")]),
    ],
)
def test_a_job_whose_next_run_is_not_known_is_not_resumed(
    adapter: APSchedulerAdapter, seeder: Seeder, trigger: Any
) -> None:
    seeder.writer.add_job(NOTE, trigger, id="x", args=["x"], next_run_time=None)
    before = raw(seeder, "x")
    with pytest.raises(ActionRefused, match="is over, or only its application can compute it"):
        adapter.resume_schedule("x")
    assert raw(seeder, "x") == before


@pytest.mark.parametrize("paused", [False, True])
def test_run_now_runs_it_once_and_leaves_it_as_it_was(
    adapter: APSchedulerAdapter, seeder: Seeder, start: Start, paused: bool
) -> None:
    add(seeder, "nightly", **({"next_run_time": None} if paused else {}))
    before = raw(seeder, "nightly")
    add(seeder, "tick", seconds=0.05)
    start()
    assert wait_for("tick", 2)
    made = adapter.run_now("nightly")
    assert wait_for("nightly", 1)
    assert wait_for("tick", RUNS["tick"] + 10)
    assert RUNS["nightly"] == 1
    assert raw(seeder, "nightly") == before
    assert adapter.schedule("nightly").paused is paused
    with pytest.raises(UnknownSchedule):
        adapter.schedule(made)


def test_run_now_waits_for_its_scheduler_however_late_that_comes(
    adapter: APSchedulerAdapter, seeder: Seeder, clock: Clock, start: Start
) -> None:
    add(seeder, "nightly")
    clock.later = -86_400
    made = adapter.run_now("nightly")
    waiting = adapter.schedule(made)
    assert (waiting.name, waiting.paused) == ("nightly, run by hand", False)
    clock.later = 0
    assert adapter.queues()[0].schedules_late == 0, "a scheduler that sleeps is not said to be gone"
    assert adapter.queues()[0].scheduler_heard_at is None
    with pytest.raises(ActionRefused, match="by hand before"):
        adapter.run_now("nightly")
    start()
    assert wait_for("nightly", 1)


def test_a_deleted_job_is_gone_for_its_scheduler_too(
    adapter: APSchedulerAdapter, seeder: Seeder, clock: Clock, start: Start
) -> None:
    add(seeder, "often", seconds=0.05)
    add(seeder, "tick", seconds=0.05)
    add(seeder, "seldom")
    scheduler = start()
    assert wait_for("often", 2)
    adapter.delete_schedule("seldom")
    adapter.delete_schedule("often")
    for later in range(3, 8):  # what was being written then is taken out again
        clock.later = later
        adapter.maintain()
        assert wait_for("tick", RUNS["tick"] + 2)
    before = RUNS["often"]
    assert wait_for("tick", RUNS["tick"] + 10)
    assert RUNS["often"] == before
    assert [job.id for job in scheduler.get_jobs()] == ["tick"]
    for name in ("often", "seldom"):
        with pytest.raises(UnknownSchedule):
            adapter.schedule(name)
        with pytest.raises(UnknownSchedule):
            adapter.delete_schedule(name)


def test_a_job_that_is_due_is_not_taken_away_while_a_scheduler_may_be_writing_it(
    adapter: APSchedulerAdapter, seeder: Seeder, clock: Clock
) -> None:
    add(seeder, "x", next_run_time=datetime.now(UTC))
    adapter.delete_schedule("x")
    assert seeder.client.hexists("mail.jobs", "x"), "a scheduler would stop with an error were it gone"
    assert seeder.client.zcard("mail.run_times") == 0, "it runs no more"
    adapter.maintain()
    assert seeder.client.hexists("mail.jobs", "x")
    clock.later = 3
    adapter.maintain()
    assert seeder.client.exists("mail.jobs", "mail.jobs:redrive") == 0


def write_over(seeder: Seeder, before: bytes, score: float) -> None:
    """As a scheduler does that had read the job before it was changed."""
    seeder.client.hset("mail.jobs", "x", before)
    seeder.client.zadd("mail.run_times", {"x": score})


@pytest.mark.parametrize("act", ["pause_schedule", "delete_schedule"])
def test_a_change_that_a_scheduler_wrote_over_is_made_again(
    adapter: APSchedulerAdapter, seeder: Seeder, clock: Clock, act: str
) -> None:
    add(seeder, "x", next_run_time=datetime.now(UTC))
    before, score = raw(seeder, "x"), clock()
    getattr(adapter, act)("x")
    write_over(seeder, before, score)
    adapter.maintain()
    assert adapter.schedule("x").paused is False, "a moment later only"
    for clock.later in (3, 4):
        adapter.maintain()
    if act == "pause_schedule":
        assert adapter.schedule("x").paused
        assert agree(seeder, "x")
    else:
        assert seeder.client.hlen("mail.jobs") == seeder.client.zcard("mail.run_times") == 0
    clock.later = 20
    adapter.maintain()
    write_over(seeder, before, score)
    adapter.maintain()
    assert adapter.schedule("x").paused is False, "what its application does later is left alone"
    assert seeder.client.exists("mail.jobs:redrive") == 0


def test_a_job_that_changes_between_reading_and_writing_is_read_again(
    adapter: APSchedulerAdapter, seeder: Seeder, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(seeder, "x")
    read, changes = adapter._listing.one, iter(range(3))

    def one(schedule: str) -> Any:
        found = read(schedule)
        if next(changes, None) is not None:
            seeder.writer.modify_job("x", args=["later"])
            seeder.writer.reschedule_job("x", trigger="interval", seconds=100 + RUNS["x"])
            RUNS["x"] += 1
        return found

    monkeypatch.setattr(adapter._listing, "one", one)
    adapter.pause_schedule("x")
    kept = pickle.loads(raw(seeder, "x"))
    assert (kept["next_run_time"], kept["args"]) == (None, ["later"])
    assert agree(seeder, "x")


def test_a_job_that_changes_all_the_time_is_left_to_its_scheduler(
    adapter: APSchedulerAdapter, seeder: Seeder, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(seeder, "x")
    read = adapter._listing.one

    def one(schedule: str) -> Any:
        found = read(schedule)
        RUNS["x"] += 1
        seeder.writer.reschedule_job("x", trigger="interval", seconds=100 + RUNS["x"])
        return found

    monkeypatch.setattr(adapter._listing, "one", one)
    with pytest.raises(ActionRefused, match="being changed by its scheduler"):
        adapter.pause_schedule("x")


def test_an_application_reads_what_was_changed(adapter: APSchedulerAdapter, seeder: Seeder, start: Start) -> None:
    seeder.writer.add_job(NOTE, "interval", hours=1, id="x", args=["x"], name="näme", misfire_grace_time=30)
    adapter.pause_schedule("x")
    scheduler = start()
    job = scheduler.get_job("x")
    assert (job.next_run_time, job.name, job.misfire_grace_time) == (None, "näme", 30)
    adapter.resume_schedule("x")
    job = scheduler.get_job("x")
    assert timedelta(0) < job.next_run_time - datetime.now(UTC) <= timedelta(hours=1)
