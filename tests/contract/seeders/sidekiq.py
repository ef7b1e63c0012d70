"""Jobs of kind `sidekiq` in every state, written as Sidekiq 8 writes them; its own library has tests of its own."""

from __future__ import annotations

import base64
import itertools
import json
import time
import zlib
from typing import Any, NamedTuple

import pytest

from dashboard.adapters import discovery
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from queue_core.connection import Client, connect
from tests.contract import mirrored

KIND = "sidekiq"
CANNOT = {
    **mirrored.CANNOT,
    "test_the_version_that_failed_is_told_of_job_and_group": "Sidekiq keeps no version of the application",
    "test_jobs_that_wait_are_in_the_order_in_which_they_run": "Sidekiq's jobs have no priorities",
}
WORKER = "host:1:nonce"


class Claim(NamedTuple):
    """A job that runs."""

    id: str


class Seeder:
    """Makes jobs in one database; ids are `<queue>-<number>` in order. What failed is in the mirror at once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: Client = connect(url)
        self._numbers = itertools.count(1)
        adapter = discovery.create(KIND, "main", url, {})
        assert isinstance(adapter, MirroredAdapter)
        self._adapter: Any = adapter
        mirrored.name_seeded_groups()

    def pending(self, queue: str, count: int = 1, **options: Any) -> list[str]:
        jobs = self._jobs(queue, count, **options)
        self.client.sadd("queues", queue)
        for job in jobs:
            self.client.lpush(f"queue:{queue}", json.dumps(job, separators=(",", ":")))
        return [job["jid"] for job in jobs]

    def scheduled(self, queue: str, count: int = 1, *, at: float) -> list[str]:
        return self._timed("schedule", queue, count, at)

    def retrying(self, queue: str, count: int = 1) -> list[str]:
        return self._timed("retry", queue, count, time.time() + 60)

    def processing(self, queue: str, count: int = 1, **options: Any) -> list[Claim]:
        """Claims everything pending before too."""
        self.pending(queue, count, **options)
        self.client.sadd("processes", WORKER)
        self.client.hset(WORKER, mapping={"info": json.dumps({"hostname": "host"}), "beat": time.time(), "busy": count})
        claims = []
        for raw in self._take(queue):
            job = json.loads(raw)
            work = {"queue": queue, "payload": raw.decode(), "run_at": int(time.time())}
            self.client.hset(f"{WORKER}:work", job["jid"], json.dumps(work))
            claims.append(Claim(job["jid"]))
        self.mirror()
        return claims

    def succeeded(self, queue: str, count: int = 1) -> list[str]:
        pytest.skip("Sidekiq keeps nothing of jobs that succeeded")

    def finish(self, queue: str) -> list[str]:
        """Let everything that is processing succeed."""
        ids = [each.decode() for each in self.client.hkeys(f"{WORKER}:work")]
        self.client.delete(f"{WORKER}:work")
        self.mirror()
        return ids

    def failed(
        self, queue: str, count: int = 1, *, error: str = "ValueError: bad address", fingerprint: str = "a" * 16,
        app_version: str = "", **options: Any,
    ) -> list[str]:  # fmt: skip
        if options.pop("max_retries", 0):
            pytest.skip("a job of Sidekiq is dead after its retries alone")
        options.pop("priority", 0)
        self.client.sadd("queues", queue)
        jobs = self._jobs(queue, count, **options)
        self._die(jobs, error, fingerprint)
        return [job["jid"] for job in jobs]

    def fail_again(self, queue: str, *, fingerprint: str = "a" * 16) -> list[str]:
        """Run everything pending, which fails."""
        jobs = [json.loads(raw) for raw in self._take(queue)]
        self._die(jobs, "ValueError: bad address", fingerprint)
        return [job["jid"] for job in jobs]

    def cancelled(self, queue: str, count: int = 1) -> list[str]:
        pytest.skip("Sidekiq has no jobs that were cancelled")

    def limit_details(self, queue: str, most: int) -> None:
        pytest.skip("Sidekiq keeps the details of every failure")

    def store(self, queue: str, job_id: str, stored: bytes) -> None:
        pytest.skip("arguments of a failure are read once, when it is mirrored: they have tests of their own")

    def now(self) -> float:
        """The time of jobs."""
        return time.time()

    def shown(self, data: dict[str, Any]) -> dict[str, Any]:
        """Arguments are told by their places."""
        return {"args": [data]}

    def plain(self, found: dict[str, Any]) -> Any:
        return found["args"][0]

    def narrowing(self, narrowing: dict[str, Any]) -> dict[str, Any]:
        """Filters with paths below the first argument."""
        excluded = narrowing.get("excluded", ())
        if {"version", "worker"} & {*narrowing, *(word for word, _ in excluded)}:
            pytest.skip("Sidekiq keeps neither worker nor version of the application with a failure")
        args = tuple((f"args.0.{path}", value) for path, value in narrowing.get("args", ()))
        without = tuple((word.replace("args.", "args.args.0.", 1), value) for word, value in excluded)
        return {**narrowing, "args": args, "excluded": without}

    def mirror(self) -> None:
        """Let the mirror see what changed."""
        for _ in range(3):
            self._adapter._follower.check_soon()
            while self._adapter.maintain() or not self._adapter._follower.whole():
                pass

    def _jobs(self, queue: str, count: int, *, type: str = "send", data: Any = None, **_: Any) -> list[dict[str, Any]]:
        now = int(time.time() * 1000)
        return [
            {
                "retry": 0, "queue": queue, "class": type, "args": [data or {"to": "ann"}],
                "jid": f"{queue}-{next(self._numbers)}", "created_at": now, "enqueued_at": now,
            }
            for _ in range(count)
        ]  # fmt: skip

    def _timed(self, key: str, queue: str, count: int, at: float) -> list[str]:
        self.client.sadd("queues", queue)
        jobs = self._jobs(queue, count)
        for job in jobs:
            self.client.zadd(key, {json.dumps(job): at})
        return [job["jid"] for job in jobs]

    def _take(self, queue: str) -> list[bytes]:
        raw = self.client.lrange(f"queue:{queue}", 0, -1)[::-1]
        self.client.delete(f"queue:{queue}")
        return list(raw)

    def _die(self, jobs: list[dict[str, Any]], error: str, fingerprint: str) -> None:
        type_, _, message = error.partition(": ")
        lines = [f"/app/{fingerprint}/mail.rb:12:in `send'", "/usr/lib/ruby/gems/sidekiq/processor.rb:2:in `run'"]
        backtrace = base64.b64encode(zlib.compress(json.dumps(lines).encode())).decode()
        time.sleep(0.001)
        pipeline = self.client.pipeline()
        for job in jobs:
            now = time.time_ns() // 1000
            died = {
                **job, "error_class": type_, "error_message": message, "failed_at": now // 1000, "retry_count": 0,
                "error_backtrace": backtrace,
            }  # fmt: skip
            pipeline.zadd("dead", {json.dumps(died, separators=(",", ":")): now / 1e6})
        pipeline.execute()
        self.mirror()
