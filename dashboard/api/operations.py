"""`/operations`: plan, start, watch, pause, cancel and undo bulk actions."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Response, jsonify, url_for
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dashboard import operation_words
from dashboard.adapters.contract import Action, Selector
from dashboard.api import arguments, wire
from dashboard.api.blueprints import area
from dashboard.api.problems import Unprocessable
from dashboard.api.selection import SelectorBody, Word
from dashboard.operations.operations import Operations, PlanExpired
from dashboard.operations.records import Operation, Pace, Plan
from dashboard.web import services

blueprint = area("operations")


class OperationBody(BaseModel):
    """A bulk action: either `plan_token`, or `action` and `selector`; `all` says that an empty selector is meant."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["requeue", "purge", "restore"] | None = None
    selector: SelectorBody | None = None
    all: bool = False
    plan_token: Word | None = None
    rate_per_second: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] | None = None
    canary: Annotated[int, Field(ge=1)] | None = None
    stop_after_refailed: Annotated[int, Field(ge=1)] | None = None
    slow_down: bool | None = None
    reason: Annotated[str, StringConstraints(max_length=500)] = ""
    dry_run: bool = False


@blueprint.post("/operations")
def start() -> tuple[Response, int]:
    """Plan (`dry_run`: 200) or start (202) a bulk action."""
    arguments.allow()
    body = arguments.body(OperationBody)
    action, selector = _meant(body)
    if body.dry_run:
        if action is None or selector is None:
            raise _unprocessable("dry_run", "a plan is made of an action and a selector, not of a plan_token")
        return jsonify(_plan(services().operations.plan(action, selector))), 200
    operations, token = services().operations, body.plan_token or ""
    if body.slow_down is None and token:
        action = action or _planned(operations, token)
    slow_down = action == Action.REQUEUE if body.slow_down is None else body.slow_down
    pace = Pace(body.rate_per_second, body.canary, body.stop_after_refailed, slow_down)
    operation = operations.start(plan_token=token, action=action, selector=selector, pace=pace, reason=body.reason)
    response = jsonify(id=operation.id, matched=operation.matched)
    response.headers["Location"] = url_for("api_operations.one", operation_id=operation.id)
    return response, 202


@blueprint.get("/operations")
def operations() -> Response:
    """All operations, newest first."""
    arguments.allow(*arguments.PAGING)
    page = services().operations.list(cursor=arguments.cursor(), limit=arguments.limit())
    return jsonify(wire.listed(page, operation_json))


@blueprint.get("/operations/<operation_id>")
def one(operation_id: str) -> Response:
    """One operation."""
    arguments.allow()
    operations = services().operations
    record = operations.get(operation_id)
    return jsonify(operation_json(record) | {"arrived_since": operations.arrived_since(record)})


@blueprint.post("/operations/<operation_id>/pause")
def pause(operation_id: str) -> Response:
    """Stop after the step in hand."""
    return jsonify(operation_json(services().operations.pause(operation_id)))


@blueprint.post("/operations/<operation_id>/resume")
def resume(operation_id: str) -> Response:
    """Go on."""
    return jsonify(operation_json(services().operations.resume(operation_id)))


@blueprint.post("/operations/<operation_id>/cancel")
def cancel(operation_id: str) -> Response:
    """Leave the rest untouched, for good."""
    return jsonify(operation_json(services().operations.cancel(operation_id)))


@blueprint.post("/operations/<operation_id>/undo")
def undo(operation_id: str) -> tuple[Response, int]:
    """Take back what can be taken back, in an operation of its own, which `operation` names.

    `reversed` is how many jobs could still be taken back at this moment; that operation's `done` is the final number.
    """
    back = services().operations.undo(operation_id)
    reversible = sum(part.matched for part in back.parts)
    return jsonify(operation=back.id, reversed=reversible, too_late=max(0, back.matched - reversible)), 202


def operation_json(record: Operation) -> wire.JSON:
    """One operation."""
    outcome = record.outcome
    ended = bool(record.of) and not record.open
    return {
        "id": record.id,
        "action": record.action.value,
        "state": record.state.value,
        "matched": record.matched,
        "done": record.done,
        "skipped": record.skipped,
        "failed": record.failed,
        "rate": record.rate,
        "seconds_left": None if record.seconds_left is None else round(record.seconds_left, 1),
        "slow_down": record.pace.slow_down,
        "slowed": record.slowed or None,
        "selected": operation_words.selection_words(record),
        "outcome": {
            "succeeded": outcome.succeeded,
            "refailed_same": outcome.refailed_same,
            "refailed_new": outcome.refailed_new,
            "new_errors": [{"fingerprint": each, "count": count} for each, count in outcome.new_errors],
            "cancelled": outcome.cancelled,
            "pending": outcome.pending,
            "processing": outcome.processing,
        },
        "actor": record.actor or None,
        "reason": record.reason or None,
        "problem": record.problem or None,
        "undoes": record.of or None,
        "reversed": record.done if ended else None,
        "too_late": record.matched - record.done if ended else None,
        "undone_by": record.undone_by or None,
        "undo_until": wire.moment(record.undo_until),
        "created_at": wire.moment(record.created_at),
        "finished_at": wire.moment(record.finished_at),
    }


def _meant(body: OperationBody) -> tuple[Action | None, Selector | None]:
    if body.plan_token:
        if body.selector is not None or body.all:
            raise _unprocessable("selector", "leave it out with a plan_token: exactly the planned jobs are acted on")
        return (Action(body.action) if body.action else None), None
    if body.action is None:
        raise _unprocessable("action", "say requeue, purge or restore, or give a plan_token")
    selector = body.selector.selector(services().clock()) if body.selector else Selector()
    if selector == Selector() and not body.all:
        raise _unprocessable("selector", 'it is empty, which would mean every job; narrow it, or say "all": true')
    if selector != Selector() and body.all:
        raise _unprocessable("all", "leave it out when a selector narrows the jobs")
    return Action(body.action), selector


def _plan(plan: Plan) -> wire.JSON:
    return {
        "matched": plan.matched,
        "by_queue": {f"{source}/{queue}": count for (source, queue), count in plan.by_queue.items()},
        "by_type": plan.by_type,
        "sample": [wire.job(job) for job in plan.selection.sample],
        "plan_token": plan.token,
        "expires_at": wire.moment(plan.expires_at),
        "as_of": wire.moment(plan.selection.as_of),
        "warnings": list(plan.warnings),
        "cautions": [wire.caution(each) for each in plan.cautions],
        "selected": plan.words,
        "reason_required": services().operations.reason_missing(plan, ""),
    }


def _planned(operations: Operations, token: str) -> Action | None:
    """What a kept plan is to do; None when it is gone or used, which starting it says."""
    try:
        return operations.read_plan(token).action
    except PlanExpired:
        return None


def _unprocessable(field: str, message: str) -> Unprocessable:
    return Unprocessable(f"{field}: {message}", [{"field": field, "message": message}])
