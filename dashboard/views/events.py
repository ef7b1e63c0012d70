"""`/events`: server-sent events that name what changed, so that pages ask sooner; without them they ask later."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState

from dashboard import visitor
from dashboard.adapters.contract import AdapterError
from dashboard.events.changes import Reading
from dashboard.events.streams import Stream, Streams
from dashboard.services import Services

blueprint = Blueprint("events", __name__)
T = TypeVar("T")


@blueprint.record
def make(state: BlueprintSetupState) -> None:
    """One `Streams` for the application; the web server sets how many it may keep."""
    bundle = cast("Services", state.app.extensions["redrive"])
    state.app.extensions["streams"] = Streams(lambda: read(bundle), bundle.sources.forget_lists)


@blueprint.get("/events")
def stream() -> Response:
    """Topics that changed after `since` (unix seconds); 204, after which browsers do not ask again, when it is full."""
    streams = cast("Streams", current_app.extensions["streams"])
    opened = Stream(_moment(request.args.get("since", "")), request.environ.get("gunicorn.socket"))
    if not streams.admit(opened):
        return Response(status=204, headers={"Cache-Control": "no-store"})
    messages = itertools.takewhile(until_signed_out(), streams.messages(opened))
    response = Response(messages, mimetype="text/event-stream")
    response.headers.update({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    response.call_on_close(lambda: streams.leave(opened))
    return response


def until_signed_out() -> Callable[[bytes], bool]:
    """Whether the next message, or the comment that keeps a quiet stream open, may still be sent."""
    still = visitor.still_let_in()
    return lambda _message: still()


def read(bundle: Services) -> Reading:
    """Everything now, from what all viewers share."""
    return Reading(
        bundle.sources.snapshot(),
        _unless_down(lambda: bundle.sources.shared("alerts", bundle.alerts.alerts)),
        _unless_down(lambda: bundle.sources.shared("running", bundle.operations.running)),
    )


def _unless_down(ask: Callable[[], Sequence[T]]) -> Sequence[T] | None:
    try:
        return ask()
    except AdapterError:
        return None


def _moment(text: str) -> float | None:
    try:
        moment = float(text[:32])
    except ValueError:
        return None
    return moment if math.isfinite(moment) else None
