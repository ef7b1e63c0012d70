"""The cookie that carries a session's id."""

from __future__ import annotations

from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from dashboard.auth.sessions import LONGEST_HOURS
from dashboard.settings import Settings


def is_https(request: Request, settings: Settings) -> bool:
    """Whether the browser speaks TLS, as far as this server knows: to itself, or to the proxy of `alerts.base_url`."""
    public = urlsplit(settings.alerts.base_url)
    return request.is_secure or (public.scheme == "https" and request.host == public.netloc)


def name(request: Request, settings: Settings) -> str:
    """The cookie's name: one for each port, since browsers keep one jar for all ports of a host.

    Over TLS the prefix `__Host-` forbids other hosts of the domain to set it.
    """
    port = urlsplit(f"//{request.host}").netloc.rpartition("]")[2].partition(":")[2]
    prefix = "__Host-" if is_https(request, settings) and not settings.prefix else ""
    return f"{prefix}session{f'-{port}' if port.isdigit() else ''}"


def session_id(request: Request, settings: Settings) -> str:
    """What the browser sent; empty when it sent nothing."""
    return request.cookies.get(name(request, settings), "")


def put(response: Response, request: Request, settings: Settings, value: str) -> None:
    """Give the browser a session's id, for as long as a session can live."""
    response.set_cookie(
        name(request, settings), value, max_age=LONGEST_HOURS * 3_600, path=settings.prefix or "/",
        httponly=True, samesite="Lax", secure=is_https(request, settings),
    )  # fmt: skip


def drop(response: Response, request: Request, settings: Settings) -> None:
    """Make the browser forget it."""
    response.delete_cookie(
        name(request, settings), path=settings.prefix or "/",
        httponly=True, samesite="Lax", secure=is_https(request, settings),
    )  # fmt: skip
