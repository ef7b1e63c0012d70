"""An application of SAQ: its queue, functions and worker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import redis

from dashboard.adapters.mirrored.product import DeadLetter, Kept
from dashboard.adapters.saq.product import SaqProduct


class Application:
    """Function `send` of queue `mailq`, which fails while `broken`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: Any = redis.Redis.from_url(url)
        self.client.set("saq:mailq:sweep", 1)  # a worker that starts sweeps away what another one is just taking
        self.broken = True
        self.ran: list[Any] = []
        self.started: asyncio.Event | None = None

    def enqueue(self, *keys: str, **options: Any) -> None:
        async def run(queue: Any) -> None:
            for key in keys:
                await queue.enqueue("send", key=key, to="ann", **options)

        self.run(run)

    def work(self) -> None:
        """Work off everything, as a worker process does."""

        async def run(queue: Any) -> None:
            await self._worker(queue, burst=True).start()

        self.run(run)

    def while_it_runs(self, done: Callable[[], None]) -> None:
        """Let a worker run a job that waits for an hour, do something meanwhile, and wait until the job ends."""

        async def run(queue: Any) -> None:
            self.started = asyncio.Event()
            worker = self._worker(queue, timers={"abort": 0.1, "worker_info": 1})
            running = asyncio.create_task(worker.start())
            await self.started.wait()
            await asyncio.to_thread(done)
            while self.client.llen("saq:mailq:active") or self.client.get("saq:abort:b1"):
                await asyncio.sleep(0.02)
            await worker.stop()
            await running

        self.run(run)

    def run(self, what: Callable[[Any], Awaitable[None]]) -> None:
        from saq import Queue  # noqa: PLC0415 - only where it is installed

        async def whole() -> None:
            queue: Any = Queue.from_url(self.url, name="mailq")
            await queue.connect()
            try:
                await what(queue)
            finally:
                await queue.disconnect()

        asyncio.run(whole())

    def _worker(self, queue: Any, **options: Any) -> Any:
        from saq import Worker  # noqa: PLC0415 - only where it is installed

        return Worker(queue, functions=[("send", self._send)], concurrency=2, dequeue_timeout=0.5, **options)

    async def _send(self, ctx: Any, *, to: str) -> str:
        if self.started is not None:
            self.started.set()
            await asyncio.sleep(3_600)
        if self.broken:
            raise ValueError(f"bad address {to}")
        self.ran.append(ctx["job"].key)
        return "sent"


def failures(product: SaqProduct) -> list[DeadLetter]:
    """All failures that looking finds."""
    found: dict[str, DeadLetter] = {}
    place = ""
    while True:
        seen = product.look(place, 200)
        found |= {letter.id: letter for letter in seen.letters}
        place = seen.place
        if seen.whole:
            return list(found.values())


def kept(letter: DeadLetter) -> Kept:
    return Kept(letter.id, letter.type, letter.failed_at, letter.data, letter.memo)
