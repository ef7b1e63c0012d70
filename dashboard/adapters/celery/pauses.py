"""Pausing a queue: Celery has no such thing, so workers are told to take nothing from it; new ones take from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from dashboard.adapters.celery.access import Access
from dashboard.adapters.celery.control import Answers, Control
from dashboard.adapters.celery.names import raw, text
from dashboard.adapters.celery.roster import Roster, Seen
from dashboard.adapters.contract import ActionRefused
from dashboard.adapters.mirrored import moves
from dashboard.language import N_

SECONDS = 2.0
"""For which workers are waited for."""
KEPT_SECONDS = 30 * 86_400

NOBODY = N_("no worker of queue %(queue)s answers; Celery keeps no pause itself, so there is nobody to tell")


class Pauses:
    """Which queues were paused from here, kept beside the broker's own keys.

    Args:
        access: the application.
        control: tells the workers.
        roster: says who consumes what.
        clock: gives unix seconds.
    """

    def __init__(self, access: Access, control: Control, roster: Roster, clock: Callable[[], float]) -> None:
        self._access = access
        self._control = control
        self._roster = roster
        self._clock = clock
        self._key = f"{moves.PREFIX}paused:{access.source}"

    def pause(self, queue: str) -> None:
        """Let all workers that answer take nothing more from a queue. Raises ActionRefused when none does."""
        consumers = [each.name for each in self._roster.refresh().workers if queue in (each.queues or ())]
        told = self._control.ask({"cancel_consumer": {"queue": queue}}, seconds=SECONDS, destination=consumers or None)
        done = [name for name, answer in told.to("cancel_consumer").items() if name in consumers and _ok(answer)]
        if not done:
            raise ActionRefused(NOBODY, queue=queue)
        with self._access.errors():
            pipeline = self._access.broker.pipeline(transaction=True)
            pipeline.hset(self._key, raw(queue), json.dumps(sorted({*done, *self._paused().get(queue, ())})))
            pipeline.expire(self._key, KEPT_SECONDS)
            pipeline.execute()
        self._roster.refresh()

    def resume(self, queue: str) -> None:
        """Let those workers take from it again that did before. Raises ActionRefused when none answers."""
        before = set(self._paused().get(queue, ()))
        alive = [each.name for each in self._roster.refresh().alive(self._clock())]
        meant = [name for name in alive if name in before] or alive
        arguments = {"queue": queue}
        told = (
            self._control.ask({"add_consumer": arguments}, seconds=SECONDS, destination=meant) if meant else Answers()
        )
        if not any(map(_ok, told.to("add_consumer").values())):
            raise ActionRefused(NOBODY, queue=queue)
        with self._access.errors():
            self._access.broker.hdel(self._key, raw(queue))
        self._roster.refresh()

    def paused(self, seen: Seen, now: float) -> Callable[[str], bool | None]:
        """Whether a queue is paused: it was, and no worker that answers takes from it; None when that is not known."""
        paused = self._paused()
        consumed = {queue for each in seen.alive(now) for queue in each.queues or ()}
        return lambda queue: queue not in consumed if queue in paused else False

    def _paused(self) -> dict[str, list[str]]:
        with self._access.errors():
            found: Any = self._access.broker.hgetall(self._key)
        return {text(queue): _workers(stored) for queue, stored in found.items()}


def _workers(stored: bytes) -> list[str]:
    try:
        value = json.loads(stored)
    except ValueError:
        return []
    return [str(name) for name in value] if isinstance(value, list) else []


def _ok(answer: Any) -> bool:
    return isinstance(answer, dict) and "ok" in answer
