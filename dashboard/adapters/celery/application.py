"""Everything that is known of one application, put together once and shared by all parts of its adapter."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from dashboard.adapters.celery.access import Access
from dashboard.adapters.celery.bindings import Bindings
from dashboard.adapters.celery.control import Control
from dashboard.adapters.celery.held import Held
from dashboard.adapters.celery.memory import Memory
from dashboard.adapters.celery.names import Names
from dashboard.adapters.celery.orphans import Orphans
from dashboard.adapters.celery.pauses import Pauses
from dashboard.adapters.celery.roster import Roster, Seen
from dashboard.adapters.contract import UnknownQueue


class Application:
    """One source.

    Args:
        source: the source's name.
        url: of the broker.
        options: an adapter's.
    """

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        self.source = source
        self.clock: Callable[[], float] = options.get("clock") or time.time
        self.access = Access(source, url, options)
        store = str(options.get("store_url") or url)
        self.bindings = Bindings(self.access, Memory(source, store, options.get("timeout", 3.0)))
        self.held = Held(self.access, self.bindings)
        self.control = Control(self.access, self.clock)
        self.roster = Roster(self.control, self.held, self.bindings, self.clock)
        own = options.get("options") or {}
        visibility = float(own["visibility_timeout"]) if own.get("visibility_timeout") else None
        self.orphans = Orphans(self.access, self.control, self.held, self.clock, visibility)
        self.roster.then = self._look_further
        self.captures = False
        """Whether the application captures its failures; asked where results are ignored."""
        self.pauses = Pauses(self.access, self.control, self.roster, self.clock)

    @property
    def names(self) -> Names:
        """How its keys are named."""
        return self.access.names

    def _look_further(self, seen: Seen) -> None:
        if self.bindings.ignoring:
            with self.access.errors():
                self.captures = self.access.captured.used()
        self.orphans.look(seen)

    def known(self, queue: str) -> str:
        """A queue that exists. Raises UnknownQueue."""
        if not self.bindings.probe(queue):
            self.roster.seen()  # workers may take from it, and other exchanges lead to it
        if not self.bindings.probe(queue):
            raise UnknownQueue(
                f"source {self.source} has no queue {queue}; name it in the source's option queues if it is empty"
            )
        return queue
