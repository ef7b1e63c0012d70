"""Who asks, as far as the request proves it."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.auth.roles import Role


@dataclass(frozen=True, slots=True)
class Identity:
    """One account, and how it was recognised.

    name: as written down where a change is recorded. method: kind of the method that recognised it.
    csrf_token: what its forms must send along, when a browser sends the proof by itself; else empty.
    """

    name: str
    role: Role
    method: str
    csrf_token: str = ""
