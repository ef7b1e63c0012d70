"""What a job of APScheduler is shown as, and that its instants are those that the library computes."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from apscheduler.triggers.calendarinterval import CalendarIntervalTrigger
from apscheduler.triggers.combining import AndTrigger, OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from hypothesis import given
from hypothesis import strategies as st

from dashboard.adapters.apscheduler import instants, triggers
from dashboard.adapters.apscheduler.adapter import APSchedulerAdapter
from dashboard.safe_pickle import decode
from dashboard.schedule_words import timing_words
from tests.contract.seeders.apscheduler import Seeder, report

NOW = datetime(2026, 11, 24, 12, 0, 5, 500_000, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")


def decoded(trigger: Any, protocol: int = 5) -> Any:
    return decode(pickle.dumps(trigger, protocol))


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        (CronTrigger.from_crontab("0 2 * * *", "UTC"), "Every day at 02:00 UTC"),
        (CronTrigger.from_crontab("0 9 * * 0-4", "Europe/Berlin"), "Monday to Friday at 09:00 (Europe/Berlin)"),
        (CronTrigger(day_of_week="sun", hour=4, timezone="UTC"), "Every Sunday at 04:00 UTC"),
        (CronTrigger(day_of_week="0", hour=4, minute=30, timezone="UTC"), "Every Monday at 04:30 UTC"),
        (CronTrigger.from_crontab("30 6 1 * *", "UTC"), "On day 1 of every month at 06:30 UTC"),
        (CronTrigger.from_crontab("*/5 * * * *", "UTC"), "Every 5 minutes"),
        (CronTrigger(day="last", hour="*/6", minute="5,35", timezone="UTC"),
         "cron[day='last', hour='*/6', minute='5,35']"),
        (CronTrigger(day="2nd fri", month="jan-mar", timezone="UTC"), "cron[month='jan-mar', day='2nd fri']"),
        (CronTrigger(day="1", day_of_week="fri", timezone="UTC"), "cron[day='1', day_of_week='fri']"),
        (CronTrigger(second="*/10", timezone="UTC"), "cron[second='*/10']"),
        (IntervalTrigger(minutes=2, timezone="UTC"), "Every 2 minutes"),
        (DateTrigger(datetime(2026, 12, 24, 18, tzinfo=UTC)), "Once, 24 Dec 18:00 UTC"),
        (CalendarIntervalTrigger(months=1, hour=4, timezone="Europe/Paris"), "calendarinterval[months=1, 04:00:00]"),
        (OrTrigger([IntervalTrigger(hours=1, timezone="UTC"), CronTrigger(hour=3, timezone="UTC")]),
         "or[interval[1:00:00], cron[hour='3']]"),
        (AndTrigger([CronTrigger(day="1", timezone="UTC"), CronTrigger(hour="0", timezone="UTC")]),
         "and[cron[day='1'], cron[hour='0']]"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("protocol", [2, 5])
def test_a_trigger_is_told_in_words_or_as_the_library_writes_it(trigger: Any, words: str, protocol: int) -> None:
    found = timing_words(triggers.timing(decoded(trigger, protocol)))
    assert found.startswith(words)


def after(trigger: Any, now: datetime, count: int) -> list[datetime]:
    """The library's own instants."""
    found: list[datetime] = []
    at = trigger.get_next_fire_time(None, now)
    while at is not None and len(found) < count:
        found.append(at)
        at = trigger.get_next_fire_time(at, at)
    return found


def computed(trigger: Any, now: datetime, count: int) -> list[datetime]:
    made = instants.computable(decoded(trigger), now)
    assert made is not None
    found: list[datetime] = []
    at: datetime | None = now - timedelta(microseconds=1)
    while at is not None and len(found) < count:
        at = made.after(at)
        found += [at] if at is not None else []
    return found


@given(
    fields=st.fixed_dictionaries({}, optional={
        "month": st.sampled_from(["*", "1,6", "jan-mar", "*/4", "11-12"]),
        "day": st.sampled_from(["*", "1", "last", "2nd fri", "*/10", "last sun", "15-20", "1,last"]),
        "day_of_week": st.sampled_from(["*", "mon-fri", "sat,sun", "0", "2-4"]),
        "week": st.sampled_from(["*", "1-50", "*/2"]),
        "hour": st.sampled_from(["*", "3", "*/6", "8-18/2"]),
        "minute": st.sampled_from(["*", "0", "5,35", "10/20"]),
        "second": st.sampled_from(["*", "0", "*/20"]),
    }),
    zone=st.sampled_from(ZONES), days=st.integers(0, 400),
)  # fmt: skip
def test_cron_is_written_and_computed_as_by_the_library(fields: dict[str, str], zone: str, days: int) -> None:
    trigger = CronTrigger(**(fields or {"hour": "1"}), timezone=zone)
    now = NOW + timedelta(days=days)
    assert triggers.timing(decoded(trigger)).text == str(trigger)
    assert computed(trigger, now, 1) == after(trigger, now, 1)


