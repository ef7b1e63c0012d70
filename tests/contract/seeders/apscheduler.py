"""Real jobs of kind `apscheduler` in one job store, made by the library itself; its store is called `mail`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apscheduler.jobstores.redis import RedisJobStore
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from queue_core.connection import connect

KIND = "apscheduler"
OPTIONS = {"jobs_key": "mail.jobs", "run_times_key": "mail.run_times"}


def report(*args: Any, **kwargs: Any) -> int:
    """What the jobs run."""
    return len(args) + len(kwargs)


class Writer(BaseScheduler):  # type: ignore[misc]
    """Puts jobs into its store and runs none."""

    def wakeup(self) -> None:
        pass

    def shutdown(self, wait: bool = True) -> None:
        super().shutdown(wait)


def job_store(url: str, jobs_key: str = "mail.jobs", run_times_key: str = "mail.run_times") -> RedisJobStore:
    """The library's store in the database of a URL."""
    made = RedisJobStore(jobs_key=jobs_key, run_times_key=run_times_key)
    made.redis = connect(url)
    return made


def without_jobs(*_: Any, **__: Any) -> Any:
    pytest.skip("APScheduler keeps no jobs in Redis, only schedules")


class Seeder:
    """Makes jobs in one store."""

    pending = scheduled = processing = retrying = succeeded = failed = cancelled = staticmethod(without_jobs)
    finish = fail_again = limit_details = payload = store = fire = staticmethod(without_jobs)

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = connect(url)
        self.added: set[str] = set()
        self.writer = Writer(jobstores={"default": job_store(url)}, timezone="UTC")
        self.writer.start(paused=True)

    def schedule(
        self, queue: str = "mail", name: str = "nightly", *, every: float = 60, cron: str = "", zone: str = "UTC",
        ago: float = 0, data: Any = None, trigger: Any = None, **options: Any,
    ) -> str:  # fmt: skip
        """Add a job as an application does; its id for the dashboard."""
        if queue != "mail" or options:
            pytest.skip("a job store of APScheduler is one list, whose jobs have no priority and no time limit")
        if name in self.added:
            pytest.skip("APScheduler resumes a paused job when its application adds it anew")
        self.added.add(name)
        when: BaseTrigger = trigger or (
            CronTrigger.from_crontab(cron, zone) if cron else IntervalTrigger(seconds=every, timezone="UTC")
        )
        due = {"next_run_time": datetime.now(UTC) - timedelta(seconds=ago - every)} if ago else {}
        self.writer.add_job(
            report, when, id=name, name=name, kwargs=data or {"to": "ann"}, replace_existing=True, **due
        )
        return name

    def forsake(self, queue: str, name: str = "nightly", *, alone: bool = True) -> None:
        pytest.skip("APScheduler does not tell which applications have a job")

    def now(self) -> float:
        """The server's time."""
        seconds, micros = self.client.time()
        return int(seconds) + int(micros) / 1e6
