"""What every answer carries, and who may change anything: headers, host and same-origin checks, read-only mode."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import Forbidden, HTTPException

from dashboard import visitor
from dashboard.auth.permission import OWN, SAFE_METHODS
from dashboard.auth.roles import Role
from dashboard.language import gettext
from dashboard.settings import Settings

MAX_BODY_BYTES = 8 * 1024 * 1024
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Misdirected(HTTPException):
    """The request names a host that this server does not answer for."""

    code = 421
    description = "This server answers for another host name."


def register(app: Flask, settings: Settings) -> None:
    """Check every request before a view sees it, and put the headers on every answer."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES

    @app.before_request
    def check() -> None:
        check_host(settings)
        if request.method not in SAFE_METHODS:
            check_same_origin(settings)
            if request.endpoint not in OWN:
                _check_not_read_only(settings)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def check_writable(settings: Settings) -> None:
    """Refuse a page that only asks for a change: in read-only mode, and to who may change nothing."""
    _check_not_read_only(settings)
    visitor.require(Role.OPERATOR)


def _check_not_read_only(settings: Settings) -> None:
    if settings.read_only:
        raise Forbidden(
            gettext("This dashboard is read-only; nothing was changed. Start it without --read-only to act.")
        )


def check_host(settings: Settings) -> None:
    """Refuse foreign host names on a server bound to loopback: a page elsewhere could point its own name at it."""
    if settings.host not in LOOPBACK_NAMES:
        return
    name = _host_name(request.host)
    if name in LOOPBACK_NAMES or name.endswith(".localhost") or name == _host_name(_public_host(settings)):
        return
    raise Misdirected(
        f"The address says {name[:100]!r}, but this dashboard listens on {settings.host} only. "
        "Open it as http://localhost, or set alerts.base_url to the address people use."
    )


def check_same_origin(settings: Settings) -> None:
    """Refuse changes that a page of another site asks for. Clients that are no browsers send neither header."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in ("same-origin", "none"):
        raise Forbidden(
            gettext(
                "Another site asked for this change, so it was refused; nothing was changed. Open the dashboard itself"
                " and do it there."
            )
        )
    if origin is None or site == "same-origin":
        return
    if urlsplit(origin).netloc not in {request.host, _public_host(settings)} - {""}:  # a sandbox says "null"
        raise Forbidden(f"The change came from {origin[:100]}, not from this dashboard; nothing was changed. "
                        "Behind a proxy, pass the Host header on, or set alerts.base_url.")  # fmt: skip


def _public_host(settings: Settings) -> str:
    return urlsplit(settings.alerts.base_url).netloc


def _host_name(host: str) -> str:
    return (urlsplit(f"//{host}").hostname or "").lower()
