"""Names that a product keeps no list of: found among the keys in bounded turns, and remembered."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import Any

from dashboard.adapters.server import Server

KEYS_AT_ONCE = 1_000
FIRST_TURNS = 50
TURNS = 5
TURN_SECONDS = 1.0


class Finding:
    """Names of one source.

    Args:
        server: where its keys are.
        pattern: of the keys, as SCAN takes it.
        name: the name that a key tells, None when it tells none.
        given: names that are known beforehand.
        clock: gives seconds.
    """

    def __init__(
        self, server: Server, pattern: str, name: Callable[[str], str | None], given: Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._server = server
        self._pattern = pattern
        self._name = name
        self._given = frozenset(given)
        self._clock = clock
        self._found: set[str] = set()
        self._before: set[str] = set()
        self._cursor = 0
        self._looked: float | None = None
        self.whole = bool(self._given)
        """Whether all keys were gone through once; also when the names are given."""

    def names(self) -> list[str]:
        """All that are known, sorted; each second some more keys are looked at. A name that is gone is forgotten when
        all keys were gone through twice without it."""
        if not self._given and (self._looked is None or self._clock() - self._looked >= TURN_SECONDS):
            self._look(TURNS if self.whole else FIRST_TURNS)
            self._looked = self._clock()
        return sorted(self._given | self._found | self._before)

    def remember(self, name: str) -> None:
        """It was seen otherwise."""
        self._found.add(name)

    def forget(self) -> None:
        """Look when names are asked for next."""
        self._looked = None

    def _look(self, turns: int) -> None:
        for _ in range(turns):
            with self._server.errors():
                reply: Any = self._server.client.scan(self._cursor, match=self._pattern, count=KEYS_AT_ONCE)
            self._cursor, keys = int(reply[0]), reply[1]
            self._found.update(name for key in keys if (name := self._named(key)))
            if not self._cursor:
                self.whole = True
                self._before, self._found = self._found, set()
                return

    def _named(self, key: bytes) -> str | None:
        try:
            return self._name(key.decode())
        except UnicodeDecodeError:
            return None


def literal(text: str) -> str:
    """Text as a pattern that matches it alone."""
    return re.sub(r"([*?\[\]\\^-])", r"\\\1", text)
