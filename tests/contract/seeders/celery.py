"""Real tasks of kind `celery` in every state: Celery sends them, and its own code or its own worker runs them, here."""

from __future__ import annotations

import builtins
import itertools
import json
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from celery.worker import state as worker_state
from celery.worker.request import Request
from kombu import Queue

from dashboard.adapters import discovery
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from queue_core.connection import Client, connect
from tests.contract import mirrored

KIND = "celery"
WORKER = "test-worker"
_NO_VERSION = "Celery keeps no version of the application with a failure"
_NO_LIST = "Celery keeps no list of the tasks that succeeded or were revoked, nor how many they are"
CANNOT = {
    **mirrored.CANNOT,
    "test_the_version_that_failed_is_told_of_job_and_group": _NO_VERSION,
    "test_a_paused_queue_is_shown_as_paused_until_it_is_resumed": "workers pause, and tests of their own have some",
    "test_a_queue_shows_how_many_jobs_are_in_every_state": _NO_LIST,
}
RUN = 40
"""Of more failures at once, some are run by Celery, and the others are copies of the last of these."""


class Claim(NamedTuple):
    """A task that runs."""

    id: str


def raising(at: str) -> Any:
    """A function that raises an error at a place of its own."""
    named: dict[str, Any] = {}
    exec(compile("def send(error):\n    raise error", f"/app/{at}/mail.py", "exec"), named)
    return named["send"]


