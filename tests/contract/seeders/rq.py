"""Real jobs of kind `rq` in every state: RQ enqueues them and its own worker runs them, in this process."""

from __future__ import annotations

import builtins
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import redis
from rq import Queue, Retry  # type: ignore[import-untyped]
from rq.job import Job  # type: ignore[import-untyped]
from rq.registry import StartedJobRegistry  # type: ignore[import-untyped]

from dashboard.adapters import discovery
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from tests.adapters.rq.real import QuietWorker
from tests.contract import mirrored
from tests.waiting import until

KIND = "rq"
CANNOT = {
    **mirrored.CANNOT,
    "test_the_version_that_failed_is_told_of_job_and_group": "RQ keeps no version of the application with a failure",
}
WORKER = "test-worker"
COPIED = 60
"""Of more failures at once, some are run by RQ's worker, and the others are copies of the last of these."""


def raising(fingerprint: str) -> Any:
    """A function that raises an error at a place of its own."""
    named: dict[str, Any] = {}
    exec(compile("def send(error):\n    raise error", f"/app/{fingerprint}/mail.py", "exec"), named)
    return named["send"]


class SeededJob(Job):  # type: ignore[misc]
    """A job that does what its meta says; the functions of these tests need not exist."""

    def _execute(self) -> Any:
        error = self.meta.get("error", "")
        if error:
            name, _, message = error.partition(": ")
            raising(self.meta["at"])(getattr(builtins, name)(message.strip("'")))
        return "sent"


class SeededQueue(Queue):  # type: ignore[misc]
    job_class = SeededJob


class SeededWorker(QuietWorker):
    job_class = SeededJob
    queue_class = SeededQueue


