"""What the dashboard asks of each source's Redis while nobody looks: measured, not reckoned."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from redis.connection import AbstractConnection

from dashboard.adapters.contract import Adapter, AdapterError
from dashboard.adapters.sources import Sources

MOST_COMMANDS = 20.0
"""Commands a second that one source may cost while nobody looks."""

_REPLACED = ("send_command", "pack_commands", "read_response")


@dataclasses.dataclass(slots=True)
class Spent:
    """Commands that were sent, and the longest wait for a reply (seconds) with the command that it was for."""

    commands: int = 0
    longest: float = 0.0
    slowest: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Cost:
    """One source's cost: commands a second, the longest round trip in milliseconds, and of which command."""

    source: str
    commands_per_second: float
    longest_ms: float
    slowest: str
    error: str = ""

    @property
    def fine(self) -> bool:
        """Whether it is within what is promised."""
        return not self.error and self.commands_per_second <= MOST_COMMANDS


def measure(
    sources: Sources,
    seconds: int,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Cost]:
    """Do for each source in turn what a collector does each second, for so many seconds.

    The first second is not counted: it connects and loads scripts.
    """
    for adapter in sources.all():
        with counted() as spent:
            error = _idle(adapter, 1, clock, sleep)
            spent.commands, spent.longest, spent.slowest = 0, 0.0, ""
            error = error or _idle(adapter, seconds, clock, sleep)
        yield Cost(adapter.source, spent.commands / seconds, spent.longest * 1000, spent.slowest, error)


@contextmanager
def counted() -> Iterator[Spent]:
    """Count what this process sends to any Redis meanwhile."""
    spent = Spent()
    send, pack, read = (getattr(AbstractConnection, name) for name in _REPLACED)
    waiting: dict[int, tuple[float, str]] = {}

    def sending(self: AbstractConnection, *args: Any, **options: Any) -> Any:
        spent.commands += 1
        waiting[id(self)] = time.perf_counter(), str(args[0])
        return send(self, *args, **options)

    def packing(self: AbstractConnection, commands: Any) -> Any:
        listed = list(commands)
        spent.commands += len(listed)
        waiting[id(self)] = time.perf_counter(), " ".join(dict.fromkeys(str(args[0]) for args in listed))[:40]
        return pack(self, listed)

    def reading(self: AbstractConnection, *args: Any, **options: Any) -> Any:
        reply = read(self, *args, **options)
        started, name = waiting.pop(id(self), (0.0, ""))
        taken = time.perf_counter() - started
        if name and taken > spent.longest:
            spent.longest, spent.slowest = taken, name
        return reply

    _replace(sending, packing, reading)
    try:
        yield spent
    finally:
        _replace(send, pack, read)


def _replace(send: Any, pack: Any, read: Any) -> None:
    for name, function in zip(_REPLACED, (send, pack, read), strict=True):
        setattr(AbstractConnection, name, function)


def _idle(adapter: Adapter, seconds: int, clock: Callable[[], float], sleep: Callable[[float], None]) -> str:
    """What happens each second whether or not anyone looks; why it could not, if so."""
    maintain = getattr(adapter, "maintain", None)
    try:
        for _ in range(seconds):
            until = clock() + 1.0
            adapter.queues()
            adapter.workers()
            if maintain:
                maintain()
            sleep(max(0.0, until - clock()))
    except AdapterError as error:
        return str(error)
    return ""
