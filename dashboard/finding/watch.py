"""Looks at the same Redises again and again, slowly, for kinds of queues that came to use them."""

from __future__ import annotations

import time
from collections.abc import Callable

import redis

from dashboard.finding.finder import Finder, Found
from dashboard.finding.naming import expanded
from dashboard.settings import Settings
from queue_core.connection import connect

PAUSE_SECONDS = 300.0
"""Between two rounds; within one, a slice a second."""
SLICE_SECONDS = 1.0
SETTLED_SECONDS = 10.0
"""So long nothing more is found in a round that goes on before what was found is shown: several often come together."""
COUNT = 500


class Watch:
    """The sources of settings, and of what is found at those that say `find`.

    Args:
        settings: as they were read.
        clock: gives seconds of any origin.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.read = settings
        self._clock = clock
        self._finders: dict[str, Finder] = {}
        self.settings = self._latest = settings
        self._next = self._settled = 0.0

    def look(self) -> Settings:
        """The settings with what is found now, in some hundred commands for each Redis at most."""
        self.settings = expanded(self.read, lambda url: self._finder(url).look())
        self._latest = self.settings
        self._next = self._clock() + PAUSE_SECONDS
        return self.settings

    def again(self) -> Settings | None:
        """The settings when something else was found, otherwise None; to be called often: it rarely does much.

        A Redis that does not answer is looked at in the next round.
        """
        now = self._clock()
        if now < self._next or not self._finders:
            return None
        over = self._sliced()
        self._next = now + (PAUSE_SECONDS if over else SLICE_SECONDS)
        new = expanded(self.read, lambda url: self._finder(url).found)
        if new.sources != self._latest.sources:
            self._latest, self._settled = new, now + SETTLED_SECONDS
        if new.sources == self.settings.sources or not (over or now >= self._settled):
            return None
        self.settings = new
        return new

    def look_at(self, url: str) -> tuple[Found, ...]:
        """What is found at an address, whether or not a source there says `find`."""
        return self._finder(url).found or self._finder(url).look()

    def found(self, url: str) -> tuple[Found, ...]:
        """What was found so far at an address."""
        return self._finder(url).found

    def _sliced(self) -> bool:
        """One slice of each; whether all are through."""
        over = True
        for finder in self._finders.values():
            try:
                over = finder.slice(COUNT) and over
            except (redis.RedisError, OSError):
                continue
        return over

    def _finder(self, url: str) -> Finder:
        if url not in self._finders:
            timeout = self.read.limits.redis_timeout
            self._finders[url] = Finder(connect(url, timeout=timeout, client_name="redrive"))
        return self._finders[url]
