"""Who asks, for templates and views: set by the guard before a view runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import Flask, g, request
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Request

from dashboard.adapters.contract import SourceUnavailable
from dashboard.auth.identity import Identity
from dashboard.auth.roles import Role
from dashboard.language import N_, gettext
from dashboard.web import services

_ROLES = {Role.VIEWER: N_("viewer"), Role.OPERATOR: N_("operator"), Role.ADMIN: N_("admin")}


def identity() -> Identity | None:
    """Who asks; None when nobody is signed in and sign-in is needed, or before the guard looked."""
    return cast("Identity | None", g.get("identity"))


def is_stranger() -> bool:
    """Whether this answer must say nothing about the jobs, since nobody is signed in."""
    return services().auth.required and identity() is None


def signed_in() -> Identity | None:
    """Who is signed in, for the navigation; None where nobody has to sign in."""
    return identity() if services().auth.required else None


def csrf_token() -> str:
    """What forms send along; empty where no cookie proves who asks."""
    known = identity()
    return known.csrf_token if known else ""


def may(role: str = Role.OPERATOR) -> bool:
    """Whether who asks has this role, or a higher one."""
    known = identity()
    return known is not None and known.role.covers(Role(role))


def lacks(role: str = Role.OPERATOR) -> str:
    """Why a control does not work for who asks; empty when it does."""
    if services().settings.read_only:
        return gettext("read-only dashboard")
    return "" if may(role) else gettext("needs the %(role)s role", role=role_words(role))


def require(role: Role) -> None:
    """Raises Forbidden for who does not have this role, or a higher one."""
    known = identity()
    if known is None or not known.role.covers(role):
        raise Forbidden(
            gettext(
                "This needs the %(role)s role; %(name)s has the %(own)s role. Nothing was changed.",
                role=role_words(role), name=known.name, own=role_words(known.role),
            )
            if known
            else gettext("This needs the %(role)s role, and nobody is signed in.", role=role_words(role))
        )  # fmt: skip


def role_words(role: str) -> str:
    """A role's name in the reader's language."""
    return gettext(_ROLES[Role(role)])


def still_let_in() -> Callable[[], bool]:
    """Whether who asks is let in later on, after this request: for answers that go on for long."""
    known, asked = services().auth, Request(request.environ)

    def look() -> bool:
        try:
            return known.identify(asked) is not None
        except SourceUnavailable:
            return False

    return look


def register(app: Flask) -> None:
    """Give templates what their macros need."""
    app.jinja_env.globals.update(csrf_token=csrf_token, lacks=lacks, role_words=role_words, signed_in=signed_in)
