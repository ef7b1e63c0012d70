"""`/alerts/deliveries` and `/alerts/channels`: the messages sent, sending again, and trying a channel out."""

from __future__ import annotations

from flask import Response, jsonify, request

from dashboard.alerts.records import ChannelInfo, Delivery, Try
from dashboard.api import arguments, wire
from dashboard.api.blueprints import area
from dashboard.web import services

blueprint = area("deliveries")


@blueprint.get("/alerts/deliveries")
def deliveries() -> Response:
    """Messages, the newest first; `channel` and `result` narrow. Given-up ones go by when they were given up."""
    arguments.allow("channel", "result", *arguments.PAGING)
    given = {name: request.args.get(name, "") for name in ("channel", "result", "cursor")}
    page = services().channels.log.page(**given, limit=arguments.limit())
    return jsonify(wire.listed(page, delivery_json))


@blueprint.get("/alerts/deliveries/<delivery_id>")
def delivery(delivery_id: str) -> Response:
    """One message with its last twelve tries."""
    return jsonify(_with_tries(services().channels.log.get(delivery_id)))


@blueprint.post("/alerts/deliveries/<delivery_id>/retry")
def retry(delivery_id: str) -> tuple[Response, int]:
    """Send one again that was given up, under its id and as it was; or at once one that waits for its next try."""
    arguments.allow()
    return jsonify(_with_tries(services().channels.log.retry(delivery_id))), 202


@blueprint.post("/alerts/deliveries/retry")
def retry_all() -> tuple[Response, int]:
    """Send all again that were given up."""
    arguments.allow()
    return jsonify({"retried": services().channels.log.retry_all()}), 202


@blueprint.get("/alerts/channels")
def channels() -> Response:
    """Where messages go, and how that works; no secrets."""
    arguments.allow(*arguments.PAGING)
    page = arguments.sliced(services().channels.channels(), lambda each: (each.name,))
    return jsonify(wire.listed(page, channel_json))


@blueprint.post("/alerts/channels/<name>/test")
def test(name: str) -> Response:
    """Send a test message now; the answer says how that went."""
    arguments.allow()
    return jsonify(_with_tries(services().channels.test(name)))


@blueprint.post("/alerts/channels/<name>/enable")
def enable(name: str) -> Response:
    """Let a channel have messages again that its receiver disabled."""
    arguments.allow()
    return jsonify(channel_json(services().channels.enable(name)))


def delivery_json(record: Delivery) -> wire.JSON:
    """One message of a list."""
    return {
        "id": record.id,
        "channel": record.channel,
        "rule": record.rule,
        "type": record.type,
        "result": record.result,
        "alerts": record.alerts,
        "attempts": record.attempts,
        "created_at": wire.moment(record.created_at),
        "next_attempt_at": wire.moment(record.next_attempt_at),
        "finished_at": wire.moment(record.finished_at),
        "status": record.status,
        "error": record.error or None,
        "seconds": record.seconds,
    }


def channel_json(record: ChannelInfo) -> wire.JSON:
    """One channel."""
    return {
        "name": record.name,
        "kind": record.kind,
        "address": record.address or None,
        "origin": record.origin.value,
        "last_result": record.last_result or None,
        "last_at": wire.moment(record.last_at),
        "last_status": record.last_status,
        "last_error": record.last_error or None,
        "recent": list(record.recent),
        "disabled": record.disabled or None,
        "disabled_at": wire.moment(record.disabled_at),
        "unreadable": record.unreadable or None,
    }


def _with_tries(record: Delivery) -> wire.JSON:
    return delivery_json(record) | {"tries": [_try(each) for each in record.tries]}


def _try(record: Try) -> wire.JSON:
    return {
        "number": record.number,
        "at": wire.moment(record.at),
        "result": record.result,
        "status": record.status,
        "error": record.error or None,
        "seconds": record.seconds,
    }