@pytest.mark.parametrize(
    "trigger",
    [
        IntervalTrigger(minutes=7, start_date=datetime(2026, 11, 1, tzinfo=UTC)),
        IntervalTrigger(hours=5, start_date="2026-12-01 03:00:00", timezone="Europe/Berlin"),
        IntervalTrigger(days=1, start_date="2026-11-01", end_date="2026-11-26", timezone="UTC"),
        CronTrigger(hour="*/3", start_date="2027-01-01", timezone="Asia/Kolkata"),
        CronTrigger(minute="*/15", timezone=timezone(timedelta(hours=2))),
        CalendarIntervalTrigger(months=1, hour=4, start_date="2026-10-15", timezone="Europe/Paris"),
        CalendarIntervalTrigger(weeks=2, days=1, hour=4, minute=5, second=6, start_date="2026-11-02", timezone="UTC"),
        DateTrigger(datetime(2026, 12, 24, 18, tzinfo=UTC)),
    ],
)
def test_the_next_instants_are_those_of_the_library(trigger: Any) -> None:
    known = [each for each in after(trigger, NOW, 60) if each >= NOW]  # a calendar interval starts at its first date
    assert computed(trigger, NOW, 3) == known[:3]


def test_one_of_several_triggers_is_enough() -> None:
    trigger = OrTrigger([CronTrigger(hour=13, timezone="UTC"), CronTrigger(hour=15, timezone="UTC")])
    assert [each.hour for each in computed(trigger, NOW, 3)] == [13, 15, 13]


@pytest.mark.parametrize(
    "trigger",
    [
        CronTrigger(month=6, week=1, timezone="UTC"),
        CronTrigger(month=2, day=31, timezone="UTC"),
        DateTrigger(datetime(2020, 1, 1, tzinfo=UTC)),
        IntervalTrigger(hours=1, start_date="2020-01-01", end_date="2020-01-02", timezone="UTC"),
    ],
)
def test_what_is_never_due_again_has_no_next_instant(trigger: Any) -> None:
    assert computed(trigger, NOW, 1) == []


def test_what_only_the_application_can_compute_is_not_guessed() -> None:
    assert instants.computable(decoded(AndTrigger([IntervalTrigger(hours=1, timezone="UTC")])), NOW) is None
    assert instants.computable(decoded(Decimal(1)), NOW) is None
    endless = CalendarIntervalTrigger(years=8_000, start_date="2026-02-28", timezone="UTC")
    assert instants.computable(decoded(endless), NOW) is None


def facts(adapter: APSchedulerAdapter, seeder: Seeder, **options: Any) -> dict[str, str]:
    seeder.writer.add_job("tests.adapters.apscheduler.jobs:note", "interval", hours=1, id="x", args=["x"], **options)
    return dict(adapter.schedule("x").facts)


def test_how_late_and_how_often_at_once_it_may_run_is_told(adapter: APSchedulerAdapter, seeder: Seeder) -> None:
    found = facts(adapter, seeder, misfire_grace_time=30, max_instances=3, executor="default", jitter=120)
    assert list(found.values()) == ["30 s", "2 min", "3", "default"]
    assert (adapter.schedule("x").overlap, adapter.schedule("x").catch_up) == ("allow", "one")


def test_arguments_of_many_types_are_shown_with_secrets_hidden(adapter: APSchedulerAdapter, seeder: Seeder) -> None:
    seeder.writer.add_job(
        report, "interval", hours=1, id="x", name="Send it",
        args=[1, b"\xff", (2, [3]), Decimal("9.99")], kwargs={"password": "hunter2", "when": NOW},
    )  # fmt: skip
    found = adapter.schedule("x")
    assert (found.name, found.type) == ("Send it", "tests.contract.seeders.apscheduler:report")
    assert found.payload.data == {
        "args": [1, "b'\\xff'", [2, [3]], "9.99"],
        "kwargs": {"password": "[redacted]", "when": "2026-11-24 12:00:05.500000+00:00"},
    }
    assert (found.payload.redacted, found.payload.truncated) == (1, False)
    assert "hunter2" not in repr(found)


def test_upcoming_runs_begin_with_the_one_that_is_stored(adapter: APSchedulerAdapter, seeder: Seeder) -> None:
    found = adapter.schedule(seeder.schedule(cron="0 2 * * *"))
    assert found.upcoming[0] == found.next_at
    gaps: Sequence[float] = [b - a for a, b in zip(found.upcoming, found.upcoming[1:], strict=False)]
    assert gaps == [86_400.0] * 4
