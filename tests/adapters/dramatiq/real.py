"""An application of Dramatiq: its broker, actors and worker threads."""

from __future__ import annotations

import threading
from typing import Any

import redis

from dashboard.adapters.dramatiq.product import DramatiqProduct
from dashboard.adapters.mirrored.product import DeadLetter, Kept


class Application:
    """Actors `send` and `retried` of queue `mail`; they fail while `broken`, and `send` waits for `gate` to be set."""

    def __init__(self, url: str) -> None:
        import dramatiq  # noqa: PLC0415 - only where it is installed
        from dramatiq.brokers.redis import RedisBroker  # noqa: PLC0415

        self.client: Any = redis.Redis.from_url(url)
        self.broker: Any = RedisBroker(url=url)
        self.broken = True
        self.gate = threading.Event()
        self.gate.set()
        self.ran: list[Any] = []
        self._dramatiq = dramatiq
        self._workers: list[Any] = []
        self.send: Any = dramatiq.actor(
            self._send, broker=self.broker, queue_name="mail", actor_name="send", max_retries=0
        )
        self.retried: Any = dramatiq.actor(
            self._send, broker=self.broker, queue_name="mail", actor_name="retried", max_retries=1, min_backoff=1,
            max_backoff=1,
        )  # fmt: skip

    def work(self) -> None:
        """Work off everything, as a worker process does."""
        worker = self.start()
        for name in ("mail",):
            self.broker.join(name, timeout=30_000)
        worker.join()
        self._stop(worker)

    def start(self) -> Any:
        worker = self._dramatiq.Worker(self.broker, worker_threads=1, worker_timeout=50)
        worker.start()
        self._workers.append(worker)
        return worker

    def close(self) -> None:
        self.gate.set()
        for worker in list(self._workers):
            self._stop(worker)
        self.broker.close()

    def _stop(self, worker: Any) -> None:
        self._workers.remove(worker)
        worker.stop()

    def _send(self, *args: Any, **kwargs: Any) -> None:
        self.gate.wait(30)
        if self.broken:
            raise ValueError(f"bad address {args[0]}")
        self.ran.append(args[0])


def failures(product: DramatiqProduct) -> list[DeadLetter]:
    """All failures that looking finds."""
    found: list[DeadLetter] = []
    place = ""
    while True:
        seen = product.look(place, 200)
        found += seen.letters
        place = seen.place
        if seen.whole:
            return found


def kept(letter: DeadLetter) -> Kept:
    return Kept(letter.id, letter.type, letter.failed_at, letter.data, letter.memo)
