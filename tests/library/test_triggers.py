"""When schedules are due, as cron has it, and as it is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
