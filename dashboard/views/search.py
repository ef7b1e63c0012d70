"""What the search box offers while something is typed."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from dashboard.search import completion
from dashboard.web import services

blueprint = Blueprint("search", __name__)


@blueprint.get("/search/values")
def values() -> ResponseReturnValue:
    """Known values for the word at a place: `q` is the text of the box, `at` where the caret stands in it."""
    text, at = request.args.get("q", "")[:4_000], request.args.get("at", "")
    place = int(at[:5]) if at.isascii() and at.isdigit() else len(text)
    within = {name: request.args.get(name, "") for name in ("source", "queue")}
    offered = completion.complete(services().sources, text, min(place, len(text)), **within)
    return Response(render_template("search/_values.html", offered=offered), headers={"Cache-Control": "no-store"})
