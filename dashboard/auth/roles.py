"""What a user may do: each role includes the ones before it."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """`viewer` reads, `operator` acts on jobs, queues and schedules, `admin` also manages users."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what that one may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)
