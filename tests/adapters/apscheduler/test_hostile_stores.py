"""Whatever lies in a job store is shown safely, in order, and within a few commands."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from dashboard.adapters.apscheduler import create
from dashboard.adapters.apscheduler.adapter import APSchedulerAdapter
from dashboard.adapters.contract import (
    ActionRefused,
    AdapterError,
    InvalidRequest,
    Schedule,
    Selector,
    UnknownJob,
    UnknownQueue,
    UnknownSchedule,
)
from tests.adapters.apscheduler.conftest import OWN, Clock
from tests.contract.seeders.apscheduler import Seeder
from tests.safe_pickle.classes import shell
from tests.sent_commands import record_commands


def every_page(adapter: APSchedulerAdapter, limit: int) -> list[Schedule]:
    found: list[Schedule] = []
    cursor = ""
    while True:
        page = adapter.schedules(cursor=cursor, limit=limit)
        assert len(page.cursors) == len(page.items) <= limit
        found += page.items
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"nonsense", "damaged"),
        (b"\x80\x05N.", "no job"),
        (pickle.dumps({"id": "x"}), "no job"),
        (pickle.dumps(shell("echo caught")), "no job"),
        (pickle.dumps({"trigger": "x" * 300_000}), "too large"),
    ],
)
def test_what_is_no_job_is_listed_with_the_reason_and_can_only_be_deleted(
    adapter: APSchedulerAdapter, seeder: Seeder, raw: bytes, why: str
) -> None:
    seeder.client.hset("mail.jobs", "x", raw)
    (found,) = adapter.schedules().items
    assert (found.id, found.name, found.timing.text) == ("x", "x", "not readable")
    whole = adapter.schedule("x")
    assert why in whole.payload.undecodable
    assert whole.payload.size == len(raw)
    for act in (adapter.resume_schedule, adapter.run_now):
        with pytest.raises(ActionRefused, match="cannot be"):
            act("x")
    assert seeder.client.hget("mail.jobs", "x") == raw
    adapter.delete_schedule("x")
    assert seeder.client.hlen("mail.jobs") == 0


def test_nothing_is_unpickled(adapter: APSchedulerAdapter, seeder: Seeder, monkeypatch: pytest.MonkeyPatch) -> None:
    seeder.schedule(cron="0 2 * * *")

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("unpickled")

    monkeypatch.setattr(pickle, "loads", refuse)
    adapter.schedules()
    adapter.schedule("nightly")
    adapter.pause_schedule("nightly")
    adapter.resume_schedule("nightly")
    adapter.run_now("nightly")
    adapter.delete_schedule("nightly")


@pytest.mark.parametrize(
    "trigger",
    [
        None, 7, "text", [[]], {"a": 1}, shell("echo caught"),
    ],
)  # fmt: skip
def test_a_trigger_of_another_kind_is_shown_as_far_as_it_is_known(
    adapter: APSchedulerAdapter, seeder: Seeder, trigger: Any
) -> None:
    state = {"version": 1, "id": "x", "trigger": trigger, "args": None, "kwargs": [], "name": 7, "func": b"f",
             "misfire_grace_time": "x", "coalesce": [], "max_instances": 2**80, "executor": None}  # fmt: skip
    seeder.client.hset("mail.jobs", "x", pickle.dumps(state))
    assert adapter.schedules().items[0].name == "x"
    assert adapter.schedule("x").upcoming == ()


@pytest.mark.parametrize("name", ["a/b", "<b>x</b>", "ä ö", "%41", "a%2Fb", "new\nline", "..", "q:x?y#z", "💥"])
def test_a_job_of_any_id_is_addressed_by_one_that_has_no_slash(
    adapter: APSchedulerAdapter, seeder: Seeder, name: str
) -> None:
    seeder.schedule(name=name)
    (found,) = adapter.schedules().items
    assert "/" not in found.id
    assert found.id.isascii()
    assert adapter.schedule(found.id).name == name
    adapter.pause_schedule(found.id)
    adapter.delete_schedule(found.id)
    assert adapter.schedules().items == ()


def test_bytes_that_are_no_text_are_an_id_too(adapter: APSchedulerAdapter, seeder: Seeder) -> None:
    seeder.client.hset("mail.jobs", b"\xff\x00", b"x")
    (found,) = adapter.schedules().items
    assert (found.id, found.name) == ("%FF%00", "\\xff\x00")
    adapter.delete_schedule(found.id)


@pytest.mark.parametrize("known", ["%2f", "a%zz", "ä", "%", "", "nothing", "a/b"])
def test_an_address_of_no_job_says_so(adapter: APSchedulerAdapter, seeder: Seeder, known: str) -> None:
    seeder.schedule(name="a/b")
    with pytest.raises(UnknownSchedule):
        adapter.schedule(known)


def test_pages_neither_repeat_nor_skip_and_paused_ones_come_first(
    adapter: APSchedulerAdapter, seeder: Seeder, clock: Clock
) -> None:
    seeder.schedule(name="paused-b")
    seeder.schedule(name="paused-a")
    for number in range(25):
        seeder.schedule(name=f"s-{number:02}")
        seeder.client.zadd("mail.run_times", {f"s-{number:02}": 2_000_000_000 + number // 10})
    adapter.pause_schedule("paused-a")
    adapter.pause_schedule("paused-b")
    expected = ["paused-a", "paused-b", *(f"s-{number:02}" for number in range(25))]
    for limit in (1, 2, 3, 7, 50):
        assert [each.name for each in every_page(adapter, limit)] == expected
    assert adapter.schedules().total == 27


@pytest.mark.parametrize("score", [float("inf"), float("-inf"), -1.0, 1e300])
def test_impossible_times_do_no_harm(adapter: APSchedulerAdapter, seeder: Seeder, score: float) -> None:
    seeder.schedule(name="odd")
    seeder.schedule(name="even")
    seeder.client.zadd("mail.run_times", {"odd": score})
    assert {each.name for each in every_page(adapter, 1)} == {"odd", "even"}
    assert adapter.schedule("odd").next_at is None
    adapter.queues()


def test_a_run_time_without_its_job_is_left_out(adapter: APSchedulerAdapter, seeder: Seeder) -> None:
    seeder.schedule()
    seeder.client.zadd("mail.run_times", {"ghost": 1.0})
    assert [each.name for each in every_page(adapter, 1)] == ["nightly"]


@pytest.mark.parametrize("cursor", ["bnVsbA", "WzEsMl0", "WyJwIiwieCIsICJ5Il0", "WyJuIiwibmFuIiwieCJd", "!!"])
def test_a_cursor_of_somebody_else_is_refused(adapter: APSchedulerAdapter, cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        adapter.schedules(cursor=cursor)


def test_keys_of_another_kind_are_an_error_that_says_so(adapter: APSchedulerAdapter, seeder: Seeder) -> None:
    seeder.client.set("mail.jobs", "text")
    with pytest.raises(AdapterError, match="aps"):
        adapter.queues()


def test_schedules_that_are_overdue_say_that_no_scheduler_runs(
    adapter: APSchedulerAdapter, seeder: Seeder, clock: Clock
) -> None:
    seeder.schedule(name="late")
    seeder.schedule(name="fine", every=7_200)
    (queue,) = adapter.queues()
    assert (queue.name, queue.schedules, queue.schedules_late, queue.scheduler_heard_at) == ("mail", 2, 0, None)
    clock.later = 600
    (queue,) = adapter.queues()
    assert (queue.schedules_late, queue.has_jobs, queue.pending) == (1, False, None)
    assert queue.scheduler_heard_at == queue.next_schedule_at == adapter.schedule("late").next_at
    assert (adapter.schedule("late").overdue(clock()) or 0) > 500
    assert adapter.schedule("fine").heard_at == queue.scheduler_heard_at


def test_there_are_no_jobs_and_nothing_can_be_done_to_them(adapter: APSchedulerAdapter) -> None:
    assert adapter.jobs(Selector()).items == adapter.groups(Selector(queue="mail")).items == ()
    assert adapter.workers() == []
    with pytest.raises(UnknownJob, match="keeps no jobs"):
        adapter.job("mail", "x")
    with pytest.raises(UnknownQueue):
        adapter.jobs(Selector(queue="other"))
    for refused in (lambda: adapter.pause("mail"), lambda: adapter.edit("mail", "x", {})):
        with pytest.raises(ActionRefused, match="keeps no jobs"):
            refused()


def test_the_usual_keys_are_taken_when_none_are_named(seeder: Seeder, redis_url: str) -> None:
    seeder.schedule()
    seeder.client.rename("mail.jobs", "apscheduler.jobs")
    seeder.client.rename("mail.run_times", "apscheduler.run_times")
    usual = create("aps", redis_url, {})
    assert [each.name for each in usual.schedules().items] == ["nightly"]
    assert usual.queues()[0].name == "apscheduler"
    assert create("aps", redis_url, {"options": {"jobs_key": "x.jobs"}}).queues()[0].name == "x"


def test_a_page_takes_few_commands(
    seeder: Seeder, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    for number in range(60):
        seeder.schedule(name=f"s-{number}")
    adapter = create("aps", redis_url, {"options": OWN})
    adapter.pause_schedule("s-1")
    adapter.schedules()
    sent = record_commands(monkeypatch)
    for read in (adapter.queues, adapter.schedules, lambda: adapter.schedule("s-2"), adapter.workers):
        sent.clear()
        read()
        assert 1 <= len(sent) <= 10, sent
        assert not {"KEYS", "HGETALL", "SMEMBERS"} & {name.upper() for name in sent}
