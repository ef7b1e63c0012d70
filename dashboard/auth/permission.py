"""Which role a request needs; the one place that says so."""

from __future__ import annotations

from dashboard.auth.roles import Role

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN = frozenset({"settings.save", "sign_in.enter", "sign_in.leave", "account.change"})
"""What changes nothing but the visitor's own browser and account."""
FOR_ADMINS = frozenset({"users", "api_users"})


def needed(endpoint: str | None, method: str) -> Role:
    """The role for a method of an endpoint; an endpoint that is not known here needs no less than others."""
    if (endpoint or "").partition(".")[0] in FOR_ADMINS:
        return Role.ADMIN
    return Role.VIEWER if method in SAFE_METHODS or endpoint in OWN else Role.OPERATOR
