"""Cron schedules of a real CronScheduler are shown, and cannot be changed from outside."""

from __future__ import annotations

import json
import time

import pytest

from dashboard.adapters.contract import ActionRefused, UnknownSchedule
from dashboard.adapters.rq.product import RQProduct
from tests.adapters.rq.processes import program
from tests.adapters.rq.real import RealRQ
from tests.waiting import until

cron = pytest.importorskip("rq.cron", reason="RQ has cron schedules from 2.4 on")

SCHEDULE = """
import sys, redis
from rq.cron import CronScheduler
from tests.adapters.rq import tasks
scheduler = CronScheduler(connection=redis.Redis.from_url(sys.argv[1]), logging_level="ERROR")
scheduler.register(tasks.send, "mail", args=("ann",), kwargs={"password": "hunter2"}, interval=3_600)
scheduler.register(tasks.send, "reports", cron="0 6 * * *")
scheduler.start()
"""


def test_the_schedules_of_a_running_scheduler_are_shown(product: RQProduct, real: RealRQ) -> None:
    with program(SCHEDULE, real.url):
        until(lambda: [each for each in product.schedules() if each.last_at], "the scheduler has run a job")
        mail, reports = product.schedules()
    assert (mail.queue, mail.type) == ("mail", "tests.adapters.rq.tasks.send")
    assert mail.timing.seconds == 3_600
    assert mail.last_at is not None
    assert mail.next_at == pytest.approx(mail.last_at + 3_600)
    assert mail.payload.data == {"args": ["ann"], "kwargs": {"password": "[redacted]"}}
    assert (reports.queue, reports.timing.expression, reports.last_at) == ("reports", "0 6 * * *", None)
    assert reports.next_at is not None
    assert reports.next_at > time.time()
    assert mail.heard_at is not None
    assert abs(mail.heard_at - time.time()) < 120
    for change in (product.pause_schedule, product.resume_schedule, product.run_now, product.delete_schedule):
        with pytest.raises(ActionRefused, match="program"):
            change(mail.id)
        with pytest.raises(UnknownSchedule):
            change("nothing")


@pytest.mark.parametrize(
    "record",
    ["", "no json", "[1, 2]", "{}", '[{"func_name": 1}]', "[" * 50_000, json.dumps([{"func_name": "x" * 10**6}])],
)
def test_damaged_records_are_passed_over(product: RQProduct, real: RealRQ, record: str) -> None:
    good = {"func_name": "send", "queue_name": "mail", "cron": "0 6 * * * *", "args": "[1", "next_enqueue_time": "soon"}
    now = time.time()
    real.connection.zadd("rq:cron_schedulers", {"good": now, "bad": now, "gone": now, b"\xff": now})
    real.connection.hset("rq:cron_scheduler:good", "cron_jobs", json.dumps([good]))
    real.connection.hset("rq:cron_scheduler:bad", "cron_jobs", record)
    (found,) = product.schedules()
    assert (found.name, found.next_at, found.timing.text, found.timing.expression) == ("send", None, "0 6 * * * *", "")
    assert found.payload.undecodable


def test_a_schedule_that_several_schedulers_have_is_one(product: RQProduct, real: RealRQ) -> None:
    job = {"func_name": "send", "queue_name": "mail", "interval": 60}
    first = {**job, "latest_enqueue_time": "2026-01-02T03:04:05Z", "next_enqueue_time": "2026-01-02T03:05:05Z"}
    for name, record in (("a", job), ("b", first)):
        real.connection.zadd("rq:cron_schedulers", {name: time.time()})
        real.connection.hset(f"rq:cron_scheduler:{name}", "cron_jobs", json.dumps([record]))
    (found,) = product.schedules()
    assert (found.last_at, found.next_at) == (1_767_323_045, 1_767_323_105)
