"""Real jobs of kind `queue_core` in every state, made by the library's own scripts."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import queue_core.engine as core
from queue_core import failure, keys, message
from queue_core.connection import Client, connect
from queue_core.replies import text
from queue_core.schedule import Schedule
from queue_core.schedule import cron as crontab
from queue_core.schedule import every as interval
from queue_core.scheduler import Scheduler

KIND = "queue_core"
WORKER = "test-worker"


class Seeder:
    """Makes jobs in one database; ids are `<queue>-<number>` in order."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: Client = connect(url)
        self._numbers = itertools.count(1)
        self.schedules: dict[tuple[str, str], Schedule] = {}

    def engine(self, queue: str) -> core.Engine:
        self.client.sadd(keys.queues(), queue)
        return core.Engine(self.client, queue)

    def pending(self, queue: str, count: int = 1, *, type: str = "send", data: Any = None, **options: Any) -> list[str]:
        jobs = [
            core.NewJob(f"{queue}-{next(self._numbers)}", type, message.encode(data or {"to": "ann"}), **options)
            for _ in range(count)
        ]
        for start in range(0, count, 500):
            self.engine(queue).enqueue(jobs[start : start + 500])
        return [job.id for job in jobs]

    def scheduled(self, queue: str, count: int = 1, *, at: float, **options: Any) -> list[str]:
        return self.pending(queue, count, run_at=int(at * 1000), **options)

    def processing(self, queue: str, count: int = 1, **options: Any) -> list[core.Claim]:
        """Claims everything pending before too."""
        self.pending(queue, count, **options)
        claims: list[core.Claim] = []
        while got := self.engine(queue).settle(WORKER, claim=64, lease=60_000).claims:
            claims += got
        return claims

    def retrying(self, queue: str, count: int = 1) -> list[str]:
        return self._settled(queue, self.processing(queue, count, max_retries=3), "f", "ValueError: bad", "e" * 16)

    def succeeded(self, queue: str, count: int = 1) -> list[str]:
        return self._settled(queue, self.processing(queue, count), "s", "", "")

    def finish(self, queue: str) -> list[str]:
        """Let everything that is processing succeed."""
        claims = []
        for job_id in map(text, self.client.zrange(self.engine(queue).keys.leases, 0, -1)):
            token = self.client.hget(self.engine(queue).keys.job(job_id), "tok")
            claims.append((job_id, int(token or 0)))
        self.engine(queue).settle(WORKER, [core.Outcome("s", job_id, token, -1) for job_id, token in claims])
        return [job_id for job_id, _ in claims]

    def failed(
        self, queue: str, count: int = 1, *, error: str = "ValueError: bad address", fingerprint: str = "a" * 16,
        app_version: str = "", **options: Any,
    ) -> list[str]:  # fmt: skip
        return self._settled(queue, self.processing(queue, count, **options), "p", error, fingerprint, app_version)

    def fail_again(self, queue: str, *, fingerprint: str = "a" * 16) -> list[str]:
        """Claim everything pending and let it fail for good."""
        return self._settled(queue, self.processing(queue, 0), "p", "ValueError: bad address", fingerprint)

    def limit_details(self, queue: str, most: int) -> None:
        """How many error details a group keeps."""
        self.engine(queue).configure(details=most)

    def cancelled(self, queue: str, count: int = 1) -> list[str]:
        ids = self.pending(queue, count)
        for job_id in ids:
            self.engine(queue).control_job("cancel", job_id)
        return ids

    def schedule(
        self, queue: str, name: str = "nightly", *, every: float = 60, cron: str = "", zone: str = "UTC",
        ago: float = 0, data: Any = None, trigger: Any = None, **options: Any,
    ) -> str:  # fmt: skip
        """Register a schedule as an application did some seconds ago; its id for the dashboard."""
        self.engine(queue)
        when = trigger or (crontab(cron, zone) if cron else interval(every))
        made = Schedule(name, queue, options.pop("type", "report"), when, data or {"to": "ann"}, **options)
        self.schedules[(queue, name)] = made
        Scheduler(self.client, [made], clock=lambda: self.now() - ago).register()
        return f"{queue}:{name}"

    def fire(self) -> int:
        """Run what is due, as a scheduler that has all schedules does; how many."""
        return Scheduler(self.client, self.schedules.values(), clock=self.now).fire_due()

    def forsake(self, queue: str, name: str = "nightly", *, alone: bool = True) -> None:
        """As if no application had registered a schedule for an hour; nor any other of its queue, unless `alone`."""
        long_ago = int((self.now() - 3_600) * 1000)
        self.client.hset(self.engine(queue).keys.schedule(name), "seen", long_ago)
        if not alone:
            self.client.hset(self.engine(queue).keys.meta, "sched", long_ago)

    def now(self) -> float:
        """The server's time."""
        seconds, micros = self.client.time()
        return int(seconds) + int(micros) / 1e6

    def payload(self, queue: str, job_id: str) -> bytes:
        stored = self.client.get(self.engine(queue).keys.payload(job_id))
        assert isinstance(stored, bytes)
        return stored

    def store(self, queue: str, job_id: str, stored: bytes) -> None:
        """Put any bytes where a job's arguments lie."""
        self.client.set(self.engine(queue).keys.payload(job_id), stored)

    def _settled(
        self, queue: str, claims: Sequence[core.Claim], kind: core.OutcomeKind, error: str, fingerprint: str,
        version: str = "",
    ) -> list[str]:  # fmt: skip
        type_, _, text = error.partition(": ")
        detail = failure.ErrorDetail(
            type=type_, message=text, worker=WORKER, version=version, number=1, started=1.0, finished=2.0,
            fingerprint=fingerprint,
            frames=(failure.Frame("/app/mail.py", 12, "send", "connect(password='hunter2')", own=True),),
        )  # fmt: skip
        blob = b"" if kind == "s" else detail.encode()
        outcomes = [
            core.Outcome(kind, claim.id, claim.token, 60_000 if kind == "f" else -1, fingerprint, error, blob)
            for claim in claims
        ]
        for start in range(0, len(outcomes), 64):
            self.engine(queue).settle(WORKER, outcomes[start : start + 64], version=version)
        return [claim.id for claim in claims]
