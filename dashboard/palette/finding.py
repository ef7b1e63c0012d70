"""Asks every provider and puts the answers in order; a source that does not answer leaves only its own entries out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from dashboard import discovery, palette
from dashboard.adapters.contract import AdapterError
from dashboard.palette.contract import Asked, Command, Place
from dashboard.palette.ranking import ranked
from dashboard.services import Services

LONGEST = 200


def found(services: Services, text: str, place: Place) -> dict[str, list[Command]]:
    """The entries that a text means on a page, by heading, best first."""
    asked = Asked(text.strip()[:LONGEST], place, services)
    return ranked(_all(asked), asked.text)


def here() -> Place:
    """The page that is asked for in this request."""
    return Place(request.endpoint or "", dict(request.view_args or {}), request.args, request.path)


def place_of(address: str) -> Place:
    """The page at an address of this site; an empty place for any other."""
    parts = urlsplit(address)
    path = parts.path.removeprefix(request.script_root)
    if parts.netloc or parts.scheme or not path.startswith("/"):
        return Place()
    try:
        endpoint, values = current_app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return Place()
    return Place(endpoint, dict(values), dict(parse_qsl(parts.query)), path)


def _all(asked: Asked) -> Iterator[Command]:
    for module in discovery.modules(palette):
        entries = getattr(module, "entries", None)
        if callable(entries):
            yield from _answers(entries(asked))


def _answers(entries: Iterable[Command]) -> Iterator[Command]:
    try:
        yield from entries
    except AdapterError:
        return
