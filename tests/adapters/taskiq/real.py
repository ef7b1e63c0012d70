"""An application of taskiq: its tasks and its worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import redis

from dashboard.adapters.mirrored.product import DeadLetter, Kept
from dashboard.adapters.taskiq.product import TaskiqProduct
from tests.waiting import PATIENCE

QUEUE = "taskiq"


class Application:
    """Tasks `send`, which fails while `broken`, `retried`, which is tried twice, and `wait`, which runs until it is let
    go."""

    def __init__(self, url: str, kind: str, prefix: str | None = None, **options: Any) -> None:
        self.url = url
        self.client: Any = redis.Redis.from_url(url)
        self.kind = kind
        self.prefix = prefix
        self.options = options
        self.broken = True
        self.ran: list[Any] = []
        self._started = asyncio.Event()
        self._go = asyncio.Event()
        self._run(lambda _: asyncio.sleep(0), worker=True)  # its workers' group is there before anything is sent

    def send(self, *numbers: int, task: str = "send", to: str = "", **labels: Any) -> list[str]:
        """Send tasks; their ids."""

        async def run(broker: Any) -> list[str]:
            kicker = broker.find_task(task).kicker().with_labels(**labels)
            return [(await kicker.kiq(number, to=to)).task_id for number in numbers]

        return self._run(run, worker=True)

    def work(self) -> None:
        """Work off everything, as a worker process does."""

        async def run(broker: Any) -> None:
            await self._listen(broker, self._idle)

        self._run(run, worker=True)

    def while_it_runs(self, done: Callable[[], None]) -> None:
        """Let a worker run `wait`, do something meanwhile, and wait until the task ends."""

        async def run(broker: Any) -> None:
            self._started, self._go = asyncio.Event(), asyncio.Event()

            async def meanwhile() -> None:
                await self._started.wait()
                await asyncio.to_thread(done)
                self._go.set()
                await self._idle()

            await self._listen(broker, meanwhile)

        self._run(run, worker=True)

    def schedule(self, what: Callable[[Any, Any], Awaitable[Any]]) -> Any:
        """Do something with the schedule source and the task `send`."""
        from taskiq_redis import ListRedisScheduleSource  # noqa: PLC0415 - only where it is installed

        async def run(broker: Any) -> Any:
            source = ListRedisScheduleSource(self.url)
            try:
                return await what(source, broker.find_task("send"))
            finally:
                await source.shutdown()

        return self._run(run)

    def _run(self, what: Callable[[Any], Awaitable[Any]], *, worker: bool = False) -> Any:
        async def whole() -> Any:
            broker = self._broker()
            broker.is_worker_process = worker
            await broker.startup()
            try:
                return await what(broker)
            finally:
                await broker.shutdown()

        return asyncio.run(whole())

    async def _listen(self, broker: Any, until: Callable[[], Awaitable[None]]) -> None:
        from taskiq.receiver import Receiver  # noqa: PLC0415 - only where it is installed

        finish = asyncio.Event()
        listening = asyncio.create_task(Receiver(broker, max_async_tasks=1, max_prefetch=0).listen(finish))
        await until()
        finish.set()
        await asyncio.wait([listening], timeout=0.5)
        listening.cancel()
        await asyncio.wait([listening], timeout=0.2)

    async def _idle(self) -> None:
        """Until nothing waits or runs."""
        deadline = time.monotonic() + PATIENCE
        quiet = 0
        while quiet < 5:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
            quiet = quiet + 1 if not self._busy() else 0

    def _busy(self) -> bool:
        name = self.options.get("queue_name", QUEUE)
        if self.kind == "ListQueueBroker":
            return bool(self.client.llen(name))
        (group,) = self.client.xinfo_groups(name)
        return bool(group["pending"] or self.client.xrange(name, b"(" + group["last-delivered-id"], "+", count=1))

    def _broker(self) -> Any:
        import taskiq_redis  # noqa: PLC0415 - only where it is installed
        from taskiq import SimpleRetryMiddleware  # noqa: PLC0415

        options = {"xread_block": 100} if self.kind == "RedisStreamBroker" else {}
        broker = getattr(taskiq_redis, self.kind)(self.url, **options, **self.options)
        backend = taskiq_redis.RedisAsyncResultBackend(self.url, prefix_str=self.prefix)
        broker = broker.with_result_backend(backend).with_middlewares(SimpleRetryMiddleware())

        @broker.task(task_name="send")
        async def send(number: int, to: str = "") -> str:
            return self._send(number, to)

        @broker.task(task_name="retried", retry_on_error=True, max_retries=2)
        async def retried(number: int, to: str = "") -> str:
            return self._send(number, to)

        @broker.task(task_name="wait")
        async def wait(number: int, to: str = "") -> None:
            self._started.set()
            await self._go.wait()

        return broker

    def _send(self, number: int, to: str) -> str:
        if self.broken:
            raise ValueError(f"bad address {to}")
        self.ran.append((number, to))
        return "sent"


def failures(product: TaskiqProduct) -> list[DeadLetter]:
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