class Seeder:
    """Makes tasks in one database; ids are `<queue>-<number>` in order. What failed is in the mirror at once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: Client = connect(url)
        self.app = Celery("shop", broker=url, backend=url)
        self.app.conf.update(result_extended=True, task_track_started=True, broker_connection_retry_on_startup=True)
        # Connections are shared by all with the same options: one that is kept from before its database was emptied
        # takes queues for declared that are not.
        self.app.conf.broker_transport_options = {"seeder": id(self), "at": time.monotonic()}
        self._numbers = itertools.count(1)
        self._errors: dict[str, tuple[str, str]] = {}
        self._held: dict[str, list[str]] = {}
        self._over = threading.Event()
        self._workers = ExitStack()
        adapter = discovery.create(KIND, "main", url, {})
        assert isinstance(adapter, MirroredAdapter)
        self._adapter: Any = adapter
        mirrored.name_seeded_groups()
        worker_state.revoked.clear()  # of tasks of other tests with the same ids

    def pending(
        self, queue: str, count: int = 1, *, type: str = "send", data: Any = None, priority: int = 0, **options: Any
    ) -> list[str]:
        """Of Celery's priorities 0 is the most urgent; the contract's greater ones go before."""
        task = self._task(type)
        ids = [f"{queue}-{next(self._numbers)}" for _ in range(count)]
        urgency = 0 if priority else 3
        with self.app.producer_or_acquire() as producer:
            for job_id in ids:
                task.apply_async(
                    kwargs=data or {"to": "ann"},
                    task_id=job_id,
                    queue=queue,
                    priority=urgency,
                    producer=producer,
                    **options,
                )
        return ids

    def scheduled(self, queue: str, count: int = 1, *, at: float) -> list[str]:
        """Held by a worker until their time comes."""
        ids = self.pending(queue, count, eta=datetime.fromtimestamp(at, UTC))
        self._hold(queue)
        return ids

    def processing(self, queue: str, count: int = 1, **options: Any) -> list[Claim]:
        """A worker takes everything pending before too."""
        ids = self.pending(queue, count, **options)
        taken = self._hold(queue)
        return [Claim(job_id) for job_id in dict.fromkeys([*taken, *ids])]

    def retrying(self, queue: str, count: int = 1) -> list[str]:
        ids = self.pending(queue, count, type="again")
        self._run(queue)
        self._hold(queue)
        return ids

    def succeeded(self, queue: str, count: int = 1) -> list[str]:
        pytest.skip(_NO_LIST)

    def finish(self, queue: str) -> list[str]:
        """Let everything that is processing succeed."""
        ids = self._held.pop(queue, [])
        self._over.set()
        for job_id in ids:
            _until(lambda job_id=job_id: self.app.backend.get_state(job_id) == "SUCCESS")
        self._over.clear()
        self.mirror()
        return ids

    def failed(
        self, queue: str, count: int = 1, *, error: str = "ValueError: bad address", fingerprint: str = "a" * 16,
        app_version: str = "", **options: Any,
    ) -> list[str]:  # fmt: skip
        options.pop("max_retries", 0)
        known = self._mirrored(queue)
        ids = self.pending(queue, min(count, RUN), **options)
        self._errors |= dict.fromkeys(ids, (error, fingerprint))
        self._run(queue)
        ids += self._copies(queue, ids[-1], count - len(ids))
        self.mirror()
        _until(lambda: self._mirrored(queue) >= known + count or self.mirror())
        return ids

    def _mirrored(self, queue: str) -> int:
        found = self._adapter._mirror.queues().get(queue)
        return (found.failed or 0) if found else 0

    def fail_again(self, queue: str, *, fingerprint: str = "a" * 16) -> list[str]:
        """Run everything pending, which fails."""
        self._errors.clear()
        ids = self._run(queue, ("ValueError: bad address", fingerprint))
        self.mirror()
        return ids

    def cancelled(self, queue: str, count: int = 1) -> list[str]:
        pytest.skip(_NO_LIST)

    def limit_details(self, queue: str, most: int) -> None:
        pytest.skip("Celery keeps the details of every failure")

    def schedule(self, *_: Any, **__: Any) -> str:
        pytest.skip("schedules of RedBeat have tests of their own; celery beat keeps its own in a file")

    def payload(self, queue: str, job_id: str) -> bytes:
        """The arguments as they lie in Redis: in the result of a failure, else in a message."""
        if result := self.client.get(f"celery-task-meta-{job_id}"):
            return json.dumps(json.loads(result)["kwargs"]).encode()  # type: ignore[arg-type]
        return json.dumps(self._adapter.job(queue, job_id).payload.data).encode()

    def store(self, queue: str, job_id: str, stored: bytes) -> None:
        pytest.skip("arguments of a failure are read once, when it is mirrored: they have tests of their own")

    def now(self) -> float:
        """The server's time."""
        seconds, micros = self.client.time()  # type: ignore[misc]
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
            pytest.skip(_NO_VERSION)
        args = tuple((f"kwargs.{path}", value) for path, value in narrowing.get("args", ()))
        without = tuple((word.replace("args.", "args.kwargs.", 1), value) for word, value in excluded)
        return {**narrowing, "args": args, "excluded": without}

    def mirror(self) -> None:
        """Let the mirror see what changed."""
        for _ in range(3):
            self._adapter._follower.check_soon()
            while self._adapter.maintain() or not self._adapter._follower.whole():
                pass

    def close(self) -> None:
        """Stop the workers."""
        self._over.set()
        self._workers.close()

    def _task(self, name: str) -> Any:
        def send(task: Any, **_: Any) -> str:
            if task.request.hostname != WORKER:  # a worker runs it until the test is over with it
                assert self._over.wait(60)
                return "sent"
            error, at = self._errors.get(task.request.id, ("", ""))
            if error:
                type_, _, message = error.partition(": ")
                raising(at)(getattr(builtins, type_)(message.strip("'")))
            return "sent"

        def again(task: Any, **_: Any) -> None:
            raise task.retry(exc=ConnectionError("reset"), countdown=3_600)

        made = again if name == "again" else send
        return self.app.tasks.get(name) or self.app.task(name=name, bind=True, shared=False)(made)

    def _run(self, queue: str, error: tuple[str, str] | None = None) -> list[str]:
        """Run what is due of a queue by Celery's own code, in this thread; the ids."""
        ids, later = [], []
        with self.app.connection_for_read() as connection:
            bound = Queue(queue, channel=connection.default_channel)
            while message := bound.get():
                if message.headers["eta"]:
                    later.append(message)
                    continue
                ids.append(message.headers["id"])
                if error:
                    self._errors[ids[-1]] = error
                Request(
                    message, app=self.app, hostname=WORKER, task=self._task(message.headers["task"]),
                    on_ack=lambda *_, message=message: message.ack(),
                ).execute()  # fmt: skip
            for message in later:
                message.requeue()
        return ids

    def _hold(self, queue: str) -> list[str]:
        """Let a worker take what is pending, and no more; the ids of what it runs."""
        name = f"hold-{next(self._numbers)}@host"
        self._workers.enter_context(
            start_worker(
                self.app, pool="threads", concurrency=20, queues=queue, hostname=name, perform_ping_check=False,
                shutdown_timeout=10, loglevel="critical", without_heartbeat=True,
            )
        )  # fmt: skip
        lists = [queue, *(f"{queue}\x06\x16{step}" for step in (3, 6, 9))]
        _until(lambda: not any(self.client.llen(key) for key in lists))
        self.app.control.cancel_consumer(queue, destination=[name], reply=True, timeout=2)
        answers: Any = self.app.control.inspect([name], timeout=1).active() or {}
        self._held.setdefault(queue, []).extend(each["id"] for each in answers.get(name, ()))
        return list(self._held[queue])

    def _copies(self, queue: str, of: str, count: int) -> list[str]:
        ids = [f"{queue}-{next(self._numbers)}" for _ in range(count)]
        found: Any = self.client.get(f"celery-task-meta-{of}") if ids else b"{}"
        pattern, pipeline = json.loads(found), self.client.pipeline()
        for number, job_id in enumerate(ids, 1):
            ended = datetime.fromisoformat(pattern["date_done"]) + timedelta(microseconds=10 * number)
            value = json.dumps({**pattern, "task_id": job_id, "date_done": ended.isoformat()})
            pipeline.set(f"celery-task-meta-{job_id}", value, ex=3_600)
            pipeline.publish(f"celery-task-meta-{job_id}", value)
        pipeline.execute()
        return ids


def _until(check: Any) -> None:
    deadline = time.monotonic() + 120
    while not check():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
