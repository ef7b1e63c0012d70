"""Short messages about what was done: they survive one redirect in a cookie, or come with the htmx answer."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass

from flask import Response, request

COOKIE = "toast"
_ICONS = {"good": "circle-check", "warn": "circle-alert", "bad": "circle-x"}


@dataclass(frozen=True, slots=True)
class Toast:
    """What to say.

    text: the fact, as a sentence. note: a second, quieter line. kind: `good`, `warn` or `bad`.
    undo: address that a POST takes it back with. link, link_words: where to see more.
    follow: address of an operation that was started, whose end is told when some of its jobs were left out.
    """

    text: str
    note: str = ""
    kind: str = "good"
    undo: str = ""
    link: str = ""
    link_words: str = ""
    follow: str = ""

    @property
    def icon(self) -> str:
        """Name of its icon."""
        return _ICONS.get(self.kind, "info")


def keep(response: Response, toast: Toast) -> None:
    """Show it on the next page."""
    body = base64.urlsafe_b64encode(json.dumps(asdict(toast)).encode()).decode()
    response.set_cookie(COOKIE, body, max_age=60, httponly=True, samesite="Lax", secure=request.is_secure, path="/")


def kept() -> Toast | None:
    """The message of the last change, if there is one. A cookie may be forged, so its addresses must be ours."""
    body = request.cookies.get(COOKIE, "")
    if not body or len(body) > 4_096:
        return None
    try:
        fields = json.loads(base64.urlsafe_b64decode(body))
        toast = Toast(**{name: str(value) for name, value in fields.items()})
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        return None
    return toast if _own(toast.undo) and _own(toast.link) and _own(toast.follow) else None


def _own(address: str) -> bool:
    return not address or (address.startswith("/") and not address.startswith("//") and "\\" not in address)
