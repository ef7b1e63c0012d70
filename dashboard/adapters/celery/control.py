"""Celery's remote control, spoken over Redis: commands are published, what workers answer comes into a list."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from dashboard.adapters.celery import building, messages
from dashboard.adapters.celery.access import Access
from dashboard.adapters.celery.names import raw

LIVES_SECONDS = 20
"""Of a list of answers, those that come too late included."""
STALE_SECONDS = 60.0
MOST_ANSWERS = 2_000
MOST_BYTES = 1_048_576
ASKER = "redrive-"


@dataclass(frozen=True, slots=True)
class Answers:
    """What each worker answered, by method; heard: how many connections the question reached, not all are workers'."""

    by_method: dict[str, dict[str, Any]] = field(default_factory=dict)
    heard: int = 0

    def to(self, method: str) -> dict[str, Any]:
        """By worker, what was answered to one method."""
        return self.by_method.get(method, {})

    @property
    def workers(self) -> list[str]:
        """Who answered anything, by name."""
        return sorted({worker for answered in self.by_method.values() for worker in answered})


class Control:
    """Speaks to the workers of an application.

    Args:
        access: the application.
        clock: gives unix seconds.
        wait: sleeps for some seconds.
    """

    def __init__(
        self, access: Access, clock: Callable[[], float] = time.time, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._access = access
        self._clock = clock
        self._wait = wait
        self._swept = False

    def ask(
        self, asked: Mapping[str, dict[str, Any]], *, seconds: float, destination: list[str] | None = None
    ) -> Answers:
        """Ask all workers, or some, several things at once.

        Args:
            asked: arguments by method.
            seconds: to wait at most; less when all who hear it have answered.
        """
        self._sweep()
        asker = f"{ASKER}{int(self._clock())}-{uuid4()}"
        with self._access.errors():
            self._open(asker)
            try:
                tickets = {str(uuid4()): method for method in asked}
                heard = [self._publish(asker, method, asked[method], ticket, destination)
                         for ticket, method in tickets.items()]  # fmt: skip
                expected = len(asked) * (len(destination) if destination else max(heard, default=0))
                found = self._gather(asker, tickets, min(expected, MOST_ANSWERS), seconds)
                return Answers(found, max(heard, default=0))
            finally:
                self._access.broker.srem(self._binding, self._member(asker))

    def _open(self, asker: str) -> None:
        """A list that goes by itself: its first item is no answer, and lets it expire from the start."""
        answers = self._access.names.replies(asker)
        pipeline = self._access.broker.pipeline(transaction=True)
        pipeline.rpush(answers, b"")
        pipeline.expire(answers, LIVES_SECONDS)
        pipeline.sadd(self._binding, self._member(asker))
        pipeline.execute()

    def _publish(
        self, asker: str, method: str, arguments: dict[str, Any], ticket: str, destination: list[str] | None
    ) -> int:
        names = self._access.names
        told = building.command(
            method, arguments, ticket=ticket, asker=asker, exchange=f"{names.control}.pidbox",
            answers=names.reply_exchange, destination=destination, expires=time.time() + LIVES_SECONDS,
        )  # fmt: skip
        return int(self._access.broker.publish(names.commands, told))

    def _gather(
        self, asker: str, tickets: Mapping[str, str], expected: int, seconds: float
    ) -> dict[str, dict[str, Any]]:
        answers, broker = self._access.names.replies(asker), self._access.broker
        until, pause = time.monotonic() + seconds, 0.02
        while expected and int(broker.llen(answers)) <= expected and time.monotonic() < until:
            self._wait(pause)
            pause = min(0.2, pause * 1.5)
        found: Any = self._access.ask(broker, "peek", [answers], [0, MOST_ANSWERS, MOST_BYTES, 1])
        return answered(found, tickets)

    def _sweep(self) -> None:
        """Forget askers that were killed while they waited."""
        if self._swept:
            return
        with self._access.errors():
            found: Any = self._access.broker.sscan(self._binding, 0, match=f"{ASKER}*", count=1_000)
            old = [member for member in found[1] if _asked_at(member) < self._clock() - STALE_SECONDS]
            if old:
                self._access.broker.srem(self._binding, *old)
        self._swept = True

    @property
    def _binding(self) -> bytes:
        return self._access.names.binding(self._access.names.reply_exchange)

    def _member(self, asker: str) -> bytes:
        names = self._access.names
        return names.separator.join([raw(asker), b"", raw(f"{asker}.{names.reply_exchange}")])


def answered(found: Sequence[tuple[int, bytes]], tickets: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What each worker answered to each method; what is no answer is left out."""
    answers: dict[str, dict[str, Any]] = defaultdict(dict)
    for size, stored in found:
        message = messages.read(stored, size)
        method = tickets.get(str(message.headers.get("ticket")))
        body = messages.body(message) if method else None
        if method and isinstance(body, dict):
            answers[method].update({str(worker)[:300]: answer for worker, answer in body.items()})
    return answers


def _asked_at(member: bytes) -> float:
    try:
        return float(member[len(ASKER) :].split(b"-", 1)[0])
    except ValueError:
        return float("inf")
