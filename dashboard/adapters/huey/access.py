"""Huey's server: its queues, which it keeps no list of, results, and waiting tasks by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.contract import State, UnknownQueue
from dashboard.adapters.huey import names, tasks
from dashboard.adapters.huey.tasks import LARGEST, Outcome, Task
from dashboard.adapters.mirrored import portions
from dashboard.adapters.mirrored.finding import Finding
from dashboard.adapters.server import Server
from dashboard.language import N_

MOST_QUEUES = 200
REACH = 2_000
"""Tasks at either end of a queue among which one is looked for by its id."""

MOST_BYTES = 2_000_000
MOST_COMPRESSED = 100


class Access:
    """One source.

    Args:
        server: where it is.
        given: queues that are named; the others are found by their keys.
    """

    def __init__(self, server: Server, given: Sequence[str]) -> None:
        self.server = server
        self.found = Finding(server, "huey.*", names.queue_of, given)

    def queues(self) -> list[str]:
        """Names of all queues that are known."""
        return self.found.names()[:MOST_QUEUES]

    def check(self, queue: str) -> None:
        """Raises UnknownQueue when there is no such queue, and remembers one that is new."""
        if queue in self.queues():
            return
        with self.server.errors():
            there = self.server.client.exists(names.queue(queue), names.schedule(queue), names.results(queue))
        if not there:
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; a queue appears with its first job or worker"),
                source=self.server.source, queue=queue,
            )  # fmt: skip
        self.found.remember(queue)

    def outcomes(self, queue: str, ids: Sequence[str]) -> list[Outcome | None]:
        """Results of tasks; None where there is none, or it is too large."""

        def read(start: int) -> Any:
            some = ids[start:]
            keys = [names.results(queue), *(names.result(queue, each) for each in some)]
            return self.server.run("results", keys, [LARGEST, portions.MOST_BYTES, *some])

        found = portions.every(read, len(ids))
        return [tasks.outcome(raw, task_id) if raw else None for raw, task_id in zip(found, ids, strict=True)]

    def waiting(self, queue: str, task_id: str) -> tuple[State, bytes, Task] | None:
        """A task that waits or is scheduled, with its bytes as they lie there; None when it is not found near the ends
        of its queue."""
        argv = [task_id, REACH, MOST_BYTES, MOST_COMPRESSED]
        found: Any = self.server.run("find", [names.queue(queue), names.schedule(queue)], argv)
        for place, lead, raw in found:
            task = tasks.task(raw[int(lead) :])
            if task.id == task_id:
                return (State.SCHEDULED if place == b"schedule" else State.PENDING), raw, task
        return None
