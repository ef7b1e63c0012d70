"""Alerts: what fires, the rules with their state, the delivery log and the channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from dashboard.alerts.records import Alert, AlertState, Delivery, Rule
from dashboard.attention import alert_link
from dashboard.durations import duration
from dashboard.navigation import Entry
from dashboard.once import once
from dashboard.services import Services
from dashboard.web import render, services

blueprint = Blueprint("alerts", __name__)
navigation = Entry("alerts.index", "Alerts", "bell", 50, tone="bad", count_words="firing", key="a")
_ORDER = (AlertState.FIRING, AlertState.NO_DATA, AlertState.PENDING, AlertState.RESOLVED, AlertState.INACTIVE)
_WORDS = {AlertState.RESOLVED: "OK", AlertState.INACTIVE: "OK"}
_KINDS = {AlertState.NO_DATA: "off", AlertState.PENDING: "warn"}
_METRICS = {
    "failed": "dead letters",
    "failure_rate": "share of attempts that fail",
    "oldest_pending_seconds": "longest wait",
}
_RESULTS = {"sent": "good", "retrying": "warn", "gave up": "bad"}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with its worst instance."""

    rule: Rule
    worst: Alert | None
    state: AlertState | None
    instances: int


@blueprint.get("/alerts")
def index() -> ResponseReturnValue:
    """Everything about alerts on one page."""
    bundle = services()
    return render(
        "alerts/page.html",
        regions={"alerts": "alerts/_alerts.html"},
        deliveries=bundle.alerts.deliveries(20),
        here_full=url_for("alerts.index"),
        **_context(bundle),
    )


@blueprint.get("/alerts/rules/<name>")
def rule(name: str) -> ResponseReturnValue:
    """One rule and its state for every queue it watches."""
    bundle = services()
    found = bundle.alerts.rule(name)
    instances = [alert for alert in once("alerts", bundle.alerts.alerts) if alert.rule == name]
    recent = [delivery for delivery in bundle.alerts.deliveries(200) if delivery.rule == name][:20]
    return render("alerts/rule.html", regions={"rule": "alerts/_rule.html"}, rule=found, instances=instances,
                  evaluating=bundle.alerts.evaluating(bundle.clock()), deliveries=recent,
                  here_full=url_for("alerts.rule", name=name), **_words())  # fmt: skip


def _context(bundle: Services) -> dict[str, Any]:
    alerts = once("alerts", bundle.alerts.alerts)
    evaluating = bundle.alerts.evaluating(bundle.clock())
    rows = sorted((_row(rule, alerts, evaluating) for rule in bundle.alerts.rules()), key=_urgency)
    return {
        "firing": [alert for alert in alerts if alert.state == AlertState.FIRING],
        "rows": rows,
        "channels": bundle.alerts.channels(),
        "last_run": bundle.alerts.last_run(),
        "evaluating": evaluating,
        "every": bundle.settings.alerts.every,
        **_words(),
    }


def _words() -> dict[str, Any]:
    return {
        "inspect": alert_link,
        "condition": condition,
        "number": number,
        "state_words": state_words,
        "result_kind": result_kind,
    }


def _row(rule: Rule, alerts: Sequence[Alert], evaluating: bool) -> RuleRow:
    """A rule that is checked and has no alert is inactive; one that nobody checks has no state."""
    own = sorted((alert for alert in alerts if alert.rule == rule.name), key=lambda each: _ORDER.index(each.state))
    quiet = AlertState.INACTIVE if evaluating else None
    return RuleRow(rule, own[0] if own else None, own[0].state if own else quiet, len(own))


def _urgency(row: RuleRow) -> int:
    return _ORDER.index(row.state) if row.state else len(_ORDER)


def state_words(state: AlertState | None, severity: str) -> tuple[str, str]:
    """Look and word of a state; a rule without any instance was never evaluated, which is not fine."""
    if state is None:
        return "off", "Not checked"
    if state == AlertState.FIRING:
        return ("bad" if severity == "page" else "warn"), "Firing"
    return _KINDS.get(state, "good"), _WORDS.get(state, state.capitalize())


def number(metric: str, value: float | None) -> str:
    """A value of a metric, with its unit."""
    if value is None:
        return "–"
    if metric == "failure_rate":
        return f"{100 * value:.1f} %"
    return duration(value) if metric == "oldest_pending_seconds" else f"{value:,.0f}"


def condition(rule: Rule) -> str:
    """`any queue: dead letters above 100 for 5 min`."""
    where = rule.queue or ("any queue of " + rule.source if rule.source else "any queue")
    words = f"{where}: {_METRICS.get(rule.metric, rule.metric)} above {number(rule.metric, rule.above)}"
    return f"{words} for {duration(rule.for_seconds)}" if rule.for_seconds else words


def result_kind(delivery: Delivery) -> str:
    """The look of a delivery's result."""
    return _RESULTS.get(delivery.result, "off")
