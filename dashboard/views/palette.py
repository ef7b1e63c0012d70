"""The command palette: its results as a fragment, and a page with a form for those without JavaScript."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from dashboard.palette import finding
from dashboard.web import render, services

blueprint = Blueprint("palette", __name__)


@blueprint.get("/palette")
def index() -> ResponseReturnValue:
    """What a text means on the page `at`."""
    text, at = request.args.get("q", "").strip()[: finding.LONGEST], request.args.get("at", "")[:2_000]
    return render(
        "palette/page.html",
        regions={"palette-list": "palette/_list.html"},
        found=finding.found(services(), text, finding.place_of(at)),
        asked=text,
        at=at,
    )
