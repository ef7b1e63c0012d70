"""Recurring jobs: what a schedule is, and which of its instants are to be run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from apscheduler.triggers.base import BaseTrigger

from queue_core import triggers
from queue_core.engine import NewJob
from queue_core.job import Options, new_job
from queue_core.triggers import Trigger

CatchUp = Literal["skip", "one", "all"]
Overlap = Literal["allow", "skip"]
COUNTED = 10_000
"""Missed instants counted at most; beyond, the schedule jumps to the present."""
TEMPLATE = (
    "type", "version", "priority", "max_retries", "timeout", "unique_key", "unique_mode", "unique_window", "backoff",
)  # fmt: skip
"""Fields of a job (see NewJob) that are the same for all jobs of a schedule, as its definition keeps them."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One recurring job.

    trigger: of `queue_core.triggers`, or of APScheduler. catch_up: after downtime `skip` runs only an instant less than
    `grace` seconds ago, `one` runs the latest, `all` runs each, oldest first, at most `max_catch_up`.
    overlap: `skip` leaves out an instant while the job before has not ended. unique: as in `queue_core.job.Options`;
    an instant is left out while another job holds the key. timeout, backoff in seconds.
    """

    name: str
    queue: str
    type: str
    trigger: Trigger | BaseTrigger
    data: dict[str, Any] = field(default_factory=dict)
    catch_up: CatchUp = "one"
    grace: float = 300.0
    max_catch_up: int = 24
    priority: int = 0
    max_retries: int = 3
    timeout: float = 300.0
    overlap: Overlap = "allow"
    version: int = 1
    backoff: float | None = None
    unique: str | bool | None = None

    def after(self, instant: datetime) -> datetime | None:
        """The first instant after the given one; None when the schedule has ended."""
        return triggers.of(self.trigger).after(instant)

    def job(self, job_id: str) -> NewJob:
        """The job of one instant.

        Raises:
            InvalidJob, PayloadTooLarge: the schedule's data or an option is not valid.
        """
        alone = f"schedule {self.name}" if self.overlap == "skip" else None
        options = Options(
            id=job_id, priority=self.priority, max_retries=self.max_retries, timeout=self.timeout,
            version=self.version, backoff=self.backoff, unique=self.unique or alone,
        )  # fmt: skip
        return new_job(self.type, self.data, options, now=0.0)

    def definition(self) -> str:
        """What is stored of it beside its trigger and data, as JSON."""
        job = self.job("definition")
        known = {name: getattr(job, name) for name in TEMPLATE}
        policy = {"catch_up": self.catch_up, "grace": self.grace, "max_catch_up": self.max_catch_up}
        return json.dumps({**known, **policy, "overlap": self.overlap})


def cron(expression: str, zone: str = "UTC") -> Trigger:
    """A trigger from five crontab fields.

    Raises:
        InvalidJob: the expression or the time zone is not understood.
    """
    return triggers.Cron(expression, zone)


def every(seconds: float) -> Trigger:
    """A trigger that fires each so many seconds, counted so that all schedulers agree.

    Raises:
        InvalidJob: less than a second, or more than ten years.
    """
    return triggers.Every(seconds)


@dataclass(frozen=True, slots=True)
class Due:
    """What to do about an instant that has come: which to run (None: none of them), the next one, and how many are
    left out."""

    fired_for: datetime | None
    next: datetime | None
    missed: int


def due(schedule: Schedule, expected: datetime, now: datetime) -> Due:
    """What to do about a schedule whose stored next instant has come."""
    instants = [expected]
    following = schedule.after(expected)
    while following is not None and following <= now and len(instants) < COUNTED:
        instants.append(following)
        following = schedule.after(following)
    if following is not None and following <= now:
        following = schedule.after(now)
    if schedule.catch_up == "all" and len(instants) > 1:
        kept = instants[-schedule.max_catch_up :]
        return Due(kept[0], kept[1] if len(kept) > 1 else following, len(instants) - len(kept))
    latest = instants[-1]
    if schedule.catch_up == "skip" and (now - latest).total_seconds() > schedule.grace:
        return Due(None, following, len(instants))
    return Due(latest, following, len(instants) - 1)
