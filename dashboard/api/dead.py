"""`/dead/groups`: dead letters by their error."""

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
