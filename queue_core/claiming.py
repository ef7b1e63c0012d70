"""Claiming from one queue, and waiting on its wake list until there is something to claim."""

from __future__ import annotations

import os
import secrets
import socket
import time
from typing import Any

from queue_core.connection import Client, connect, mapped_errors
from queue_core.engine import Engine, Outcome
from queue_core.errors import InvalidJob, StaleLease
from queue_core.failure import append, describe
from queue_core.fingerprint import fingerprint
from queue_core.job import Job

MAX_BATCH = 64
BLOCK_SECONDS = 5.0


def bytes_client(redis: Client | str) -> Client:
    """A client that returns bytes: from an address, or like the one given when that one decodes replies."""
    if isinstance(redis, str):
        return connect(redis)
    decodes = redis.connection_pool.connection_kwargs.get("decode_responses")
    return twin(redis, decode_responses=False) if decodes else redis


def twin(client: Client, **options: Any) -> Client:
    """A client for the same server with connections and options of its own."""
    pool = client.connection_pool
    made = type(pool)(connection_class=pool.connection_class, **{**pool.connection_kwargs, **options})
    return type(client)(connection_pool=made)


def worker_name() -> str:
    """A worker id that no other process has: host, process, and random digits."""
    host = "".join(c if c.isalnum() or c in "-_." else "-" for c in socket.gethostname())[:32]
    return f"{host}-{os.getpid()}-{secrets.token_hex(3)}"


class Claimer:
    """Takes jobs of one queue for one worker id."""

    def __init__(self, engine: Engine, version: str = "") -> None:
        self.engine = engine
        self.version = version
        limit = engine.client.connection_pool.connection_kwargs.get("socket_timeout")
        self._block = BLOCK_SECONDS if limit is None else max(0.1, min(BLOCK_SECONDS, float(limit) - 1))

    def claim(self, worker: str, count: int, timeout: float, lease: float) -> list[Job]:
        """Up to `count` jobs, waiting at most `timeout` seconds for the first.

        Raises:
            InvalidJob: count, timeout or lease is out of bounds.
            ServerUnavailable: Redis does not answer.
        """
        if not 1 <= count <= MAX_BATCH or timeout < 0 or lease <= 0:
            raise InvalidJob(f"claim {count} jobs: use 1 to {MAX_BATCH}, a timeout of 0 or more and a lease above 0")
        give_up = time.monotonic() + timeout
        while True:
            reply = self.engine.settle(worker, claim=count, lease=max(1, round(lease * 1000)))
            jobs = self._readable([Job.from_claim(claim, self.engine.name, worker) for claim in reply.claims])
            left = give_up - time.monotonic()
            if jobs or (left <= 0 and not reply.claims):
                return jobs
            if not reply.claims and not self._found_by_tick():
                due = (reply.next_due - reply.now) / 1000 if reply.next_due >= 0 else BLOCK_SECONDS
                self._wait(min(left, self._block, max(due, 0.01)))

    def _found_by_tick(self) -> bool:
        """Do the housekeeping of leases and due jobs where no worker process does it."""
        ticked = self.engine.tick(100, 1000)
        return ticked.promoted > 0

    def _wait(self, seconds: float) -> None:
        with mapped_errors():
            self.engine.client.blpop([self.engine.keys.wake], timeout=max(seconds, 0.01))

    def _readable(self, jobs: list[Job]) -> list[Job]:
        """Without those whose payload is damaged: no attempt can mend them, so they fail at once."""
        for job in jobs:
            if job.unreadable:
                error = InvalidJob(f"the payload cannot be read: {job.unreadable}")
                fail(self.engine, job, error, kind="p", version=self.version)
        return [job for job in jobs if not job.unreadable]


def fail(engine: Engine, job: Job, error: BaseException, *, kind: str = "f", delay: int = -1, version: str = "") -> str:
    """Report a failed run of an application of that version; returns the code of settle.

    Raises:
        StaleLease: the lease has ended.
    """
    group = fingerprint(job.type, error)
    outcome = "permanent" if kind == "p" else "failed"
    detail = describe(
        error, worker=job.worker, host=socket.gethostname(), version=version, number=job.attempt, started=job.started,
        finished=time.time(), outcome=outcome, fingerprint=group,
    )  # fmt: skip
    blob = append(job.error, detail)
    settled = Outcome("p" if kind == "p" else "f", job.id, job.token, delay, group, detail.line(), blob)
    return settle_one(engine, job, settled, version)


def settle_one(engine: Engine, job: Job, outcome: Outcome, version: str = "") -> str:
    """Report one outcome; returns the code of settle.

    Raises:
        StaleLease: the lease has ended; nothing was changed.
    """
    code = engine.settle(job.worker, [outcome], promote=0, version=version).codes[0]
    if code == "stale":
        raise StaleLease(f"the lease on job {job.id} has ended; another worker may run it, and nothing was changed")
    return code
