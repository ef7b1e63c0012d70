"""An application of arq: its functions and its worker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import redis

from dashboard.adapters.arq.product import ArqProduct
from dashboard.adapters.mirrored.product import DeadLetter, Kept

QUEUE = "arq:queue"


class Thing:
    """An argument that only the application can make."""


class Application:
    """Function `send`, which fails while `broken`, and `wait`, which runs until it is stopped."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: Any = redis.Redis.from_url(url)
        self.broken = True
        self.ran: list[Any] = []
        self._started = asyncio.Event()

    def enqueue(self, *ids: str, function: str = "send", to: Any = "ann", **options: Any) -> None:
        async def run(pool: Any) -> None:
            for job_id in ids:
                await pool.enqueue_job(function, 3, to=to, _job_id=job_id, **options)

        self._run(run)

    def work(self) -> None:
        """Work off everything, as a worker process does."""

        async def run(pool: Any) -> None:
            await self._worker(pool, burst=True).main()

        self._run(run)

    def while_it_runs(self, done: Callable[[], None]) -> None:
        """Let a worker run `wait`, do something meanwhile, and wait until the job ends."""

        async def run(pool: Any) -> None:
            self._started = asyncio.Event()
            worker = self._worker(pool, burst=True, allow_abort_jobs=True)
            running = asyncio.create_task(worker.main())
            await self._started.wait()
            await asyncio.to_thread(done)
            await running

        self._run(run)

    def _run(self, what: Callable[[Any], Awaitable[None]]) -> None:
        from arq import create_pool  # noqa: PLC0415 - only where it is installed
        from arq.connections import RedisSettings  # noqa: PLC0415

        async def whole() -> None:
            pool: Any = await create_pool(RedisSettings.from_dsn(self.url))
            try:
                await what(pool)
            finally:
                await pool.aclose()

        asyncio.run(whole())

    def _worker(self, pool: Any, **options: Any) -> Any:
        from arq import Worker, func  # noqa: PLC0415 - only where it is installed

        functions = [func(self._send, name="send"), func(self._wait, name="wait")]
        return Worker(
            functions, redis_pool=pool, max_tries=1, poll_delay=0.05, handle_signals=False, job_timeout=100, **options
        )

    async def _send(self, ctx: Any, number: int, *, to: Any) -> str:
        if self.broken:
            raise ValueError(f"bad address {to}")
        self.ran.append((ctx["job_id"], number, to))
        return "sent"

    async def _wait(self, ctx: Any, number: int, *, to: Any) -> None:
        self._started.set()
        await asyncio.sleep(3_600)


def failures(product: ArqProduct) -> list[DeadLetter]:
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
