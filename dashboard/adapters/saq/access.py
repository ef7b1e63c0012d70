"""SAQ's server, its keys and its queues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.contract import UnknownQueue
from dashboard.adapters.mirrored.finding import Finding, literal
from dashboard.adapters.saq.messages import LARGEST
from dashboard.adapters.saq.names import Names
from dashboard.adapters.server import Server
from dashboard.language import N_

MOST_QUEUES = 500


class Access:
    """One source.

    Args:
        server: where it is.
        names: of its keys.
        given: queues that are known beforehand.
    """

    def __init__(self, server: Server, names: Names, given: Sequence[str]) -> None:
        self.server = server
        self.names = names
        self.found = Finding(server, f"{literal(names.prefix)}:*", names.queue_of, given)

    def queues(self) -> list[str]:
        """Names of all queues that are known."""
        return self.found.names()[:MOST_QUEUES]

    def check(self, queue: str) -> None:
        """Raises UnknownQueue when there is no such queue, and remembers one that is new."""
        if queue in self.found.names():
            return
        with self.server.errors():
            there = self.server.client.exists(self.names.incomplete(queue), self.names.stats(queue))
        if not there:
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; a queue appears with its first job or worker"),
                source=self.server.source, queue=queue,
            )  # fmt: skip
        self.found.remember(queue)

    def read(self, queue: str, keys: Sequence[str]) -> list[tuple[int, bytes] | None]:
        """Sizes and contents of jobs; None for those that are gone."""
        ids = [self.names.job(queue, key) for key in keys]
        found: Any = self.server.run("read", ids, [LARGEST]) if ids else []
        return [(int(size), raw) if int(size) >= 0 else None for size, raw in found]
