"""The queues and workers of a namespace, read by one script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import redis
from redis.commands.core import Script

from queue_core import keys, scripts
from queue_core.connection import Client, mapped_errors
from queue_core.replies import pairs, text

AT_ONCE = 300
MOST_WORKERS = 2_000
MOST_QUEUES = 5_000


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker says of itself; alive until a time (unix seconds) unless it is heard of again.

    problem: why there are no fields, when its key is none of ours.
    """

    id: str
    alive_until: float
    fields: dict[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Roll:
    """Workers and queues at one instant of the server's clock (unix seconds).

    workers_problem, queues_problem: why there are none, when the key that lists them is none of ours.
    """

    taken_at: float
    workers: tuple[Report, ...]
    queues: tuple[str, ...]
    workers_problem: str = ""
    queues_problem: str = ""


class Roster:
    """Reads who is there.

    Args:
        client: a client that returns bytes.
        namespace: prefix before every key.

    Every method raises ServerUnavailable when Redis does not answer.
    """

    def __init__(self, client: Client, namespace: str = "") -> None:
        self.client = client
        self.namespace = namespace
        self._script: Script = client.register_script(scripts.source("roster"))
        self._single = False

    def read(self) -> Roll:
        """The workers heard of last (at most 2,000), and the queues with valid names (at most 5,000), by name."""
        if not self._single:
            try:
                return self._together()
            except redis.ResponseError as error:
                if "CROSSSLOT" not in str(error).upper() and "same slot" not in str(error):
                    raise
                self._single = True  # a cluster: the keys lie in slots of their own
        return self._one_by_one()

    def _together(self) -> Roll:
        reply = self._called(0, 1)
        taken, total, rows, names, problems = reply
        for first in range(AT_ONCE, min(int(total), MOST_WORKERS), AT_ONCE):
            rows += self._called(first, 0)[2]
        return Roll(_seconds(taken), tuple(_report(*row) for row in rows), _valid(names), *map(text, problems))

    def _called(self, first: int, queues: int) -> list[Any]:
        known = [keys.workers(self.namespace), keys.queues(self.namespace)]
        with mapped_errors():
            reply: list[Any] = self._script(keys=known, args=[keys.worker("", self.namespace), first, AT_ONCE, queues])
        return reply

    def _one_by_one(self) -> Roll:
        with mapped_errors():
            taken = self.client.time()
            listed, workers_problem = _unless_damaged(
                lambda: self.client.zrevrange(keys.workers(self.namespace), 0, MOST_WORKERS - 1, withscores=True)
            )
            pipeline = self.client.pipeline(transaction=False)
            for name, _ in listed:
                pipeline.hgetall(keys.worker(text(name), self.namespace))
            reports = pipeline.execute(raise_on_error=False) if listed else []
            names, queues_problem = _unless_damaged(self._names)
        rows = [_report(name, until, *_flat(found)) for (name, until), found in zip(listed, reports, strict=True)]
        return Roll(_seconds(taken), tuple(rows), _valid(names), workers_problem, queues_problem)

    def _names(self) -> list[Any]:
        scanned = self.client.sscan_iter(keys.queues(self.namespace), count=1_000)
        return list(islice(scanned, MOST_QUEUES))


def _unless_damaged(read: Callable[[], Any]) -> tuple[list[Any], str]:
    """What is read, and why there is nothing when the key is of another kind."""
    try:
        return list(read()), ""
    except redis.ResponseError as error:
        return [], str(error)


def _flat(found: Any) -> tuple[list[Any], str]:
    """A report as the script gives it, and its error."""
    if isinstance(found, dict):
        return [part for item in found.items() for part in item], ""
    return [], str(found)


def _report(name: Any, until: Any, fields: Sequence[Any], problem: Any = "") -> Report:
    return Report(text(name), float(until), pairs(fields), text(problem))


def _seconds(taken: Any) -> float:
    return int(taken[0]) + int(taken[1]) / 1e6


def _valid(names: Sequence[Any]) -> tuple[str, ...]:
    return tuple(sorted({name for name in map(text, names) if keys.QUEUE_NAME.match(name)}))
