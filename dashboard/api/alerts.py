"""`/alerts`: what fires, and the rules."""

from __future__ import annotations

from flask import Response, jsonify

from dashboard.alerts.records import Alert, Origin, Rule
from dashboard.alerts.unreadable import Unreadable
from dashboard.api import arguments, wire
from dashboard.api.blueprints import area
from dashboard.web import services

blueprint = area("alerts")


@blueprint.get("/alerts")
def alerts() -> Response:
    """All alerts: firing, no data, pending, then resolved."""
    arguments.allow(*arguments.PAGING)
    book = services().alerts
    placed = list(enumerate(book.alerts()))
    page = arguments.sliced(placed, lambda row: (row[0],))
    evaluated = wire.moment(book.last_run())
    return jsonify(
        wire.listed(page, lambda row: _alert(row[1])) | {"evaluated_at": evaluated, "evaluating": book.evaluating()}
    )


@blueprint.get("/alerts/rules")
def rules() -> Response:
    """All rules, the built-in ones first; those that cannot be read have no more than a name, and say why."""
    arguments.allow(*arguments.PAGING)
    book = services().alerts
    every: list[Rule | Unreadable] = [*book.rules(), *book.unreadable()]
    page = arguments.sliced(every, lambda each: (not (isinstance(each, Rule) and each.built_in), each.name))
    return jsonify(wire.listed(page, lambda each: _rule(each) if isinstance(each, Rule) else _unreadable(each)))


def _alert(record: Alert) -> wire.JSON:
    return {
        "rule": record.rule,
        "severity": record.severity,
        "metric": record.metric,
        "state": record.state.value,
        "source": record.source or None,
        "queue": record.queue or None,
        "value": record.value,
        "threshold": record.threshold,
        "for_seconds": record.for_seconds,
        "fingerprint": record.fingerprint,
        "since": wire.moment(record.since),
        "starts_at": wire.moment(record.starts_at),
        "ends_at": wire.moment(record.ends_at),
        "summary": record.summary,
        "type": record.type or None,
        "group": record.group or None,
        "reason": record.reason or None,
        "error": record.error or None,
        "silenced_by": record.silenced_by or None,
    }


def _rule(record: Rule) -> wire.JSON:
    return {
        "name": record.name,
        "metric": record.metric,
        "above": record.above,
        "for_seconds": record.for_seconds,
        "severity": record.severity,
        "source": record.source or None,
        "queue": record.queue or None,
        "channels": None if record.channels is None else list(record.channels),
        "minimum": record.minimum,
        "type": record.type or None,
        "fingerprint": record.group or None,
        "clear": record.clear,
        "keep_firing_seconds": record.keep_firing_seconds,
        "enabled": record.enabled,
        "origin": record.origin.value,
        "built_in": record.built_in,
        "unreadable": None,
    }


def _unreadable(record: Unreadable) -> wire.JSON:
    nothing = ("metric", "above", "for_seconds", "severity", "source", "queue", "channels", "minimum", "type",
               "fingerprint", "clear", "keep_firing_seconds", "enabled")  # fmt: skip
    known = {"origin": Origin.PAGE.value, "built_in": False, "unreadable": str(record)}
    return {"name": record.name, **dict.fromkeys(nothing), **known}
