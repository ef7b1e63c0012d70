"""arq's server and its queues, of which it keeps no list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.arq import names
from dashboard.adapters.arq.calls import LARGEST
from dashboard.adapters.contract import UnknownQueue
from dashboard.adapters.mirrored import values
from dashboard.adapters.mirrored.finding import Finding
from dashboard.adapters.server import Server
from dashboard.language import N_

MOST_QUEUES = 100

Read = tuple[int, bytes, bool, int]
"""Size and contents of a job or result, whether it runs, and how often it was begun."""


class Access:
    """One source.

    Args:
        server: where it is.
        given: queues that are named; the others are found by what their workers tell, and by results.
    """

    def __init__(self, server: Server, given: Sequence[str]) -> None:
        self.server = server
        self._usual = not given
        self.found = Finding(server, f"*{names.HEALTH}", names.queue_of, given)

    def queues(self) -> list[str]:
        """Names of all queues that are known."""
        known = self.found.names()
        if self._usual and names.USUAL not in known and self._is_queue(names.USUAL):
            self.found.remember(names.USUAL)
            known = sorted([*known, names.USUAL])
        return known[:MOST_QUEUES]

    def check(self, queue: str) -> None:
        """Raises UnknownQueue when there is no such queue, and remembers one that is new."""
        if queue in self.queues():
            return
        if not self._is_queue(queue):
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; a queue appears with its first job or worker"),
                source=self.server.source, queue=queue,
            )  # fmt: skip
        self.found.remember(queue)

    def read(self, keys: Sequence[tuple[str, str]]) -> list[Read | None]:
        """Contents of keys, each given with the id of its job; None for those that are gone."""
        argv = [name for key, job_id in keys for name in (key, names.running(job_id), names.tries(job_id))]
        found: Any = self.server.run("read", argv, [LARGEST]) if keys else []
        return [
            (int(size), raw, runs == 1, values.whole(tries)) if int(size) >= 0 else None
            for size, raw, runs, tries in found
        ]

    def _is_queue(self, name: str) -> bool:
        with self.server.errors():
            kind: Any = self.server.client.type(name)
        return bool(kind == b"zset") and name != names.ABORT
