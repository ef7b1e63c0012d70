"""Plans and operations as they lie in the store: one JSON text, one hash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from dashboard.adapters.contract import Action, Outcome, Part, Selection, Selector
from dashboard.operations import problems
from dashboard.operations.records import Caution, Operation, OperationState, Pace, Plan, Slowdown

_SELECTORS = TypeAdapter(tuple[Selector, ...])
_SELECTION = TypeAdapter(Selection)
_PARTS = TypeAdapter(tuple[Part, ...])
_CAUTIONS = TypeAdapter(tuple[Caution, ...])
_PACE = TypeAdapter(Pace)
_SLOWDOWN = TypeAdapter(Slowdown)
_NAMES = TypeAdapter(dict[str, str])
_OUTCOME = TypeAdapter(Outcome)

LISTED = (
    "action", "state", "selectors", "matched", "done", "skipped", "pace", "outcome", "part", "actor", "reason", "as_of",
    "created", "finished", "rate", "of", "undone_by", "undo_until", "problem", "forgiven",
    "names", "slow",
)  # fmt: skip
"""Fields of an operation's hash that a list needs; `parts`, which may be long, is left out."""


def plan_to_json(plan: Plan) -> str:
    """One plan as JSON; its counts by queue and type follow from its selection."""
    return json.dumps(
        {
            "action": plan.action.value,
            "selectors": _SELECTORS.dump_python(plan.selectors, mode="json"),
            "selection": _SELECTION.dump_python(plan.selection, mode="json"),
            "expires_at": plan.expires_at,
            "names": dict(plan.names),
            "cautions": _CAUTIONS.dump_python(plan.cautions, mode="json"),
        }
    )


def plan_from_json(token: str, stored: bytes) -> Plan:
    """The plan that `plan_to_json` wrote."""
    data = json.loads(stored)
    selectors = _SELECTORS.validate_python(data["selectors"], strict=False)
    selection = _SELECTION.validate_python(data["selection"], strict=False)
    cautions = _CAUTIONS.validate_python(data.get("cautions", ()), strict=False)
    return make_plan(
        token, Action(data["action"]), selectors, selection, data["expires_at"],
        names=data.get("names", {}), cautions=cautions,
    )  # fmt: skip


def make_plan(
    token: str, action: Action, selectors: tuple[Selector, ...], selection: Selection, expires_at: float,
    *, names: Mapping[str, str] | None = None, cautions: tuple[Caution, ...] = (),
) -> Plan:  # fmt: skip
    """A plan with its counts by queue and by type."""
    by_queue: dict[tuple[str, str], int] = {}
    for part in selection.parts:
        by_queue[part.source, part.queue] = by_queue.get((part.source, part.queue), 0) + part.matched
    return Plan(token, action, selectors, selection, by_queue, _by_type(selection), expires_at, names or {}, cautions)


def operation_fields(plan: Plan, pace: Pace, *, actor: str, reason: str) -> dict[str, str]:
    """What is stored of a new operation besides its state."""
    return {
        "action": plan.action.value,
        "selectors": _SELECTORS.dump_json(plan.selectors).decode(),
        "matched": str(plan.matched),
        "done": "0",
        "skipped": "0",
        "pace": _PACE.dump_json(pace).decode(),
        "canary": str(pace.canary or 0),
        "parts": _PARTS.dump_json(plan.selection.parts).decode(),
        "part": "0",
        "part_count": str(len(plan.selection.parts)),
        "actor": actor,
        "reason": reason,
        "as_of": repr(plan.selection.as_of),
        "names": json.dumps(dict(plan.names)),
    }


def outcome_to_json(outcome: Outcome) -> str:
    """What became of the jobs, as stored."""
    return _OUTCOME.dump_json(outcome).decode()


def slowdown_to_json(slowdown: Slowdown | None) -> str:
    """A slowdown as stored; empty for none."""
    return "" if slowdown is None else _SLOWDOWN.dump_json(slowdown).decode()


def operation_from(operation_id: str, fields: Mapping[str, bytes | None]) -> Operation:
    """An operation from the fields of its hash."""

    def word(name: str) -> str:
        return (fields.get(name) or b"").decode()

    def number(name: str) -> float | None:
        return float(word(name)) if word(name) else None

    def parsed(kind: TypeAdapter[Any], name: str, default: Any) -> Any:
        return kind.validate_json(word(name)) if word(name) else default

    return Operation(
        id=operation_id,
        action=Action(word("action")),
        state=OperationState(word("state")),
        selectors=parsed(_SELECTORS, "selectors", ()),
        matched=int(word("matched")),
        done=int(word("done")),
        skipped=int(word("skipped")),
        pace=parsed(_PACE, "pace", Pace()),
        outcome=parsed(_OUTCOME, "outcome", Outcome()),
        parts=parsed(_PARTS, "parts", ()),
        part_index=int(word("part")),
        actor=word("actor"),
        reason=word("reason"),
        as_of=float(word("as_of")),
        created_at=int(word("created")) / 1000,
        finished_at=number("finished"),
        rate=number("rate") if word("state") in ("canary", "running") else None,
        of=word("of"),
        undone_by=word("undone_by"),
        undo_until=number("undo_until"),
        problem=problems.in_words(word("problem")),
        forgiven=int(word("forgiven") or 0),
        names=parsed(_NAMES, "names", {}),
        slowdown=parsed(_SLOWDOWN, "slow", None),
    )


def _by_type(selection: Selection) -> dict[str, int]:
    """Exact counts, else none: from the source, from parts of one type, or from a sample that holds every job."""
    if selection.by_type:
        return dict(selection.by_type)
    counts: dict[str, int] = {}
    if selection.parts and all(part.type for part in selection.parts):
        for part in selection.parts:
            counts[part.type] = counts.get(part.type, 0) + part.matched
    elif len(selection.sample) == selection.matched:
        for job in selection.sample:
            counts[job.type] = counts.get(job.type, 0) + 1
    return counts
