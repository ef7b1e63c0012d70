"""The payloads a job had before it was edited, as the edit script keeps them."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 5
MOST_BYTES = 64 * 1024
READ_BYTES = MOST_BYTES + MOST * 64
"""How much of what is stored is worth reading: the payloads and their headings."""

_HEADING = re.compile(rb"(\d{1,16}) (\d{1,16}) (\d{1,16})\n")


@dataclass(frozen=True, slots=True)
class PastPayload:
    """A payload until an edit.

    at: of the edit, unix seconds. size: bytes it had. stored: these bytes, empty when they were too many to keep.
    """

    at: float
    size: int
    stored: bytes


def parse(stored: bytes) -> tuple[PastPayload, ...]:
    """What is kept of a job's earlier payloads, oldest first; the rest of damaged bytes is left out."""
    found: list[PastPayload] = []
    start = 0
    while len(found) < MOST and (heading := _HEADING.match(stored, start)):
        at, size, kept = map(int, heading.groups())
        start = heading.end() + kept
        if start > len(stored):
            break
        found.append(PastPayload(at / 1000, size, stored[heading.end() : start]))
    return tuple(reversed(found))
