"""The source's server: its scripts, its queues' names, and its errors as the adapter contract names them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from dashboard.adapters.contract import UnknownQueue
from dashboard.adapters.memo import Memo
from dashboard.adapters.rq import scripts
from dashboard.adapters.rq.keys import Keys
from dashboard.adapters.rq.values import text
from dashboard.adapters.server import Server
from dashboard.language import N_
from queue_core.connection import Client

NAMES_KEPT_SECONDS = 1.0
MOST_NAMES = 2_000
"""Queues and workers of one source that are looked at; beyond it a set is hardly RQ's."""


class Access:
    """A lazily connecting client.

    Args:
        source: the source's name, for messages.
        url: Redis URL.
        prefix: of RQ's keys.
        timeout: seconds for connecting and for each reply.
    """

    def __init__(self, source: str, url: str, prefix: str, timeout: float) -> None:
        self.source = source
        self.keys = Keys(prefix)
        self.server = Server(source, url, timeout)
        self.client: Client = self.server.client
        self._scripts: dict[str, Any] = {}
        self._names: Memo[tuple[str, ...]] = Memo(NAMES_KEPT_SECONDS)

    def errors(self) -> AbstractContextManager[None]:
        """Raise what goes wrong inside as SourceUnavailable or AdapterError."""
        return self.server.errors()

    def run(self, name: str, *arguments: Any) -> Any:
        """The reply of a script; see its header for what follows the prefix."""
        with self.errors():
            return self._script(name)(keys=[self.keys.queues], args=[self.keys.prefix, *arguments])

    def run_many(self, name: str, calls: Sequence[Sequence[Any]]) -> list[Any]:
        """The replies of one script for several lists of arguments, in one round trip."""
        script = self._script(name)
        pipeline = self.client.pipeline(transaction=False)
        for arguments in calls:
            script(keys=[self.keys.queues], args=[self.keys.prefix, *arguments], client=pipeline)
        with self.errors():
            return list(pipeline.execute()) if calls else []

    def names(self) -> tuple[str, ...]:
        """All queues by name, at most a second old."""
        return self._names.get("queues", lambda: self._members(self.keys.queues, self.keys.queue("")))

    def workers(self) -> tuple[str, ...]:
        """All workers by name, at most a second old, dead ones among them."""
        return self._names.get("workers", lambda: self._members(self.keys.workers, self.keys.worker("")))

    def check_queue(self, queue: str) -> None:
        """Raises UnknownQueue: RQ has never used a queue of that name."""
        if queue in self.names():
            return
        with self.errors():
            known = self.client.sismember(self.keys.queues, self.keys.queue(queue))
        if not known:
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; a queue appears with its first job or worker"),
                source=self.source, queue=queue,
            )  # fmt: skip

    def tell(self, worker: str, command: dict[str, str]) -> None:
        """Say something to a worker."""
        with self.errors():
            self.client.publish(self.keys.channel(worker), json.dumps(command))

    def _script(self, name: str) -> Any:
        if name not in self._scripts:
            self._scripts[name] = self.client.register_script(scripts.source(name))
        return self._scripts[name]

    def _members(self, key: str, before: str) -> tuple[str, ...]:
        """What stands behind a prefix in the members of a set, sorted; a member of another form is none of RQ's."""
        found: set[str] = set()
        cursor: Any = 0
        with self.errors():
            while True:
                cursor, members = self.client.sscan(key, cursor, count=1_000)
                named = (text(member) for member in members)
                found.update(name[len(before) :] for name in named if name and name.startswith(before))
                if not cursor or len(found) >= MOST_NAMES:
                    return tuple(sorted(found)[:MOST_NAMES])
