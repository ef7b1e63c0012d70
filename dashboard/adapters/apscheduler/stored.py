"""A job as APScheduler stored it, read without unpickling; what is not as expected is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from dashboard.adapters.apscheduler.store import MOST_BYTES, Read
from dashboard.language import N_
from dashboard.safe_pickle import Limits, UnsafePickle, decode

BY_HAND = b"redrive-run-now:"
"""Begins the id of a job that was made to run another one once."""
LIMITS = Limits(bytes=MOST_BYTES, opcodes=50_000)
_SAFE = ":@"
_MADE_UP = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class StoredJob:
    """One job; due: when it runs next (unix seconds), None while it is paused. problem: why its state is not known."""

    id: bytes
    raw: bytes
    size: int
    due: float | None
    state: dict[Any, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def name(self) -> str:
        """What the application calls it; its id where that is only what its function is called."""
        name, known = self.text("name"), self.id.removeprefix(BY_HAND).decode("utf-8", "backslashreplace")
        usual = self.text("func").rpartition(":")[2].rpartition(".")[2]
        return known if not name or (name == usual and not _MADE_UP.fullmatch(known)) else name

    def text(self, key: str) -> str:
        """A text of its state, empty when there is none."""
        value = self.state.get(key)
        return value[:500] if isinstance(value, str) else ""

    def number(self, key: str) -> int | None:
        """A number of its state."""
        value = self.state.get(key)
        return value if type(value) is int and abs(value) < 2**53 else None


def stored(job_id: bytes, read: Read) -> StoredJob:
    """One job from what was read of it."""
    raw, size, due = read
    if not raw:
        return StoredJob(job_id, raw, size, due, problem=N_("it is too large to be read here"))
    try:
        state = decode(raw, LIMITS)
    except UnsafePickle as error:
        return StoredJob(job_id, raw, size, due, problem=str(error))
    if not isinstance(state, dict) or "trigger" not in state:
        return StoredJob(job_id, raw, size, due, problem=N_("it is no job of APScheduler 3"))
    return StoredJob(job_id, raw, size, due, state)


def schedule_id(job_id: bytes) -> str:
    """The name of a job in addresses: without `/`, and with anything that is no plain text written as `%XX`."""
    named = quote_from_bytes(job_id, _SAFE)
    return named if named.strip(".") else named.replace(".", "%2E")  # addresses with .. lead elsewhere


def job_id(schedule: str) -> bytes | None:
    """The job's id of such a name; None when it is none."""
    if not schedule or not schedule.isascii():
        return None
    found = unquote_to_bytes(schedule)
    return found if schedule_id(found) == schedule else None
