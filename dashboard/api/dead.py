"""`/dead/groups`: dead letters by their error; `/dead/trash`: what was purged and can still be restored."""

from __future__ import annotations

from flask import Response, jsonify, request

from dashboard.api import arguments, wire
from dashboard.api.blueprints import area
from dashboard.web import services

blueprint = area("dead")


@blueprint.get("/dead/groups")
def groups() -> Response:
    """Groups of dead letters; `order` is `last` (default) or `count`, both descending."""
    arguments.allow("order", *arguments.FILTERS, *arguments.PAGING)
    page = services().sources.groups(
        arguments.selector(services().clock()),
        order=request.args.get("order", "last"),
        cursor=arguments.cursor(),
        limit=arguments.limit(),
    )
    answer = wire.listed(page, wire.group)
    return jsonify(answer | {"jobs": page.jobs})


@blueprint.get("/dead/trash")
def trash() -> Response:
    """Purged jobs that can still be restored, the last purged first; `state` is the one they were in."""
    arguments.allow("state", *arguments.FILTERS, *arguments.PAGING)
    chosen = arguments.selector(services().clock())
    page = services().sources.trash(chosen, cursor=arguments.cursor(), limit=arguments.limit())
    return jsonify(wire.listed(page, wire.job))
