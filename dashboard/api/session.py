"""`/session`: who asks, and what a script with a session's cookie sends along to change something."""

from __future__ import annotations

from flask import Response, jsonify

from dashboard import visitor
from dashboard.api import arguments
from dashboard.api.blueprints import area

blueprint = area("session")


@blueprint.get("/session")
def session() -> Response:
    """Name and role; `csrf_token` goes into the header `X-CSRF-Token`, null where none is needed."""
    arguments.allow()
    known = visitor.identity()
    response = jsonify(
        name=known.name if known else None,
        role=known.role.value if known else None,
        method=known.method if known else None,
        csrf_token=visitor.csrf_token() or None,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
