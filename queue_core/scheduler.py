"""Fires schedules: each instant once, however many schedulers run."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import cast

import redis

from queue_core import keys, tracing, triggers
from queue_core.connection import Client, mapped_errors
from queue_core.engine import Engine
from queue_core.errors import InvalidJob, ServerFull, ServerUnavailable
from queue_core.keys import check_job_id
from queue_core.schedule import Schedule, due

HEARD_EVERY = 15.0
"""Seconds between two rounds in which a scheduler says which schedules it has."""
AT_ONCE = 100

log = logging.getLogger("queue_core.scheduler")


class Scheduler:
    """Fires schedules; run any number of them.

    It reads which schedules are due and lets the `cron` script compare, enqueue and advance in one step.

    Args:
        client: a client that returns bytes.
        schedules: what to fire; their names must differ.
        namespace: prefix before every key.
        clock: unix seconds; by default the server's, so that this machine's clock does not matter.
    """

    def __init__(
        self,
        client: Client,
        schedules: Iterable[Schedule],
        *,
        namespace: str = "",
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._namespace = namespace
        self._schedules = {_checked(schedule.name): schedule for schedule in schedules}
        self._engines = {s.queue: Engine(client, s.queue, namespace) for s in self._schedules.values()}
        self._stored = {name: _stored(schedule) for name, schedule in self._schedules.items()}
        self._first: dict[str, datetime | None] = {}

    def register(self) -> None:
        """Store every schedule, and say that it is there; one whose trigger has not changed keeps its next instant.

        Raises:
            ServerUnavailable, ServerFull: some schedules may not be stored.
        """
        now = self._now()
        for name, schedule in self._schedules.items():
            first = self._upcoming(schedule, now)
            engine = self._engines[schedule.queue]
            try:
                engine.call("schedule", name, _ms(first) if first else 0, *self._stored[name])
            except redis.ResponseError as error:
                log.warning("schedule %s was not registered: %s", name, error)
        if self._engines:
            with mapped_errors():
                self._client.sadd(keys.queues(self._namespace), *self._engines)

    def fire_due(self) -> int:
        """Enqueue what is due; returns the number of jobs this scheduler enqueued."""
        now = self._now()
        return sum(self._fire_queue(engine, now) for engine in self._engines.values())

    def run(self, stop: threading.Event, *, pause: float = 1.0) -> None:
        """Register and fire until `stop` is set; a Redis that does not answer, or is full, is waited for."""
        again_at = 0.0
        while not stop.is_set():
            try:
                if time.monotonic() >= again_at:
                    self.register()
                    again_at = time.monotonic() + HEARD_EVERY
                while self.fire_due():
                    pass
            except (ServerUnavailable, ServerFull):
                again_at = 0.0
            stop.wait(pause)

    def _fire_queue(self, engine: Engine, now: datetime) -> int:
        fired = 0
        try:
            with mapped_errors():
                rows = self._client.zrangebyscore(
                    engine.keys.schedules, "(0", _ms(now), start=0, num=AT_ONCE, withscores=True
                )
            for name, expected in cast("list[tuple[bytes, float]]", rows):
                schedule = self._schedules.get(name.decode("utf-8", "replace"))
                if schedule is not None and schedule.queue == engine.name:
                    fired += self._fire(engine, schedule, int(expected), now)
        except redis.ResponseError as error:
            log.warning("schedules of queue %s: %s", engine.name, error)
        return fired

    def _fire(self, engine: Engine, schedule: Schedule, expected: int, now: datetime) -> int:
        todo = due(schedule, datetime.fromtimestamp(expected / 1000, UTC), now)
        instant = _ms(todo.fired_for) if todo.fired_for else 0
        fired = tracing.firing(engine.name, schedule.job(f"cron:{schedule.name}:{instant}"), schedule.name)
        following = _ms(todo.next) if todo.next else -1
        code, _ = engine.call("cron", schedule.name, expected, following, *fired.job.argv(), instant, todo.missed)
        if code == 1:
            fired.made()
        return int(code == 1)

    def _upcoming(self, schedule: Schedule, now: datetime) -> datetime | None:
        known = self._first.get(schedule.name)
        if known is None or known <= now:
            known = self._first[schedule.name] = schedule.after(now)
        return known

    def _now(self) -> datetime:
        if self._clock is not None:
            return datetime.fromtimestamp(self._clock(), UTC)
        with mapped_errors():
            seconds, micros = self._client.time()
        return datetime.fromtimestamp(seconds + micros / 1e6, UTC)


def _stored(schedule: Schedule) -> tuple[str, str, bytes]:
    """Trigger, definition and payload, as they lie in Redis."""
    return triggers.text(triggers.of(schedule.trigger)), schedule.definition(), schedule.job("definition").payload


def _checked(name: str) -> str:
    if len(name) > 40:
        raise InvalidJob(f"schedule name {name!r}: at most 40 characters, since job ids are made of it")
    return check_job_id(name)


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
