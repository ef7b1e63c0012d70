"""Schedules that RedBeat itself wrote are shown, and whatever else lies there is passed over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import redis
from celery import Celery
from celery.schedules import crontab, schedule
from redbeat import RedBeatSchedulerEntry
from redbeat.schedules import rrule

from dashboard.adapters.celery.product import CeleryProduct
from dashboard.adapters.contract import ActionRefused, Schedule, UnknownSchedule


@pytest.fixture
def beat(redis_url: str) -> Any:
    app = Celery("shop", broker=redis_url, set_as_current=False)
    app.conf.redbeat_redis_url = redis_url

    def save(name: str, when: Any, **options: Any) -> RedBeatSchedulerEntry:
        return RedBeatSchedulerEntry(name, "shop.report", when, app=app, **options).save()

    save.app = app  # type: ignore[attr-defined]
    return save


@pytest.fixture
def product(redis_url: str) -> CeleryProduct:
    return CeleryProduct("main", redis_url, {"redact": ("password",)})


def shown(product: CeleryProduct) -> dict[str, Schedule]:
    return {each.id: each for each in product.schedules()}


def test_schedules_are_shown_with_when_they_run_and_what_they_call(beat: Any, product: CeleryProduct) -> None:
    given = {"args": [1], "kwargs": {"to": "<b>", "password": "x"}, "options": {"queue": "mail"}}
    nightly = beat("nightly", crontab(minute=5, hour="*/2", app=beat.app), **given)
    beat("often", schedule(run_every=timedelta(seconds=30), app=beat.app))
    beat("odd", rrule("DAILY", app=beat.app))
    found = shown(product)
    one = found["nightly"]
    assert (one.name, one.type, one.queue, one.paused, one.last_at) == ("nightly", "shop.report", "mail", False, None)
    assert (one.timing.expression, one.timing.zone) == ("5 */2 * * *", "UTC")
    assert one.next_at == nightly.score
    assert one.payload.data["args"] == [1]
    assert one.payload.data["kwargs"]["to"] == "<b>"
    assert "x" not in one.payload.data["kwargs"].values()
    assert (found["often"].timing.seconds, found["often"].queue) == (30.0, "celery")
    assert found["odd"].timing.text == "rrule"


def test_a_run_is_told_as_the_last_one_and_counted(beat: Any, product: CeleryProduct) -> None:
    entry = beat("nightly", crontab(minute=5, app=beat.app))
    next(entry)
    (one,) = product.schedules()
    assert one.count == 1
    assert abs((one.last_at or 0) - product._application.clock()) < 60


def test_a_schedule_that_is_not_enabled_is_paused_and_none_is_changed_from_here(
    beat: Any, product: CeleryProduct
) -> None:
    beat("nightly", crontab(minute=5, app=beat.app), enabled=False)
    (one,) = product.schedules()
    assert (one.paused, one.next_at) == (True, None)
    for change in (product.pause_schedule, product.resume_schedule, product.run_now, product.delete_schedule):
        with pytest.raises(ActionRefused, match="RedBeat"):
            change("nightly")
        with pytest.raises(UnknownSchedule):
            change("nothing")


@pytest.mark.parametrize("told", [
    b"", b"{", b"[]", b"\xff", b'{"task": 5}', b'{"task": "t", "schedule": 5, "options": [], "args": "x"}',
    b'{"task": "<b>", "schedule": {"__type__": "crontab", "minute": [1], "hour": null}}',
    b'{"task": "t", "schedule": {"__type__": "interval", "every": "NaN"}, "kwargs": 3}', b'{"task": "' + b"x" * 70_000,
])  # fmt: skip
def test_whatever_lies_there_breaks_nothing(redis_url: str, product: CeleryProduct, told: bytes) -> None:
    client: Any = redis.Redis.from_url(redis_url)
    client.zadd("redbeat::schedule", {"redbeat:x": 1, "redbeat:gone": 2, "redbeat:text": 3, b"\xff": 4})
    client.hset("redbeat:x", mapping={"definition": told, "meta": told})
    client.set("redbeat:text", "x")
    for one in product.schedules():
        assert one.id == "x"
    client.delete("redbeat::schedule")
    client.set("redbeat::schedule", "x")
    assert product.schedules() == []
