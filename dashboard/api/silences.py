"""`/alerts/silences` and `/alerts/windows`: mute alerts for a time, and see what is muted."""

from __future__ import annotations

from typing import Annotated

from flask import Response, jsonify, request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from dashboard.alerts.matchers import Matcher, parse_all
from dashboard.alerts.silences import LONGEST_COMMENT, LONGEST_SECONDS, Silence
from dashboard.alerts.windows import Window
from dashboard.api import arguments, wire
from dashboard.api.blueprints import area
from dashboard.api.problems import Unprocessable
from dashboard.web import services

blueprint = area("silences")


class SilenceBody(BaseModel):
    """What to silence, and until when: one of `duration_seconds`, `ends_at` and `until_resolved`."""

    model_config = ConfigDict(extra="forbid")

    matchers: Annotated[list[Annotated[str, Field(max_length=260)]], Field(min_length=1, max_length=10)]
    comment: Annotated[str, Field(max_length=LONGEST_COMMENT)] = ""
    duration_seconds: Annotated[float, Field(gt=0, le=LONGEST_SECONDS, allow_inf_nan=False)] | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    until_resolved: bool = False


class ChangeBody(BaseModel):
    """Another end, at most one of `extend_seconds`, `ends_at` and `until_resolved`, and another reason.

    revision: that of the silence when it was read; left out: whatever it is by now.
    """

    model_config = ConfigDict(extra="forbid")

    comment: Annotated[str, Field(max_length=LONGEST_COMMENT)] | None = None
    extend_seconds: Annotated[float, Field(gt=0, le=LONGEST_SECONDS, allow_inf_nan=False)] | None = None
    ends_at: AwareDatetime | None = None
    until_resolved: bool = False
    revision: Annotated[str, Field(max_length=64)] = ""


@blueprint.get("/alerts/silences")
def silences() -> Response:
    """Those that hold, those to come and those that ended in the last five days, the one that ends last first."""
    arguments.allow(*arguments.PAGING)
    now = services().clock()
    page = arguments.sliced(services().silences.listed(), lambda each: (-each.ends_at, each.id))
    return jsonify(wire.listed(page, lambda each: silence_json(each, now)))


@blueprint.post("/alerts/silences")
def create() -> tuple[Response, int]:
    """Silence alerts from now on, or from `starts_at`."""
    arguments.allow()
    body = arguments.body(SilenceBody)
    now = services().clock()
    begin = body.starts_at.timestamp() if body.starts_at else now
    made = services().silences.create(
        parse_all(body.matchers), body.comment, ends_at=_end(body, begin), starts_at=begin
    )
    return jsonify(silence_json(made, now)), 201


@blueprint.patch("/alerts/silences/<silence_id>")
def change(silence_id: str) -> Response:
    """Give one another end or reason; which alerts it means stays."""
    arguments.allow()
    body, bundle = arguments.body(ChangeBody), services()
    given = [body.extend_seconds is not None, body.ends_at is not None, body.until_resolved]
    if sum(given) > 1 or (not any(given) and body.comment is None):
        message = "say one of extend_seconds, ends_at and until_resolved, or a comment"
        raise Unprocessable(message, [{"field": "ends_at", "message": message}])
    if body.extend_seconds is not None and (body.comment is None or bundle.silences.get(silence_id).until_resolved):
        changed = bundle.silences.extend(silence_id, body.extend_seconds, body.revision)
    else:
        known = bundle.silences.get(silence_id)
        comment = known.comment if body.comment is None else body.comment
        seen = body.revision or known.revision
        changed = bundle.silences.change(silence_id, comment, ends_at=_other_end(body, known), seen=seen)
    return jsonify(silence_json(changed, bundle.clock()))


@blueprint.delete("/alerts/silences")
def end() -> Response:
    """End the silence that `id` names."""
    arguments.allow("id")
    return end_one(request.args.get("id", ""))


@blueprint.delete("/alerts/silences/<silence_id>")
def end_one(silence_id: str) -> Response:
    """End one silence now; it stays listed."""
    return jsonify(silence_json(services().silences.end(silence_id), services().clock()))


@blueprint.get("/alerts/windows")
def windows() -> Response:
    """Recurring maintenance windows, of the file and of pages."""
    arguments.allow(*arguments.PAGING)
    now = services().clock()
    page = arguments.sliced(services().windows.listed(), lambda each: (each.name,))
    return jsonify(wire.listed(page, lambda each: window_json(each, now)))


def silence_json(record: Silence, now: float) -> wire.JSON:
    """One silence."""
    return {
        "id": record.id,
        "state": "active" if record.active(now) else "pending" if now < record.starts_at else "expired",
        "matchers": [_matcher(each) for each in record.matchers],
        "author": record.author,
        "comment": record.comment or None,
        "created_at": wire.moment(record.created_at),
        "starts_at": wire.moment(record.starts_at),
        "ends_at": wire.moment(record.ends_at),
        "until_resolved": record.until_resolved,
        "ended_by": record.ended_by or None,
        "revision": record.revision,
    }


def window_json(record: Window, now: float) -> wire.JSON:
    """One maintenance window."""
    since = record.open_since(now)
    return {
        "name": record.name,
        "matchers": [_matcher(each) for each in record.matchers],
        "cron": record.cron,
        "zone": record.zone,
        "duration_seconds": record.seconds,
        "comment": record.comment or None,
        "author": record.author or None,
        "origin": record.origin.value,
        "open_since": wire.moment(since),
        "open_until": wire.moment(None if since is None else since + record.seconds),
        "next_at": wire.moment(record.next_at(now)),
    }


def _matcher(record: Matcher) -> wire.JSON:
    return {"name": record.name, "operator": record.operator, "value": record.value, "text": str(record)}


def _end(body: SilenceBody, begin: float) -> float | None:
    given = [body.duration_seconds is not None, body.ends_at is not None, body.until_resolved]
    if sum(given) != 1:
        message = "say one of duration_seconds, ends_at and until_resolved"
        raise Unprocessable(message, [{"field": "ends_at", "message": message}])
    if body.duration_seconds is not None:
        return begin + body.duration_seconds
    return body.ends_at.timestamp() if body.ends_at else None


def _other_end(body: ChangeBody, known: Silence) -> float | None:
    if body.ends_at:
        return body.ends_at.timestamp()
    if body.until_resolved or known.until_resolved:
        return None
    return known.ends_at + (body.extend_seconds or 0.0)
