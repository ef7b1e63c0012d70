"""Who acts: set where a request or a command comes in, read where a change is recorded."""

from __future__ import annotations

from contextvars import ContextVar

UNKNOWN = "unknown"
LONGEST = 100

_actor: ContextVar[str] = ContextVar("actor", default=UNKNOWN)


def act_as(name: str) -> None:
    """What this thread changes from here on was changed by this account, role or way in (`operator`, `api`, …)."""
    _actor.set(name[:LONGEST] or UNKNOWN)


def who() -> str:
    """Who acts now."""
    return _actor.get()
