"""Fires schedules when they are due: any number of schedulers may run, each instant becomes one job."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import cast

from queue_core import keys
from queue_core.connection import Client, mapped_errors
from queue_core.engine import Engine, NewJob, text
from queue_core.errors import ServerUnavailable
from queue_core.job import Options, new_job
from queue_core.schedule import Schedule, instants

MAX_SLEEP = 1.0


@dataclass(frozen=True, slots=True)
class Firing:
    """One step of a schedule: the instant to fire (0: none, only go on), the next one, and how many were missed."""

    instant: float
    next: float
    missed: int = 0


class Scheduler:
    """Fires an application's schedules.

    Args:
        client: a client that returns bytes.
        schedules: what recurs.
        namespace: prefix before every key.
        say: is told what happens, one line each.
    """

    def __init__(
        self, client: Client, schedules: Iterable[Schedule], *, namespace: str = "", say: Callable[[str], None] = print
    ) -> None:
        self.client = client
        self.namespace = namespace
        self.schedules = {schedule.name: schedule for schedule in schedules}
        self._engines = {s.queue: Engine(client, s.queue, namespace) for s in self.schedules.values()}
        self._say = say

    def run(self, stop: threading.Event) -> None:
        """Register the schedules and fire them until `stop` is set; a Redis that is away is waited for."""
        registered = False
        while not stop.is_set():
            try:
                if not registered:
                    self.register()
                    registered = True
                pause = self.fire_due()
            except ServerUnavailable as error:
                self._say(f"waiting: {error}")
                pause = MAX_SLEEP
            stop.wait(pause)

    def register(self) -> None:
        """Store the definitions; the next instant is kept unless the trigger is another one.

        Raises:
            ServerUnavailable: Redis does not answer.
        """
        now = self.server_time()
        for schedule in self.schedules.values():
            queue = self._engines[schedule.queue].keys
            with mapped_errors():
                before = self.client.hget(queue.schedule(schedule.name), "spec")
                self.client.sadd(keys.queues(self.namespace), schedule.queue)
                definition = json.dumps({**asdict(schedule), "options": None}, default=str)
                self.client.hset(queue.schedule(schedule.name), mapping={"spec": schedule.spec, "def": definition})
                following = next(instants(schedule, now), None)
                if following is not None:
                    same = before is not None and text(before) == schedule.spec
                    self.client.zadd(queue.schedules, {schedule.name: round(following * 1000)}, nx=same)

    def fire_due(self) -> float:
        """Fire what is due; returns the seconds until the next instant, at most 1.

        Raises:
            ServerUnavailable: Redis does not answer.
        """
        now = self.server_time()
        pause = MAX_SLEEP
        for queue, engine in self._engines.items():
            with mapped_errors():
                due = self.client.zrangebyscore(engine.keys.schedules, "-inf", "+inf", 0, 100, withscores=True)
            for name, score in cast("list[tuple[bytes, float]]", due):
                schedule = self.schedules.get(text(name))
                if schedule is None or schedule.queue != queue:
                    continue
                if score / 1000 <= now:
                    self._fire(engine, schedule, score / 1000, now)
                    pause = 0.0
                pause = min(pause, max(0.0, score / 1000 - now))
        return pause

    def server_time(self) -> float:
        """The server's clock, unix seconds; schedulers' own clocks never matter."""
        with mapped_errors():
            seconds, micros = self.client.time()
        return int(seconds) + int(micros) / 1e6

    def _fire(self, engine: Engine, schedule: Schedule, expected: float, now: float) -> None:
        step = decide(schedule, expected, now)
        instant = 0.0 if step.instant and self._overlaps(engine, schedule) else step.instant
        job = self._job(schedule, step)
        code, _ = engine.call(
            "cron", schedule.name, round(expected * 1000), round(step.next * 1000) if step.next else -1, *job.argv(),
            round(instant * 1000), step.missed,
        )  # fmt: skip
        if int(code) == 1:
            self._say(f"{schedule.name}: job {job.id}" + (f", {step.missed} missed" if step.missed else ""))

    def _job(self, schedule: Schedule, step: Firing) -> NewJob:
        options = {k: v for k, v in schedule.options.items() if k not in ("unique", "backoff")}
        job_id = f"cron:{schedule.name}:{round(step.instant * 1000)}"
        return new_job(schedule.type, dict(schedule.data), Options(**{**options, "id": job_id}), now=0.0)

    def _overlaps(self, engine: Engine, schedule: Schedule) -> bool:
        if schedule.overlap != "skip":
            return False
        with mapped_errors():
            last = self.client.hget(engine.keys.schedule(schedule.name), "last_job")
            state = self.client.hget(engine.keys.job(text(last)), "st") if last else None
        return state in (b"p", b"a", b"r", b"s0")


def decide(schedule: Schedule, expected: float, now: float) -> Firing:
    """What to do about an instant that is due, and perhaps about others that passed since."""
    ahead = instants(schedule, expected)
    passed: list[float] = []
    following = 0.0
    for instant in itertools.islice(ahead, 100_000):
        if instant > now or schedule.catch_up == "all":
            following = instant
            break
        passed.append(instant)
    if schedule.catch_up == "all":
        return _oldest(schedule, expected, following, now)
    latest = passed[-1] if passed else expected
    if schedule.catch_up == "skip" and now - latest > schedule.grace:
        return Firing(0.0, following, len(passed) + 1)
    return Firing(latest, following, len(passed))


def _oldest(schedule: Schedule, expected: float, following: float, now: float) -> Firing:
    """Fire the oldest of at most `max_catch_up` missed instants; older ones are left out."""
    ahead = itertools.islice(instants(schedule, expected), 100_000)
    missed = list(itertools.takewhile(lambda instant: instant <= now, ahead))
    over = len(missed) + 1 - schedule.max_catch_up
    return Firing(0.0, missed[over - 1], over) if over > 0 else Firing(expected, following)
