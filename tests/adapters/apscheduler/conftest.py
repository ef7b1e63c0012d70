"""A job store, schedulers of the library that really run, and the adapter of the same store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from dashboard.adapters.apscheduler import create
from dashboard.adapters.apscheduler.adapter import APSchedulerAdapter
from tests.adapters.apscheduler.jobs import RUNS
from tests.contract.seeders.apscheduler import Seeder, job_store

OWN = {"jobs_key": "mail.jobs", "run_times_key": "mail.run_times"}


class Clock:
    """The server's time, and as much later as a test says."""

    def __init__(self, seeder: Seeder) -> None:
        self.seeder = seeder
        self.later = 0.0

    def __call__(self) -> float:
        return self.seeder.now() + self.later


@pytest.fixture
def seeder(redis_url: str) -> Seeder:
    return Seeder(redis_url)


@pytest.fixture
def clock(seeder: Seeder) -> Clock:
    return Clock(seeder)


@pytest.fixture
def adapter(redis_url: str, clock: Clock) -> APSchedulerAdapter:
    made = create("aps", redis_url, {"options": OWN, "clock": clock, "redact": ("password",)})
    assert isinstance(made, APSchedulerAdapter)
    return made


@pytest.fixture
def start(redis_url: str) -> Iterator[Callable[[], Any]]:
    """Start a scheduler over the store, as an application does; all are stopped at the end."""
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    running: list[Any] = []

    def started() -> Any:
        scheduler = BackgroundScheduler(jobstores={"default": job_store(redis_url)}, timezone="UTC")
        running.append(scheduler)
        scheduler.start()
        return scheduler

    RUNS.clear()
    yield started
    for scheduler in running:
        scheduler.shutdown(wait=True)
