"""Schedules fire each instant once, catch up as asked, and know the nights when clocks change."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from queue_core.connection import Client, connect
from queue_core.engine import Engine
from queue_core.errors import InvalidJob
from queue_core.schedule import Schedule, cron, due, every
from queue_core.scheduler import Scheduler

BERLIN = ZoneInfo("Europe/Berlin")


def schedule(trigger: object = None, **options: object) -> Schedule:
    return Schedule("nightly", "reports", "reports.nightly", trigger or every(60), {"to": "ops"}, **options)  # type: ignore[arg-type]


def pending(client: Client) -> list[str]:
    return [i.decode() for i in client.zrange(Engine(client, "reports").keys.pending, 0, -1)]


def server_now(client: Client) -> float:
    seconds, micros = client.time()
    return seconds + micros / 1e6


def test_an_instant_that_has_come_enqueues_one_job_and_sets_the_next(redis_client: Client) -> None:
    now = server_now(redis_client)
    past = Scheduler(redis_client, [schedule()], clock=lambda: now - 120)
    past.register()
    assert Scheduler(redis_client, [schedule()], clock=lambda: now).fire_due() == 1
    assert len(pending(redis_client)) == 1
    assert redis_client.zscore(Engine(redis_client, "reports").keys.schedules, "nightly") > now * 1000


def test_nothing_fires_before_the_servers_time_has_come(redis_client: Client) -> None:
    now = server_now(redis_client)
    fast = Scheduler(redis_client, [schedule()], clock=lambda: now + 3600)
    Scheduler(redis_client, [schedule()], clock=lambda: now).register()
    assert fast.fire_due() == 0
    assert pending(redis_client) == []


def test_eight_schedulers_fire_each_instant_once(redis_url: str, redis_client: Client) -> None:
    now = server_now(redis_client)
    each_second = schedule(every(1), catch_up="all", max_catch_up=40)
    Scheduler(redis_client, [each_second], clock=lambda: now - 30).register()
    fired: list[int] = []

    def race() -> None:
        scheduler = Scheduler(connect(redis_url), [each_second], clock=lambda: now)
        for _ in range(60):
            fired.append(scheduler.fire_due())

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    jobs = pending(redis_client)
    assert sum(fired) == len(jobs) == len(set(jobs))
    assert 29 <= len(jobs) <= 31


def test_registering_again_keeps_what_is_due_and_a_changed_schedule_starts_anew(redis_client: Client) -> None:
    now = server_now(redis_client)
    Scheduler(redis_client, [schedule()], clock=lambda: now - 600).register()
    key = Engine(redis_client, "reports").keys.schedules
    before = redis_client.zscore(key, "nightly")
    Scheduler(redis_client, [schedule()], clock=lambda: now).register()
    assert redis_client.zscore(key, "nightly") == before
    Scheduler(redis_client, [schedule(every(7200))], clock=lambda: now).register()
    assert redis_client.zscore(key, "nightly") > now * 1000


@pytest.mark.parametrize(("catch_up", "fires", "missed"), [("one", 6, 5), ("all", 1, 0), ("skip", 6, 5)])
def test_downtime_is_caught_up_as_the_schedule_says(catch_up: str, fires: int, missed: int) -> None:
    start = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    todo = due(schedule(catch_up=catch_up), start, start + timedelta(minutes=5, seconds=5))
    assert todo.fired_for == start + timedelta(minutes=fires - 1)
    assert todo.missed == missed


def test_skip_leaves_out_an_instant_that_is_too_old() -> None:
    start = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    todo = due(schedule(every(3600), catch_up="skip", grace=60), start, start + timedelta(minutes=30))
    assert todo.fired_for is None
    assert todo.next == start + timedelta(hours=1)


def test_a_long_downtime_of_a_frequent_schedule_ends_in_the_future() -> None:
    start = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    now = start + timedelta(days=30)
    todo = due(schedule(every(1)), start, now)
    assert todo.next is not None
    assert todo.next > now


def test_a_daily_job_runs_once_in_the_night_when_clocks_go_back() -> None:
    daily = schedule(cron("30 2 * * *", "Europe/Berlin"))
    first = daily.after(datetime(2026, 10, 24, 12, 0, tzinfo=UTC))
    assert first is not None
    second = daily.after(first)
    assert second is not None
    assert first.astimezone(BERLIN).strftime("%d %H:%M") == "25 02:30"
    assert second.astimezone(BERLIN).strftime("%d %H:%M") == "26 02:30"


def test_a_daily_job_runs_in_the_night_when_its_hour_is_left_out() -> None:
    daily = schedule(cron("30 2 * * *", "Europe/Berlin"))
    found = daily.after(datetime(2026, 3, 28, 12, 0, tzinfo=UTC))
    assert found is not None
    assert found.astimezone(UTC) < datetime(2026, 3, 29, 3, 0, tzinfo=UTC)


def test_an_hourly_job_runs_in_both_of_the_repeated_hours() -> None:
    hourly = schedule(cron("0 * * * *", "Europe/Berlin"))
    found = [datetime(2026, 10, 24, 23, 30, tzinfo=UTC)]
    for _ in range(3):
        after = hourly.after(found[-1])
        assert after is not None
        found.append(after)
    assert [f.astimezone(UTC).hour for f in found[1:]] == [0, 1, 2]


@pytest.mark.parametrize("wrong", [("61 2 * * *", "UTC"), ("2 * *", "UTC"), ("0 2 * * *", "Europe/Nowhere")])
def test_a_wrong_expression_or_zone_is_refused_in_words(wrong: tuple[str, str]) -> None:
    with pytest.raises(InvalidJob, match=r"cron expression|time zone"):
        cron(*wrong)
