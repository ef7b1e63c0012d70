"""Maintenance windows: when they are open, which alerts they mean, and how they are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.adapters.contract import ActionRefused, InvalidRequest
from dashboard.alerts.matchers import parse_all
from dashboard.alerts.records import Alert, AlertState, Origin
from dashboard.alerts.windows import UnknownWindow, Window, match
from dashboard.audit.actor import act_as
from dashboard.settings import Settings, SettingsError
from tests.background import World

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago")
HOUR = 3_600.0


def window(cron: str, hours: float = 2, zone: str = "UTC", name: str = "nightly") -> Window:
    return Window(name, parse_all(["queue=mail"]), cron, hours * HOUR, zone, origin=Origin.PAGE)


def alert(queue: str = "mail") -> Alert:
    return Alert("wait", "page", "failed", AlertState.FIRING, "main", queue, 1.0, 0.0, 0.0, "a1", 0.0)


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@given(
    zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    clock=st.times(),
    minutes=st.integers(1, 26 * 60),
    now=st.integers(1_767_225_600, 1_830_297_600),
)
def test_it_is_open_for_its_time_after_the_wall_clock_says_so_and_never_else(
    zone: str, weekday: int, clock: time, minutes: int, now: int
) -> None:
    cron = f"{clock.minute} {clock.hour} * * {(weekday + 1) % 7}"
    moment = datetime.fromtimestamp(now, UTC)
    starts = [begin for begin in begins(moment.date(), weekday, clock, zone) if begin <= moment]
    open_ones = [begin for begin in starts if moment < begin + timedelta(minutes=minutes)]
    expected = open_ones[0].timestamp() if open_ones else None
    assert window(cron, minutes / 60, zone).open_since(moment.timestamp()) == expected


def begins(around: date, weekday: int, clock: time, zone: str) -> list[datetime]:
    """Every begin near a day, from the calendar alone; a time that a night leaves out is the one it would have been."""
    days = [around + timedelta(days=off) for off in range(-9, 2)]
    plain = clock.replace(second=0, microsecond=0, fold=0)
    return [datetime.combine(day, plain, ZoneInfo(zone)).astimezone(UTC) for day in days if day.weekday() == weekday]


def test_in_the_night_when_clocks_go_back_it_opens_once() -> None:
    nightly = window("30 2 * * *", 0.25, "Europe/Berlin")
    assert nightly.open_since(at("2026-10-25T02:35:00+02:00")) is not None
    assert nightly.open_since(at("2026-10-25T02:35:00+01:00")) is None


@pytest.mark.parametrize("cron", ["30 2 * * *", "0,30 2 * * *", "*/10 1,2 * * *", "30 0-4 * * *", "15 2-3 * * sun"])
def test_in_the_night_when_clocks_go_back_the_hour_that_comes_twice_opens_nothing_again(cron: str) -> None:
    night = at("2026-10-25T00:00:00+02:00")
    begins = [begin for begin, _ in window(cron, 0.05, "Europe/Berlin").coming(night, 30)]
    walls = [datetime.fromtimestamp(each, ZoneInfo("Europe/Berlin")) for each in begins]
    assert [each for each in walls if each.fold] == []
    plain = [each.replace(tzinfo=None) for each in walls]
    assert plain == sorted(set(plain))


def test_each_hour_opens_in_the_hour_that_comes_twice_too() -> None:
    night = at("2026-10-25T01:30:00+02:00")
    begins = [begin for begin, _ in window("0 * * * *", 0.25, "Europe/Berlin").coming(night, 3)]
    assert [begin - night for begin in begins] == [0.5 * HOUR, 1.5 * HOUR, 2.5 * HOUR]


@given(
    zone=st.sampled_from(ZONES),
    cron=st.sampled_from(["0 2 * * *", "30 1,2 * * *", "*/20 * * * *", "0 3 1 * *", "15 2 * * 0", "0 2 13 * 5"]),
    minutes=st.integers(1, 180),
    now=st.integers(1_767_225_600, 1_830_297_600),
)
def test_what_is_said_to_come_next_is_when_it_is_open(zone: str, cron: str, minutes: int, now: int) -> None:
    recurring = window(cron, minutes / 60, zone)
    times = recurring.coming(now, 3)
    assert len(times) == 3
    for begin, end in times:
        assert begin > now
        assert recurring.open_since(begin) is not None
        assert recurring.open_since(end - 1) is not None
        assert end - begin == minutes * 60
    before = recurring.open_since(times[0][0] - 1)
    assert before is None or before < times[0][0]


def test_a_window_over_midnight_is_one() -> None:
    late = window("0 23 * * 6", 3)
    assert late.open_since(at("2026-11-29T01:30:00+00:00")) == at("2026-11-28T23:00:00+00:00")
    assert late.open_since(at("2026-11-29T02:00:00+00:00")) is None
    assert late.next_at(at("2026-11-29T01:30:00+00:00")) == at("2026-12-05T23:00:00+00:00")


def test_an_open_window_means_what_its_conditions_say() -> None:
    assert match([window("0 2 * * *")], alert()) == "window:nightly"
    assert match([window("0 2 * * *")], alert("billing")) == ""


@pytest.mark.parametrize(
    ("cron", "zone", "lasts"),
    [("0 25 * * *", "UTC", 3600), ("0 2 * *", "UTC", 3600), ("0 2 * * *", "Nowhere", 3600), ("0 2 * * *", "UTC", 5)],
)
def test_an_impossible_window_is_refused(world: World, cron: str, zone: str, lasts: float) -> None:
    with pytest.raises(InvalidRequest):
        world.services.windows.made("w", ["queue=mail"], cron, lasts, zone=zone)


def test_windows_of_the_file_and_of_pages_are_listed_together(redis_url: str) -> None:
    given = {"name": "backup", "match": ["queue=mail"], "cron": "0 2 * * *", "for": "2h", "zone": "Europe/Berlin"}
    windows = World(redis_url, {"alerts": {"windows": [given]}}).services.windows
    windows.add(windows.made("deploy", ["rule~*"], "0 9 * * 1", 1800, comment="Monday's release"))
    assert [(each.name, each.origin) for each in windows.listed()] == [
        ("backup", Origin.FILE),
        ("deploy", Origin.PAGE),
    ]
    with pytest.raises(InvalidRequest, match="already"):
        windows.add(windows.made("backup", ["rule~*"], "0 9 * * 1", 1800))
    windows.delete("deploy", windows.one("deploy").revision)
    with pytest.raises(UnknownWindow):
        windows.delete("backup", windows.listed()[0].revision)
    assert [each.name for each in windows.listed()] == ["backup"]


def test_one_that_never_opens_is_refused(world: World) -> None:
    with pytest.raises(InvalidRequest, match="never opens"):
        world.services.windows.made("w", ["queue=mail"], "0 0 30 2 *", 3_600)


def test_a_name_that_is_taken_is_said_to_be_also_when_what_has_it_cannot_be_read(world: World) -> None:
    windows = world.services.windows
    made = windows.made("nightly", ["queue=mail"], "0 2 * * *", 3_600)
    windows.add(made)
    with pytest.raises(InvalidRequest, match="already"):
        windows.add(made)
    world.store.client.hset(world.store.windows, "nightly", "{")
    with pytest.raises(InvalidRequest, match="already"):
        windows.add(made)


def test_a_window_is_changed_by_the_first_of_two_who_saw_the_same(world: World) -> None:
    windows = world.services.windows
    act_as("ann")
    windows.add(windows.made("deploy", ["rule~*"], "0 9 * * 1", 1800))
    seen = windows.one("deploy").revision
    act_as("bob")
    windows.change("deploy", windows.made("other", ["queue=mail"], "0 10 * * 1", 3600), seen)
    changed = windows.one("deploy")
    assert (changed.cron, changed.seconds, changed.author) == ("0 10 * * 1", 3600, "ann")
    act_as("eve")
    with pytest.raises(ActionRefused, match="changed meanwhile"):
        windows.change("deploy", windows.made("deploy", ["rule~*"], "0 11 * * 1", 60), seen)
    with pytest.raises(ActionRefused, match="changed meanwhile"):
        windows.delete("deploy", seen)
    assert windows.listed() == [changed]
    entries = world.services.audit.page().items
    assert [(each.action, each.kind, each.target, each.actor) for each in entries] == [
        ("edit", "window", "deploy", "bob"),
        ("add", "window", "deploy", "ann"),
    ]
    assert "0 10 * * 1" in entries[0].detail


@pytest.mark.parametrize("name", ["backup", "nobody"])
def test_only_windows_made_on_pages_are_changed(redis_url: str, name: str) -> None:
    given = {"name": "backup", "match": ["queue=mail"], "cron": "0 2 * * *", "for": "2h"}
    windows = World(redis_url, {"alerts": {"windows": [given]}}).services.windows
    with pytest.raises(UnknownWindow):
        windows.change(name, windows.made("w", ["rule~*"], "0 9 * * 1", 1800), windows.listed()[0].revision)


@pytest.mark.parametrize(
    "wrong", [{"match": []}, {"match": ["colour=red"]}, {"cron": "x"}, {"cron": "0 0 30 2 *"}, {"for": "8d"}]
)
def test_a_file_with_an_impossible_window_is_refused(redis_url: str, wrong: dict[str, object]) -> None:
    given = {"name": "backup", "match": ["queue=mail"], "cron": "0 2 * * *", "for": "2h"} | wrong
    with pytest.raises(SettingsError, match="backup"):
        World(redis_url, {"alerts": {"windows": [given]}})


def test_the_settings_refuse_what_no_window_has() -> None:
    given = {"name": "w", "match": ["queue=a"], "cron": "0 2 * * *", "for": "1h", "colour": 1}
    with pytest.raises(ValueError, match="colour"):
        Settings.model_validate({"alerts": {"windows": [given]}})
