"""Values of many keys read in portions of bounded bytes, so that no command is slow and no turn is long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dashboard.adapters.server import Server

MOST_BYTES = 1_000_000
"""What one command reads, and one value more at most: some two milliseconds."""

COMMANDS_A_TURN = 3
KEYS_AT_ONCE = 1_000
MOST_SOON = 2_000
_OWN = "dashboard.adapters.mirrored"

Read = Callable[[Sequence[bytes]], Any]
"""Reads some of the keys it is given, in turn; it replies how many those were, then in turn key and value."""


class Portion(NamedTuple):
    """What a turn has read: pairs of key and value, where the next turn goes on, and whether that is another place."""

    found: list[tuple[bytes, bytes]]
    place: str
    done: bool


class Portions:
    """Remembers which keys of a place are still to be read. Not for several threads at a time."""

    def __init__(self) -> None:
        self._place = ""
        self._following = ""
        self._left: list[bytes] = []
        self._soon: list[bytes] = []

    def turn(
        self, place: str, scan: Callable[[], tuple[str, Sequence[bytes]]], read: Read, first: Sequence[bytes] = ()
    ) -> Portion:
        """Read on at a place.

        Args:
            place: as the last turn gave it.
            scan: gives the next place and the keys of this one, when those of the last turn are read.
            read: reads keys.
            first: keys that are read before those of the place, by one command of each turn: however many come, the
                place is read to its end. Beyond MOST_SOON they are left to their own places.
        """
        if not self._left or self._place != place:
            self._place = place
            self._following, keys = scan()
            self._left = list(dict.fromkeys(keys))
        self._soon = list(dict.fromkeys([*self._soon, *first]))[:MOST_SOON]
        soon = set(self._soon)
        self._left = [each for each in self._left if each not in soon]
        found: list[tuple[bytes, bytes]] = []
        for number in range(COMMANDS_A_TURN):
            keys = self._soon if self._soon and (number == 0 or not self._left) else self._left
            found += _some(keys, read) if keys else []
        done = not self._left
        return Portion(found, self._following if done else place, done)

    def forget(self) -> None:
        """Begin anew at the place of the next turn."""
        self._left = []


def _some(keys: list[bytes], read: Read) -> list[tuple[bytes, bytes]]:
    """What was read of keys, which are no longer among them."""
    number, *reply = read(keys[:KEYS_AT_ONCE])
    del keys[: max(1, int(number))]
    return list(zip(reply[::2], reply[1::2], strict=True))


def stored(server: Server, keys: Sequence[str], largest: int) -> list[bytes]:
    """Values of keys; empty for one that is not there, is no string or has more than `largest` bytes."""

    def read(start: int) -> Any:
        return server.run("stored", keys[start:], [largest, MOST_BYTES], package=_OWN)

    return every(read, len(keys))


def every(read: Callable[[int], Any], count: int) -> list[Any]:
    """All of `count` values by commands that each read a part.

    read: reads from a number on; it replies how many it has read, then something for each.
    """
    found: list[Any] = []
    while len(found) < count:
        number, *reply = read(len(found))
        if not int(number):
            break
        found += reply
    return found
