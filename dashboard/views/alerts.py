"""Alerts: what fires, the rules with their state, the delivery log and the channels."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import alert_words, channel_words, rule_page, rule_rows, visitor
from dashboard.alert_reasons import reason
from dashboard.alerts.records import BY_URGENCY
from dashboard.attention import alert_link
from dashboard.language import N_
from dashboard.navigation import Entry
from dashboard.once import once, shared_here
from dashboard.search.bar import address
from dashboard.services import Services
from dashboard.views import silences
from dashboard.web import render, services

blueprint = Blueprint("alerts", __name__)
navigation = Entry("alerts.index", N_("Alerts"), "bell", 50, tone="bad", count_words=N_("firing"), key="a")
for _name, _filter in alert_words.FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)
_URGENT = BY_URGENCY[:4]


@blueprint.get("/alerts")
def index() -> ResponseReturnValue:
    """Everything about alerts on one page."""
    bundle = services()
    place = {name: request.args.get(name, "").strip()[:200] for name in ("source", "queue")}
    return render(
        "alerts/page.html",
        regions={"alerts": "alerts/_alerts.html"},
        deliveries=shared_here("deliveries", lambda: bundle.alerts.deliveries(200)),
        here_full=address(url_for("alerts.index"), place),
        **_context(bundle),
    )


@blueprint.get("/alerts/rules/<name>")
def rule(name: str) -> ResponseReturnValue:
    """One rule: its value against the threshold over time, and its state for all that it watches."""
    bundle = services()
    if any(each.name == name for each in bundle.alerts.unreadable()):
        named = url_for("alerts.index", _anchor=f"u-{name}")
        return redirect(named if visitor.lacks() else url_for("rules.ask", name=name), 303)
    found = bundle.alerts.rule(name)
    deliveries = shared_here("deliveries", lambda: bundle.alerts.deliveries(200))
    return render(
        "alerts/rule.html", regions={"rule": "alerts/_rule.html"}, rule=found, evaluating=_evaluating(bundle),
        deliveries=[delivery for delivery in deliveries if delivery.rule == name][:20],
        here_full=request.full_path.rstrip("?"), **silences.context(bundle),
        **rule_page.context(bundle, found, request.args), **_words(),
    )  # fmt: skip


def _evaluating(bundle: Services) -> bool:
    return once("evaluating", lambda: bundle.alerts.evaluating(bundle.clock()))


def _context(bundle: Services) -> dict[str, Any]:
    last_fired = rule_page.last_fired(bundle)
    alerts = once("alerts", bundle.alerts.alerts)
    evaluating, evaluation = once("going", lambda: bundle.alerts.going(bundle.clock()))
    once("evaluating", lambda: evaluating)
    rules = bundle.alerts.rules()
    hours = once("courses", lambda: bundle.alerts.courses(rules))
    values = evaluation.values if evaluation else {}
    return {
        "firing": [alert for alert in alerts if alert.state in _URGENT],
        "rows": rule_rows.rows(rules, alerts, evaluating=evaluating, values=values, hours=hours),
        "unreadable": bundle.alerts.unreadable(),
        "last_fired": last_fired,
        "channels": once("channels", bundle.channels.channels),
        "told": channel_words.told,
        "heartbeat_wanted": bool(bundle.settings.alerts.heartbeat_url),
        "last_run": evaluation.at if evaluation else None,
        "evaluating": evaluating,
        "evaluation": evaluation,
        "heartbeat": once("heartbeat", bundle.alerts.heartbeat),
        "every": bundle.settings.alerts.every,
        **silences.context(bundle),
        **_words(),
    }


def _words() -> dict[str, Any]:
    return {
        "inspect": alert_link,
        "condition": alert_words.condition,
        "rule_sentence": alert_words.as_sentence,
        "number": alert_words.amount,
        "state_words": alert_words.state_words,
        "reason": reason,
        "result_kind": alert_words.result_kind,
    }
