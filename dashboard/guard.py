"""Lets in who may look and who may act: one check before every view, closed for whatever is not named here as open."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, Unauthorized

from dashboard import errors, visitor
from dashboard.adapters.contract import SourceUnavailable
from dashboard.audit.actor import UNKNOWN, act_as
from dashboard.auth import permission
from dashboard.auth.identity import Identity
from dashboard.language import gettext
from dashboard.loopback import is_loopback
from dashboard.settings import Settings
from dashboard.store import StoreUnavailable
from dashboard.web import is_htmx, services

UNASKED = frozenset({"health.healthz", "health.readyz", "assets.static"})  # these ask nobody's name, nor Redis
OPEN = frozenset({"sign_in.show", "sign_in.enter", "sign_in.leave"})
CSRF_FIELD, CSRF_HEADER = "csrf_token", "X-CSRF-Token"
CHALLENGE = 'Bearer realm="dashboard"'


class NotSignedIn(Unauthorized):
    """The API was asked by nobody that it knows."""

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        """With the header that every such answer must have."""
        return [*super().get_headers(*args, **kwargs), ("WWW-Authenticate", CHALLENGE)]


def register(app: Flask, settings: Settings) -> None:
    """Ask every request who it is from, and whether that is enough for what it wants."""
    unasked = UNASKED | ({"metrics.metrics"} if metrics_are_open(settings) else set())
    visitor.register(app)

    @app.before_request
    def let_in() -> ResponseReturnValue | None:
        act_as(UNKNOWN)
        if request.endpoint in unasked:
            return None
        known = g.identity = _identify()
        if known is None:
            return None if request.endpoint in OPEN else _turned_away()
        act_as(known.name)
        if request.method not in permission.SAFE_METHODS and request.endpoint != "sign_in.enter":
            _check_csrf(known)
        visitor.require(permission.needed(request.endpoint, request.method))
        return None


def metrics_are_open(settings: Settings) -> bool:
    """Whether `/metrics` answers without sign-in."""
    if settings.auth.mode == "none":
        return True
    chosen = settings.auth.metrics_open
    return is_loopback(settings.host) if chosen is None else chosen


def _identify() -> Identity | None:
    try:
        return services().auth.identify(request)
    except SourceUnavailable:
        if request.endpoint in OPEN:
            return None
        raise StoreUnavailable(  # in words that tell a stranger nothing about the network
            gettext("Whether you are signed in cannot be checked, since the Redis with the sessions does not answer.")
        ) from None


def _turned_away() -> ResponseReturnValue:
    """The answer to who is not signed in: a problem, a line for the page that asks, or the way to the form."""
    if request.path.startswith("/api/"):
        raise NotSignedIn("nobody is signed in; docs/api.md says how a request proves who asks")
    if is_htmx():
        response = errors.page(401, gettext("Sign in to go on. Nothing was changed."))
        response.headers["Live-Signed-Out"] = "1"
        response.headers["Live-Sign-In"] = url_for("sign_in.show", next=_page_shown())
    elif request.method not in permission.SAFE_METHODS:
        g.sign_in_url = url_for("sign_in.show", next=_page_shown())
        response = errors.page(401, gettext("Nobody is signed in, so nothing was changed."))
    elif _wants_a_page():
        return redirect(url_for("sign_in.show", next=request.script_root + request.full_path.rstrip("?")), 303)
    else:
        response = Response("Nobody is signed in.\n", 401, mimetype="text/plain")
    response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def _wants_a_page() -> bool:
    """Whether a browser's window waits for the answer; streams, scrapers and scripts get a plain one."""
    return request.endpoint != "metrics.metrics" and "text/event-stream" not in request.headers.get("Accept", "")


def _page_shown() -> str:
    """The page that asks: where to go on after signing in."""
    try:
        parts = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    except ValueError:
        return ""
    own = parts.netloc in ("", request.host)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "") if own and parts.path else ""


def _check_csrf(known: Identity) -> None:
    """Refuse a change without the token of the session that a browser sends by itself."""
    if not known.csrf_token:
        return
    for given in (request.headers.get(CSRF_HEADER), request.form.get(CSRF_FIELD)):
        if given and hmac.compare_digest(given.encode(errors="replace"), known.csrf_token.encode()):
            return
    raise Forbidden(
        gettext(
            "The request did not carry this session’s token, so nothing was changed. If you signed in again meanwhile,"
            " load the page again and repeat it."
        )
    )
