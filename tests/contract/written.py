"""A seeder's base for kinds whose records are written as their product writes them, which need not be installed."""

from __future__ import annotations

import itertools
import time
from typing import Any, ClassVar

import pytest
import redis

from dashboard.adapters import discovery
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from tests.contract import mirrored

TRACEBACK = """Traceback (most recent call last):
  File "/app/{fingerprint}/mail.py", line 12, in send
    connect(password='hunter2')
{error}
"""


class Written:
    """Makes jobs in one database; ids are `<queue>-<number>` in order. What failed is in the mirror at once.

    A kind writes what waits, runs or has failed by `write`; its tests with real workers show that they write the same.
    """

    KIND: ClassVar[str]
    LACKS: ClassVar[dict[str, str]] = {}
    """Why a state, `version` or `worker` is not told, by its name."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: Any = redis.Redis.from_url(url)
        self._numbers = itertools.count(1)
        self._at = 0.0
        adapter = discovery.create(self.KIND, "main", url, {})
        assert isinstance(adapter, MirroredAdapter)
        self._adapter: Any = adapter
        mirrored.name_seeded_groups()

    def write(self, state: str, queue: str, job_id: str, type: str, data: Any, **more: Any) -> None:
        """Write one job: `pending` (`first`), `scheduled` (`at`), `processing`, `failed` (`at`, `traceback`)."""
        raise NotImplementedError

    def remove(self, queue: str, job_id: str) -> None:
        """Take a waiting or running job away, as a worker that is done with it does."""
        raise NotImplementedError

    def pending(
        self, queue: str, count: int = 1, *, type: str = "send", data: Any = None, priority: int = 0, **_: Any
    ) -> list[str]:
        ids = self._ids(queue, count)
        for job_id in reversed(ids) if priority else ids:
            self.write("pending", queue, job_id, type, data or {"to": "ann"}, first=bool(priority))
        return ids

    def scheduled(self, queue: str, count: int = 1, *, at: float) -> list[str]:
        return self._written("scheduled", queue, count, at=at)

    def processing(self, queue: str, count: int = 1, **_: Any) -> list[Any]:
        return self._written("processing", queue, count)

    def retrying(self, queue: str, count: int = 1) -> list[str]:
        return self._written("retrying", queue, count)

    def succeeded(self, queue: str, count: int = 1) -> list[str]:
        return self._written("succeeded", queue, count)

    def cancelled(self, queue: str, count: int = 1) -> list[str]:
        return self._written("cancelled", queue, count)

    def failed(
        self, queue: str, count: int = 1, *, error: str = "ValueError: bad address", fingerprint: str = "a" * 16,
        app_version: str = "", type: str = "send", data: Any = None, **_: Any,
    ) -> list[str]:  # fmt: skip
        ids = self._ids(queue, count)
        for job_id in ids:
            self._fail(queue, job_id, type, data or {"to": "ann"}, error, fingerprint)
        self.mirror()
        return ids

    def fail_again(self, queue: str, *, fingerprint: str = "a" * 16) -> list[str]:
        """Everything that waits fails."""
        ids = self.waiting(queue)
        for job_id in ids:
            self.remove(queue, job_id)
            self._fail(queue, job_id, "send", {"to": "ann"}, "ValueError: bad address", fingerprint)
        self.mirror()
        return ids

    def waiting(self, queue: str) -> list[str]:
        """Ids of what waits."""
        raise NotImplementedError

    def limit_details(self, queue: str, most: int) -> None:
        pytest.skip("this product keeps the details of every failure")

    def schedule(self, *_: Any, **__: Any) -> str:
        pytest.skip("schedules of this product live in the program that runs them")

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
        for word in ("version", "worker"):
            if word in self.LACKS and (word in narrowing or any(name == word for name, _ in excluded)):
                pytest.skip(self.LACKS[word])
        args = tuple((f"kwargs.{path}", value) for path, value in narrowing.get("args", ()))
        without = tuple((word.replace("args.", "args.kwargs.", 1), value) for word, value in excluded)
        return {**narrowing, "args": args, "excluded": without}

    def mirror(self) -> None:
        """Let the mirror see what changed."""
        self._adapter._product.forget()
        for _ in range(3):
            self._adapter._follower.check_soon()
            while self._adapter.maintain() or not self._adapter._follower.whole():
                pass

    def _fail(self, queue: str, job_id: str, type: str, data: Any, error: str, fingerprint: str) -> None:
        """Each a millisecond after the one before, by which products tell time."""
        while (now := time.time()) < self._at + 0.001:
            pass
        self._at = now
        text = TRACEBACK.format(fingerprint=fingerprint, error=error)
        self.write("failed", queue, job_id, type, data, at=self._at, traceback=text)

    def _written(self, state: str, queue: str, count: int, **more: Any) -> list[str]:
        if state in self.LACKS:
            pytest.skip(self.LACKS[state])
        ids = self._ids(queue, count)
        for job_id in ids:
            self.write(state, queue, job_id, "send", {"to": "ann"}, **more)
        return ids

    def _ids(self, queue: str, count: int) -> list[str]:
        return [f"{queue}-{next(self._numbers)}" for _ in range(count)]
