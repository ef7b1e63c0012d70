"""When schedules are due, as cron has it, and as it is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.calendarinterval import CalendarIntervalTrigger
from hypothesis import given
from hypothesis import strategies as st

from queue_core import triggers
from queue_core.errors import InvalidJob
from queue_core.triggers import Cron, Every

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)  # a Sunday


def days(expression: str, count: int) -> list[str]:
    return [each.strftime("%d %a") for each in triggers.instants(Cron(expression), START, count)]


def test_days_of_the_month_or_of_the_week_are_due_when_both_are_narrowed() -> None:
    assert days("0 0 10 * 3", 4) == ["04 Wed", "10 Tue", "11 Wed", "18 Wed"]


def test_a_day_that_is_not_narrowed_does_not_count() -> None:
    assert days("0 0 * * 3", 3) == ["04 Wed", "11 Wed", "18 Wed"]
    assert days("0 0 10 * *", 2) == ["10 Tue", "10 Fri"]
    assert days("0 0 */10 * 3", 1) == ["11 Wed"], "a step of all days is no list of days: both must match"


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "UTC")
CHANGES = ("2026-03-08", "2026-03-29", "2026-04-05", "2026-09-06", "2026-10-04", "2026-10-25", "2026-11-01")
MINUTES, HOURS = ("0", "30", "*/20", "10,50"), ("*", "*/2", "0", "1", "2", "3", "1-2", "0,23", "0-4")


def calendar(minute: str, hour: str, zone: str, first: datetime, hours: int) -> list[datetime]:
    """Every instant within so many hours, minute by minute from the wall clock alone."""

    def meant(value: int, field: str) -> bool:
        if field.startswith("*"):
            return value % int(field[2:] or 1) == 0
        low, _, high = field.partition("-")
        return int(low) <= value <= int(high) if high else str(value) in field.split(",")

    place, found, seen = ZoneInfo(zone), set(), set()
    start = first.replace(second=0, microsecond=0)
    for each in range(-3 * 60, (hours + 3) * 60):
        instant = start + timedelta(minutes=each)
        wall = instant.astimezone(place).replace(tzinfo=None)
        walls = {wall}
        if "*" not in hour:  # times that are left out come as much later; the second of two is none
            jump = (instant.astimezone(place).utcoffset() or timedelta()) - (
                (instant - timedelta(hours=3)).astimezone(place).utcoffset() or timedelta()
            )
            left_out = (wall - jump).replace(tzinfo=place)
            if jump > timedelta() and left_out.astimezone(UTC).astimezone(place).replace(tzinfo=None) == wall:
                walls.add(wall - jump)
            walls = {each for each in walls if each not in seen}
            seen |= walls
        if any(meant(each.minute, minute) and meant(each.hour, hour) for each in walls):
            found.add(instant)
    return sorted(each for each in found if first < each <= first + timedelta(hours=hours))


@given(
    zone=st.sampled_from(ZONES),
    minute=st.sampled_from(MINUTES),
    hour=st.sampled_from(HOURS),
    near=st.sampled_from(CHANGES),
    passed=st.integers(0, 60 * 3_600),
)
def test_instants_are_those_of_the_wall_clock_also_when_clocks_change(
    zone: str, minute: str, hour: str, near: str, passed: int
) -> None:
    start = datetime.fromisoformat(f"{near}T00:00:00+00:00") - timedelta(hours=30) + timedelta(seconds=passed)
    expected = calendar(minute, hour, zone, start, 30)
    found = triggers.instants(Cron(f"{minute} {hour} * * *", zone), start, len(expected) + 1)
    assert [each.astimezone(UTC) for each in found[:-1]] == expected


def test_a_time_just_after_midnight_is_due_on_the_day_after_clocks_went_forward() -> None:
    start = datetime(2026, 3, 7, 12, tzinfo=UTC)
    found = triggers.instants(Cron("15 0 * * *", "America/New_York"), start, 3)
    assert [f"{each:%d %H:%M}" for each in found] == ["08 00:15", "09 00:15", "10 00:15"]


@pytest.mark.parametrize("asked", ["00:59:58", "00:59:59.5", "01:00:00", "01:29:59"])
def test_a_time_that_a_night_leaves_out_comes_an_hour_later_whenever_it_is_looked_for(asked: str) -> None:
    found = Cron("30 2 * * *", "Europe/Berlin").after(datetime.fromisoformat(f"2026-03-29T{asked}+00:00"))
    assert found is not None
    assert found.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_expression_that_never_comes_has_no_instant() -> None:
    assert Cron("0 0 30 2 *").after(START) is None


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "", "../etc/passwd", "Europe", "/etc/passwd", "a\x00b"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(InvalidJob, match="time zone"):
        Cron("0 2 * * *", zone)


@given(seconds=st.integers(1, 100_000), passed=st.integers(0, 10**8))
def test_an_interval_is_the_same_whoever_computes_it_and_when(seconds: int, passed: int) -> None:
    start = triggers.EPOCH + timedelta(seconds=passed)
    found = Every(seconds).after(start)
    assert found is not None
    assert start < found <= start + timedelta(seconds=seconds)
    assert (found - triggers.EPOCH).total_seconds() % seconds == 0


@pytest.mark.parametrize("trigger", [Cron("0 2 * * 1-5", "Europe/Berlin"), Every(90), Every(1.5)])
def test_a_trigger_is_read_back_as_it_was_stored(trigger: triggers.Trigger) -> None:
    assert triggers.parse(triggers.read(triggers.text(trigger))) == trigger


def test_a_foreign_trigger_is_stored_as_text_and_computed_by_its_application_alone() -> None:
    foreign = triggers.of(CalendarIntervalTrigger(days=2, start_date="2026-03-01", timezone="UTC"))
    assert foreign.after(START) == datetime(2026, 3, 3, tzinfo=UTC)
    assert "days=2" in foreign.described()["other"]
    assert triggers.parse(foreign.described()) is None


@pytest.mark.parametrize(
    "stored", ["", "{", "[]", "7", "null", '{"cron": 7}', '{"cron": "nonsense"}', '{"every": 0}', '{"every": 1e300}',
               '{"every": NaN}', '{"cron": "0 2 * * *", "zone": 5}', "[" * 10_000],
)  # fmt: skip
def test_a_stored_text_that_is_damaged_is_no_trigger(stored: str) -> None:
    assert triggers.parse(triggers.read(stored)) is None
