"""An application of Huey: its tasks and its consumer."""

from __future__ import annotations

import threading
import time
from typing import Any

import redis

from dashboard.adapters.huey.product import HueyProduct
from dashboard.adapters.mirrored.product import DeadLetter, Kept
from tests.waiting import PATIENCE

QUEUE = "shop"


class Application:
    """Tasks `send`, which fails while `broken`, and `retried`, which is tried again an hour later."""

    def __init__(self, url: str, kind: str = "RedisHuey", **options: Any) -> None:
        import huey  # noqa: PLC0415 - only where it is installed

        self.url = url
        self.client: Any = redis.Redis.from_url(url)
        self.broken = True
        self.ran: list[Any] = []
        self._done = threading.Event()
        self._left = 0
        self.huey = getattr(huey, kind)(QUEUE, url=url, **options)
        self.send = self.huey.task(name="send")(self._send)
        self.retried = self.huey.task(name="retried", retries=2, retry_delay=3_600)(self._send)
        self.huey.signal()(self._heard)

    def work(self, count: int) -> None:
        """Let a consumer run or schedule so many tasks, as its process does."""
        self._left = count
        self._done.clear()
        consumer = self.huey.create_consumer(workers=1, periodic=False, initial_delay=0.01, max_delay=0.05)
        consumer.start()
        try:
            assert self._done.wait(PATIENCE)
        finally:
            consumer.stop(graceful=True)
            for _, thread in consumer.worker_threads:
                thread.join(10)
            consumer.scheduler.join(10)

    def _heard(self, signal: str, *_: Any) -> None:
        if signal in ("complete", "error", "scheduled"):
            self._left -= 1
            if not self._left:
                self._done.set()

    def _send(self, number: int, to: str = "") -> str:
        if self.broken:
            raise ValueError(f"bad address {to}")
        self.ran.append((number, to))
        return "sent"


def failures(product: HueyProduct) -> list[DeadLetter]:
    """All failures that looking finds."""
    found: dict[str, DeadLetter] = {}
    place, deadline = "", time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        seen = product.look(place, 200)
        found |= {letter.id: letter for letter in seen.letters}
        place = seen.place
        if seen.whole:
            return list(found.values())
    raise AssertionError("looking never ends")


def kept(letter: DeadLetter) -> Kept:
    return Kept(letter.id, letter.type, letter.failed_at, letter.data, letter.memo)
