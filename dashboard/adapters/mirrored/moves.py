"""Names of what Redrive keeps for itself at a product's server, and what its scripts there are given."""

from __future__ import annotations

import hashlib
from typing import Any

from dashboard.adapters.mirrored.product import Kept

MARK_SECONDS = 3 * 86_400
"""How long a move remembers which jobs it has moved; an operation that is taken up again is not older."""

PREFIX = "redrive:moves:"


def mark_key(mark: str) -> str:
    """SET of the ids that a move has moved, at the product's server; expires after MARK_SECONDS."""
    return f"{PREFIX}mark:{mark}"


def trash_key(source: str, queue: str, job_id: str, part: str = "") -> str:
    """A purged job's former key `part`, kept for the time of the trash under a name of Redrive's own."""
    return f"{PREFIX}trash:{len(queue)}:{queue}:{len(job_id)}:{job_id}:{source}:{part}"


def digest(raw: bytes) -> str:
    """As Lua's `redis.sha1hex` gives it; no digest for what is not there."""
    return hashlib.sha1(raw, usedforsecurity=False).hexdigest() if raw else ""


def first(letter: Kept, mark: str) -> list[Any]:
    """With what the arguments of each move begin: id, 1 when the mark counts, its seconds."""
    return [letter.id, "1" if mark else "", MARK_SECONDS]