class Seeder:
    """Makes jobs in one database; ids are `<queue>-<number>` in order. What failed is in the mirror at once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: Any = redis.Redis.from_url(url)
        self._numbers = itertools.count(1)
        adapter = discovery.create(KIND, "main", url, {})
        assert isinstance(adapter, MirroredAdapter)
        self._adapter: Any = adapter
        mirrored.name_seeded_groups()

    def pending(
        self, queue: str, count: int = 1, *, type: str = "send", data: Any = None, priority: int = 0, **options: Any
    ) -> list[str]:
        """RQ has no priorities: what comes first is enqueued at the front."""
        meta = {name: options.pop(name) for name in ("error", "at") if name in options}
        retry = options.pop("max_retries", 0)
        ids = [f"{queue}-{next(self._numbers)}" for _ in range(count)]
        for job_id in reversed(ids) if priority else ids:
            job = self._queue(queue).create_job(
                type, kwargs=data or {"to": "ann"}, job_id=job_id, meta=meta, result_ttl=3_600,
                retry=Retry(max=retry, interval=600) if retry else None, **options,
            )  # fmt: skip
            self._queue(queue).enqueue_job(job, at_front=bool(priority))
        return ids

    def scheduled(self, queue: str, count: int = 1, *, at: float) -> list[str]:
        ids = [f"{queue}-{next(self._numbers)}" for _ in range(count)]
        for job_id in ids:
            self._queue(queue).enqueue_at(datetime.fromtimestamp(at, UTC), "send", job_id=job_id, kwargs={"to": "ann"})
        return ids

    def processing(self, queue: str, count: int = 1, **options: Any) -> list[Any]:
        """Starts everything pending before too, as a worker does."""
        self.pending(queue, count, **options)
        worker, found = self._worker(queue), []
        while got := Queue.dequeue_any([self._queue(queue)], None, connection=self.client, job_class=SeededJob):
            worker.prepare_execution(got[0])
            worker.prepare_job_execution(got[0], remove_from_intermediate_queue=True)
            found.append(got[0])
        return found

    def retrying(self, queue: str, count: int = 1) -> list[str]:
        return self._run(queue, self.pending(queue, count, max_retries=3, error="ValueError: bad", at="e" * 16))

    def succeeded(self, queue: str, count: int = 1) -> list[str]:
        return self._run(queue, self.pending(queue, count))

    def finish(self, queue: str) -> list[str]:
        """Let everything that is processing succeed."""
        registry = StartedJobRegistry(queue, connection=self.client, job_class=SeededJob)
        worker, ids = self._worker(queue), []
        for job_id, execution_id in registry.get_job_and_execution_ids(cleanup=False):
            job = SeededJob.fetch(job_id, connection=self.client)
            (execution,) = [each for each in job.get_executions() if each.id == execution_id]
            job.ended_at, job._result = datetime.now(UTC), "sent"
            worker.handle_job_success(job, self._queue(queue), registry, execution)
            ids.append(job_id)
        self.mirror()
        return ids

    def failed(
        self, queue: str, count: int = 1, *, error: str = "ValueError: bad address", fingerprint: str = "a" * 16,
        app_version: str = "", **options: Any,
    ) -> list[str]:  # fmt: skip
        known = self._mirrored(queue)
        run = self._run(queue, self.pending(queue, min(count, COPIED), error=error, at=fingerprint, **options))
        ids = run + self._copies(queue, run[-1], count - len(run)) if count > len(run) else run
        self.mirror()
        until(lambda: self._mirrored(queue) >= known + len(ids) or self.mirror())
        return ids

    def _mirrored(self, queue: str) -> int:
        found = self._adapter._mirror.queues().get(queue)
        return (found.failed or 0) if found else 0

    def fail_again(self, queue: str, *, fingerprint: str = "a" * 16) -> list[str]:
        """Run everything pending, which fails."""
        ids = [each.decode() for each in self.client.lrange(f"rq:queue:{queue}", 0, -1)]
        for job_id in ids:
            job = SeededJob.fetch(job_id, connection=self.client)
            job.meta |= {"error": job.meta.get("error") or "ValueError: bad address", "at": fingerprint}
            job.save_meta()
        return self._run(queue, ids)

    def cancelled(self, queue: str, count: int = 1) -> list[str]:
        ids = self.pending(queue, count)
        for job_id in ids:
            SeededJob.fetch(job_id, connection=self.client).cancel()
        return ids

    def limit_details(self, queue: str, most: int) -> None:
        pytest.skip("RQ keeps the details of every failure")

    def schedule(self, *_: Any, **__: Any) -> str:
        pytest.skip("schedules of RQ live in the program that runs them: they have tests of their own")

    def payload(self, queue: str, job_id: str) -> bytes:
        stored = self.client.hget(f"rq:job:{job_id}", "data")
        return SeededJob.fetch(job_id, connection=self.client).data if stored else b""

    def store(self, queue: str, job_id: str, stored: bytes) -> None:
        pytest.skip("arguments of a failure are read once, when it is mirrored: they have tests of their own")

    def now(self) -> float:
        seconds, micros = self.client.time()
        return int(seconds) + int(micros) / 1e6

    def shown(self, data: dict[str, Any]) -> dict[str, Any]:
        """Arguments are given by name."""
        return {"args": [], "kwargs": data}

    def plain(self, found: dict[str, Any]) -> Any:
        return found["kwargs"]

    def narrowing(self, narrowing: dict[str, Any]) -> dict[str, Any]:
        """Filters with paths below `kwargs`."""
        excluded = narrowing.get("excluded", ())
        if "version" in narrowing or any(word == "version" for word, _ in excluded):
            pytest.skip("RQ keeps no version of the application with a failure")
        args = tuple((f"kwargs.{path}", value) for path, value in narrowing.get("args", ()))
        without = tuple((word.replace("args.", "args.kwargs.", 1), value) for word, value in excluded)
        return {**narrowing, "args": args, "excluded": without}

    def mirror(self) -> None:
        """Let the mirror see what changed."""
        self._adapter._product._access._names.forget()
        for _ in range(3):
            self._adapter._follower.check_soon()
            while self._adapter.maintain() or not self._adapter._follower.whole():
                pass

    def _run(self, queue: str, ids: Sequence[str]) -> list[str]:
        self._worker(queue).work(burst=True, logging_level="CRITICAL")
        self.mirror()
        return list(ids)

    def _copies(self, queue: str, of: str, count: int) -> list[str]:
        ids = [f"{queue}-{next(self._numbers)}" for _ in range(count)]
        job, score = self.client.dump(f"rq:job:{of}"), self.client.zscore(f"rq:failed:{queue}", of)
        ((entry, result),) = self.client.xrevrange(f"rq:results:{of}", count=1)
        pipeline = self.client.pipeline()
        for number, job_id in enumerate(ids, 1):
            pipeline.restore(f"rq:job:{job_id}", 0, job)
            pipeline.xadd(f"rq:results:{job_id}", result, id=f"{int(entry.split(b'-')[0]) + number}-0")
            pipeline.zadd(f"rq:failed:{queue}", {job_id: score})
        pipeline.execute()
        return ids

    def _queue(self, name: str) -> Any:
        return SeededQueue(name, connection=self.client)

    def _worker(self, queue: str) -> Any:
        return SeededWorker([self._queue(queue)], name=WORKER, connection=self.client)
