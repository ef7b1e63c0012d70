"""The page that every message about an alert links to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import alert_words
from dashboard.alert_reasons import reason
from dashboard.alerts.states import Reason
from dashboard.attention import alert_link, alert_place
from dashboard.incident import Incident, find
from dashboard.services import Services
from dashboard.views import silences
from dashboard.web import render, services

blueprint = Blueprint("incidents", __name__)
NARROWING = ("source", "queue", "type", "fingerprint")
"""What a message's link says besides the alert, so that it leads somewhere when nothing is known of that any more."""
REGIONS = {"incident": "incident/_incident.html"}


@blueprint.get("/alerts/incidents/<incident>")
def show(incident: str) -> ResponseReturnValue:
    """How the alert stands, where it comes from, and what can be done."""
    bundle = services()
    found = find(bundle, incident)
    here = url_for("incidents.show", incident=incident)
    if found is None:
        about: dict[str, Any] = {name: request.args[name][:200] for name in NARROWING if request.args.get(name)}
        return render("incident/unknown.html", regions={"incident": "incident/_unknown.html"}, status=404,
                      about=about, here_full=url_for("incidents.show", incident=incident, **about))  # fmt: skip
    return render("incident/page.html", regions=REGIONS, here_full=here, **_context(bundle, found))


def _context(bundle: Services, found: Incident) -> dict[str, Any]:
    alert = found.about
    mutes = silences.context(bundle)["mutes"]
    return {
        "incident": found,
        "many_sources": len(bundle.sources.names()) > 1,
        "alert": alert,
        "deliveries": found.deliveries,
        "why": "" if alert.reason == Reason.ABOVE else reason(alert),
        "muted": mutes.why(alert),
        "inspect_url": alert_link(alert),
        "inspect_words": alert_place(alert),
        "state_words": alert_words.state_words,
        "result_kind": alert_words.result_kind,
    }
