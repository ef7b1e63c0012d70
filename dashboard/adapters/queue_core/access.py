"""The source's server: its queues, their engines, and its errors as the adapter contract names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.contract import AdapterError, Selector, UnknownQueue
from dashboard.adapters.memo import Memo
from dashboard.adapters.server import Server
from dashboard.language import N_
from queue_core import keys
from queue_core.engine import Engine
from queue_core.many import QUEUES_AT_ONCE, Call, Many
from queue_core.roster import Roll, Roster

ROLL_KEPT_SECONDS = 1.0
TRASH_MINUTES = 60
"""How long a queue keeps purged jobs when nobody says otherwise."""


class Access(Server):
    """A lazily connecting client and one engine per queue.

    Args:
        source: the source's name, for messages.
        url: Redis URL.
        namespace: prefix before every key.
        timeout: seconds for connecting and for each reply.
        trash_minutes: how long purged jobs can be restored.
    """

    def __init__(
        self, source: str, url: str, namespace: str, timeout: float, *, trash_minutes: int = TRASH_MINUTES
    ) -> None:
        super().__init__(source, url, timeout)
        self.namespace = namespace
        self.trash_ms = trash_minutes * 60_000
        self._many = Many(self.client, namespace)
        self._roster = Roster(self.client, namespace)
        self._roll: Memo[Roll] = Memo(ROLL_KEPT_SECONDS)
        self._engines: dict[str, Engine] = {}

    def names(self) -> tuple[str, ...]:
        """All queues by name, at most a second old."""
        roll = self.roll()
        if roll.queues_problem:
            raise AdapterError(
                N_("source %(source)s: the key %(key)s cannot be read: %(problem)s"),
                source=self.source, key=keys.queues(self.namespace), problem=roll.queues_problem,
            )  # fmt: skip
        return roll.queues

    def forget(self) -> None:
        """Read the names anew when they are asked for next."""
        self._roll.forget()

    def roll(self) -> Roll:
        """Queues and workers, at most a second old."""
        return self._roll.get("roll", self._called)

    def engine(self, queue: str) -> Engine:
        """The engine of an existing queue.

        Raises:
            UnknownQueue: there is none of that name.
        """
        if queue not in self.names() and not self._exists(queue):
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; a queue appears with its first job or worker"),
                source=self.source, queue=queue,
            )  # fmt: skip
        if queue not in self._engines:
            self._engines[queue] = Engine(self.client, queue, self.namespace)
        return self._engines[queue]

    def selected(self, selector: Selector) -> tuple[str, ...]:
        """The queues a selector means: one, or all, without those that are left out. Raises UnknownQueue."""
        names = (self.engine(selector.queue).name,) if selector.queue else self.names()
        if ("source", self.source) in selector.excluded:
            return ()
        return tuple(name for name in names if ("queue", name) not in selector.excluded)

    def keep_purged(self, engine: Engine) -> None:
        """Let a queue keep purged jobs as long as is promised, before something is purged."""
        with self.errors():
            kept = self.client.hget(engine.keys.meta, "trash_age")
            if int(float(kept or TRASH_MINUTES * 60_000)) != self.trash_ms:
                engine.configure(trash_age=self.trash_ms)

    def engines(self, queue: str = "") -> list[Engine]:
        """The engine of one queue, or of all when no name is given. Raises UnknownQueue."""
        return [self.engine(queue)] if queue else [self.engine(name) for name in self.names()]

    def ask(
        self,
        script: str,
        calls: Sequence[Call],
        *,
        costs: Sequence[int] = (),
        at_once: int = QUEUES_AT_ONCE,
        alone: bool = False,
    ) -> list[Any]:
        """Replies of a reading script for several queues, in few commands; see `queue_core.many.Many.call`.

        A queue that cannot be read has its error as the reply. When it is the only one asked, AdapterError is raised,
        unless `alone`.
        """
        with self.errors():
            replies = self._many.call(script, calls, costs=costs, at_once=at_once)
            if not alone and len({queue for queue, _ in calls}) == 1:
                for reply in replies:
                    if isinstance(reply, Exception):
                        raise reply
        return replies

    def _exists(self, queue: str) -> bool:
        if not keys.QUEUE_NAME.match(queue):
            return False
        with self.errors():
            return bool(self.client.sismember(keys.queues(self.namespace), queue))

    def _called(self) -> Roll:
        with self.errors():
            return self._roster.read()
