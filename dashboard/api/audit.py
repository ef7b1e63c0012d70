"""`/audit`: who changed what."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from dashboard import selectors
from dashboard.api import arguments, wire
from dashboard.api.blueprints import area
from dashboard.audit.log import Entry, Wanted
from dashboard.web import services

blueprint = area("audit")

_WORDS = ("actor", "action", "source", "queue", "target")


@blueprint.get("/audit")
def audit() -> Response:
    """Changes, newest first; a rare one may be pages away: `complete` says whether all were looked at."""
    arguments.allow(*_WORDS, "since", "until", *arguments.PAGING)
    now = services().clock()
    given: dict[str, Any] = {name: request.args.get(name, "") for name in _WORDS}
    times: dict[str, Any] = {
        name: selectors.moment(request.args.get(name, ""), now, name) for name in ("since", "until")
    }
    page = services().audit.page(Wanted(**given, **times), arguments.cursor(), arguments.limit())
    return jsonify(wire.listed(page, _entry))


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": wire.moment(entry.at),
        "actor": entry.actor or None,
        "action": entry.action,
        "kind": entry.kind or None,
        "source": entry.source or None,
        "queue": entry.queue or None,
        "target": entry.target or None,
        "matched": entry.count,
        "detail": entry.detail or None,
        "result": entry.result,
    }
