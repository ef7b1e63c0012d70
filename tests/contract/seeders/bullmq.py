"""Jobs of kind `bullmq` in every state, written as BullMQ 6 writes them; its own library has tests of its own."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any, NamedTuple

import pytest

from dashboard.adapters import discovery
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from queue_core.connection import Client, connect
from tests.contract import mirrored

KIND = "bullmq"
CANNOT = {
    **mirrored.CANNOT,
    "test_the_version_that_failed_is_told_of_job_and_group": "BullMQ keeps no version of the application",
}
WORKER = "test-worker"
URGENT = 1_000
"""BullMQ's greater priorities are less urgent."""


class Claim(NamedTuple):
    """A job that runs."""

    id: str


class Seeder:
    """Makes jobs in one database; ids are `<queue>-<number>` in order. What failed is in the mirror at once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: Client = connect(url)
        self._numbers = itertools.count(1)
        self._last = 0
        adapter = discovery.create(KIND, "main", url, {})
        assert isinstance(adapter, MirroredAdapter)
        self._adapter: Any = adapter
        mirrored.name_seeded_groups()

    def pending(
        self, queue: str, count: int = 1, *, type: str = "send", data: Any = None, priority: int = 0,
        max_retries: int = 0, **_: Any,
    ) -> list[str]:  # fmt: skip
        ids = self._add(queue, count, type=type, data=data, max_retries=max_retries)
        pipeline = self.client.pipeline()
        for job_id in ids if not priority else []:
            pipeline.lpush(f"bull:{queue}:wait", job_id)
        if priority:  # what comes first has the smaller number, and those without one come before all
            waiting = self.client.lrange(f"bull:{queue}:wait", 0, -1)[::-1]
            pipeline.delete(f"bull:{queue}:wait")
            for urgency, some in ((URGENT, waiting), (URGENT - priority, ids)):
                for number, job_id in enumerate(some):
                    name = job_id if isinstance(job_id, str) else job_id.decode()
                    pipeline.hset(f"bull:{queue}:{name}", "priority", urgency)
                    pipeline.zadd(f"bull:{queue}:prioritized", {name: urgency * 2**32 + number})
        pipeline.execute()
        return ids

    def scheduled(self, queue: str, count: int = 1, *, at: float) -> list[str]:
        ids = self._add(queue, count)
        for number, job_id in enumerate(ids):
            self.client.zadd(f"bull:{queue}:delayed", {job_id: int(at * 1000) * 4096 + number})
        return ids

    def processing(self, queue: str, count: int = 1, **options: Any) -> list[Claim]:
        """Claims everything pending before too."""
        self.pending(queue, count, **options)
        claims = []
        for job_id in self._take(queue):
            self.client.hset(f"bull:{queue}:{job_id}", mapping={"processedOn": self._ms(), "pb": WORKER, "ats": 1})
            self.client.lpush(f"bull:{queue}:active", job_id)
            self.client.set(f"bull:{queue}:{job_id}:lock", "token", px=30_000)
            claims.append(Claim(job_id))
        self.mirror()
        return claims

    def retrying(self, queue: str, count: int = 1) -> list[str]:
        pytest.skip("BullMQ keeps what is retried among the delayed jobs")

    def succeeded(self, queue: str, count: int = 1) -> list[str]:
        self.processing(queue, count)
        return self.finish(queue)

    def finish(self, queue: str) -> list[str]:
        """Let everything that is processing succeed."""
        ids = []
        while raw := self.client.rpop(f"bull:{queue}:active"):
            job_id = raw.decode()  # type: ignore[union-attr]
            ids.append(job_id)
            ended = self._ms()
            self.client.hset(f"bull:{queue}:{job_id}", mapping={"finishedOn": ended, "returnvalue": '"sent"', "atm": 1})
            self.client.delete(f"bull:{queue}:{job_id}:lock")
            self.client.zadd(f"bull:{queue}:completed", {job_id: ended})
        self.mirror()
        return ids

    def failed(
        self, queue: str, count: int = 1, *, error: str = "ValueError: bad address", fingerprint: str = "a" * 16,
        app_version: str = "", **options: Any,
    ) -> list[str]:  # fmt: skip
        ids = self._add(queue, count, **{key: value for key, value in options.items() if key != "priority"})
        self._fail(queue, ids, error, fingerprint)
        return ids

    def fail_again(self, queue: str, *, fingerprint: str = "a" * 16) -> list[str]:
        """Run everything pending, which fails."""
        ids = self._take(queue)
        self._fail(queue, ids, "ValueError: bad address", fingerprint)
        return ids

    def cancelled(self, queue: str, count: int = 1) -> list[str]:
        pytest.skip("BullMQ removes a job that is cancelled")

    def limit_details(self, queue: str, most: int) -> None:
        pytest.skip("BullMQ keeps the details of every failure")

    def payload(self, queue: str, job_id: str) -> bytes:
        stored = self.client.hget(f"bull:{queue}:{job_id}", "data")
        assert isinstance(stored, bytes)
        return stored

    def store(self, queue: str, job_id: str, stored: bytes) -> None:
        pytest.skip("arguments of a failure are read once, when it is mirrored: they have tests of their own")

    def now(self) -> float:
        """The time of jobs."""
        return time.time()

    def narrowing(self, narrowing: dict[str, Any]) -> dict[str, Any]:
        """Skips what is not kept."""
        if "version" in narrowing or any(word == "version" for word, _ in narrowing.get("excluded", ())):
            pytest.skip("BullMQ keeps no version of the application with a failure")
        return narrowing

    def mirror(self) -> None:
        """Let the mirror see what changed."""
        self._adapter._product._finding.forget()
        for _ in range(3):
            self._adapter._follower.check_soon()
            while self._adapter.maintain() or not self._adapter._follower.whole():
                pass

    def _add(
        self, queue: str, count: int, *, type: str = "send", data: Any = None, max_retries: int = 0, **_: Any
    ) -> list[str]:
        self.client.hset(f"bull:{queue}:meta", mapping={"version": "bullmq:6.7.0", "opts.maxLenEvents": 10_000})
        ids = [f"{queue}-{next(self._numbers)}" for _ in range(count)]
        pipeline, now = self.client.pipeline(), time.time_ns() // 1_000_000
        for job_id in ids:
            record = {
                "name": type, "data": json.dumps(data or {"to": "ann"}), "timestamp": now, "delay": 0, "priority": 0,
                "opts": json.dumps({"attempts": max_retries + 1}),
            }  # fmt: skip
            pipeline.hset(f"bull:{queue}:{job_id}", mapping=record)
        pipeline.execute()
        return ids

    def _take(self, queue: str) -> list[str]:
        ids = self.client.lrange(f"bull:{queue}:wait", 0, -1)[::-1]
        ids += self.client.zrange(f"bull:{queue}:prioritized", 0, -1)
        self.client.delete(f"bull:{queue}:wait", f"bull:{queue}:prioritized")
        return [each.decode() for each in ids]

    def _fail(self, queue: str, ids: list[str], error: str, fingerprint: str) -> None:
        stack = f"{error}\n    at send (/app/{fingerprint}/mail.js:12:5)\n    at node:internal/process/task_queues:95:5"
        pipeline = self.client.pipeline()
        time.sleep(0.001)  # what happened before is told with microseconds
        for job_id in ids:
            ended = self._ms()
            record = {
                "processedOn": ended - 1, "finishedOn": ended, "atm": 1, "ats": 1, "pb": WORKER,
                "failedReason": error.partition(": ")[2], "stacktrace": json.dumps([stack]),
            }  # fmt: skip
            pipeline.hset(f"bull:{queue}:{job_id}", mapping=record)
            pipeline.zadd(f"bull:{queue}:failed", {job_id: ended})
        pipeline.execute()
        self.mirror()

    def _ms(self) -> int:
        """The time in milliseconds, never the same again, so that the order is certain."""
        while (now := time.time_ns() // 1_000_000) <= self._last:
            time.sleep(0.0002)
        self._last = now
        return now
