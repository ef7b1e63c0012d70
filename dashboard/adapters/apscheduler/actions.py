"""What can be done to a job in its store, safe against a scheduler that works on the same jobs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from dashboard.adapters.apscheduler import instants
from dashboard.adapters.apscheduler.listing import Listing
from dashboard.adapters.apscheduler.store import Store
from dashboard.adapters.apscheduler.stored import BY_HAND, StoredJob, schedule_id, stored
from dashboard.adapters.contract import ActionRefused, UnknownSchedule
from dashboard.language import N_
from dashboard.safe_pickle import Global, Opaque, append_items

TRIES = 5
"""A scheduler writes a job once in each of its runs, so that one repetition is enough as a rule."""
LOOK_AFTER, LOOK_UNTIL = 2.0, 15.0
"""Seconds after a change in which it is looked at again: a scheduler that had read the job before may write over it."""
DUE_SOON_SECONDS = 5
"""More than clocks are apart."""
KEPT_SECONDS = 60
WISHES_READ = 100

PAUSE, DELETE = "pause", "delete"


class Actions:
    """Changes jobs of one store; none of it imports or runs anything of the application."""

    def __init__(self, store: Store, listing: Listing, clock: Callable[[], float]) -> None:
        self.store = store
        self.listing = listing
        self.clock = clock

    def pause(self, schedule: str) -> None:
        """Raises UnknownSchedule, ActionRefused."""

        def write(job: StoredJob) -> int:
            if job.due is None:
                raise ActionRefused(N_("schedule %(name)s is paused already"), name=job.name)
            return self._paused(job, self.clock())

        self._repeat(schedule, write)

    def resume(self, schedule: str) -> None:
        """Raises UnknownSchedule, ActionRefused."""

        def write(job: StoredJob) -> int:
            if job.due is not None:
                raise ActionRefused(N_("schedule %(name)s is not paused"), name=job.name)
            at = instants.next_instant(job.state["trigger"], self.clock())
            if at is None:
                raise ActionRefused(
                    N_(
                        "the next run of %(name)s is over, or only its application can compute it: run it now, or"
                        " resume it there"
                    ),
                    name=job.name,
                )
            due = datetime.fromtimestamp(at, UTC)
            return self._change(job, {"next_run_time": due}, repr(due.timestamp()), "")

        self._repeat(schedule, write)

    def run_now(self, schedule: str) -> str:
        """Add a job that does the same once, at once, however late its scheduler comes to it; its id.

        The job itself stays as it is: its next instant, and whether it is paused.

        Raises:
            UnknownSchedule, ActionRefused.
        """
        made: list[bytes] = []

        def write(job: StoredJob) -> int:
            now = datetime.fromtimestamp(self.clock(), UTC)
            name = job.id if job.id.startswith(BY_HAND) else BY_HAND + job.id
            once = Opaque(Global("apscheduler.triggers.date", "DateTrigger"), state={"version": 1, "run_date": now})
            changes = {
                "id": name.decode("utf-8", "replace"), "trigger": once, "next_run_time": now,
                "misfire_grace_time": None,
            }  # fmt: skip
            raw = append_items(job.raw, changes)
            keys = (self.store.jobs, self.store.run_times)
            done = self.store.run("add", keys, (job.id, job.raw, name, raw, repr(now.timestamp())))
            if int(done) < 0:
                raise ActionRefused(
                    N_("schedule %(name)s was asked to run by hand before, and no scheduler has come to it yet"),
                    name=job.name,
                )
            made[:] = [name]
            return int(done)

        self._repeat(schedule, write)
        return schedule_id(made[0])

    def delete(self, schedule: str) -> None:
        """Delete a job at once; one that is due about now runs no more, and is deleted by `look_again`.

        Raises:
            UnknownSchedule.
        """
        self._delete(self._job(schedule), self.clock())

    def look_again(self) -> None:
        """Repeat changes that a scheduler wrote over; to be called each second or so."""
        with self.store.errors():
            read: Any = self.store.client.hscan(self.store.wishes, 0, count=WISHES_READ)
        now = self.clock()
        for job_id, wish in read[1].items():
            wanted, since = _wanted(wish)
            if now - since < LOOK_AFTER:
                continue
            if now - since > LOOK_UNTIL or wanted not in (PAUSE, DELETE):
                with self.store.errors():
                    self.store.client.hdel(self.store.wishes, job_id)
                continue
            self._keep(wanted, stored(job_id, self.store.read([job_id])[0]), since)

    def _keep(self, wanted: str, job: StoredJob, since: float) -> None:
        if not job.size:
            return
        if wanted == DELETE:
            self._delete(job, since)
        elif job.due is not None and not job.problem:
            self._paused(job, since)
        self.listing.forget()

    def _delete(self, job: StoredJob, since: float) -> None:
        keys = (self.store.jobs, self.store.run_times, self.store.wishes)
        self.store.run("delete", keys, (job.id, self._wish(DELETE, since), KEPT_SECONDS, DUE_SOON_SECONDS))
        self.listing.forget()

    def _paused(self, job: StoredJob, since: float) -> int:
        return self._change(job, {"next_run_time": None}, "", self._wish(PAUSE, since))

    def _change(self, job: StoredJob, changes: dict[str, Any], score: str, wish: str) -> int:
        keys = (self.store.jobs, self.store.run_times, self.store.wishes)
        raw = append_items(job.raw, changes)
        return int(self.store.run("change", keys, (job.id, job.raw, raw, score, wish, KEPT_SECONDS)))

    def _repeat(self, schedule: str, write: Callable[[StoredJob], int]) -> None:
        """Read the job and write it until nobody wrote it in between."""
        for _ in range(TRIES):
            job = self._job(schedule)
            if job.problem:
                raise ActionRefused(
                    N_("job %(name)s cannot be read from here (%(why)s), so it cannot be changed"),
                    name=job.name, why=job.problem,
                )  # fmt: skip
            if write(job):
                self.listing.forget()
                return
        raise ActionRefused(N_("schedule %(name)s is being changed by its scheduler; try again"), name=schedule[:120])

    def _job(self, schedule: str) -> StoredJob:
        job = self.listing.one(schedule)
        if job is None:
            raise UnknownSchedule(
                N_("source %(source)s has no schedule %(id)s"), source=self.store.source, id=schedule[:120]
            )
        return job

    @staticmethod
    def _wish(wanted: str, since: float) -> str:
        return json.dumps({"do": wanted, "at": since})


def _wanted(wish: bytes) -> tuple[str, float]:
    try:
        found = json.loads(wish)
        return str(found["do"]), float(found["at"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return "", 0.0
