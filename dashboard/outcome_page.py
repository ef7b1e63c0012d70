"""How far an operation is, what became of requeued jobs, and where to look at them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from dashboard import selectors
from dashboard.adapters.contract import Action, AdapterError, ErrorGroup, Selector, State
from dashboard.durations import length, run_time
from dashboard.language import gettext, number
from dashboard.operation_words import done_word
from dashboard.operations.records import Operation, OperationState
from dashboard.operations.wording import error_name
from dashboard.search.bar import address
from dashboard.services import Services

ASKED_SINGLY = 2
LOOKED_THROUGH = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the outcome; `url` leads to the list that holds these jobs, empty when no list tells them apart.

    new: these failed in a way that they had not failed in before.
    """

    words: str
    count: int
    kind: str
    note: str
    url: str = ""
    new: bool = False


@dataclass(frozen=True, slots=True)
class NewError:
    """An error that requeued jobs failed with, other than before."""

    name: str
    message: str
    count: int
    url: str


def figures(operation: Operation, now: float) -> list[tuple[str, str, str, str]]:
    """The numbers above the outcome: what each is, its value, a note, and where the jobs it counts are seen."""
    left = max(operation.matched - operation.handled, 0)
    return [
        (gettext("Selected"), number(operation.matched), "", ""),
        (done_word(operation), number(operation.done), "", _done(operation, now)),
        (gettext("Skipped"), number(operation.skipped), _skipped_note(operation), ""),
        (
            gettext("Untouched"),
            number(left),
            gettext("so far") if left and operation.open else "",
            _left(operation, left),
        ),
        (*_time(operation, now), ""),
    ]


def _done(operation: Operation, now: float) -> str:
    """What became of them: of requeued jobs the outcome below, of purged ones the trash as long as they lie there."""
    if not operation.done:
        return ""
    if operation.action == Action.REQUEUE:
        return "#out-h"
    kept = operation.undo_until is not None and now < operation.undo_until and not operation.undone_by
    if operation.action != Action.PURGE or not kept:
        return ""
    source, queue = _place(operation)
    return url_for("trash.index", source=source, queue=queue)


def _left(operation: Operation, left: int) -> str:
    """Jobs of the selection that it has not come to: still where they were, and there when it began."""
    if not left or operation.of or len(operation.selectors) != 1 or operation.selector.ids:
        return ""
    if operation.action not in (Action.REQUEUE, Action.PURGE):
        return ""
    until = operation.as_of or operation.created_at
    meant = operation.selector.narrowed(state=operation.selector.state or State.FAILED)
    query = {name: value for name, value in selectors.to_query(meant).items() if name != "until"}
    earliest = min(until, meant.until) if meant.until else until
    return address(url_for("jobs.index"), {**query, "until": f"{earliest:.3f}"})


def _place(operation: Operation) -> tuple[str | None, str | None]:
    """The source and queue of all its jobs, when there is but one."""
    places = {(part.source, part.queue) for part in operation.parts}
    return places.pop() if len(places) == 1 else (None, None)


def _skipped_note(operation: Operation) -> str:
    return gettext("already moved by someone else") if operation.skipped else ""


def _time(operation: Operation, now: float) -> tuple[str, str, str]:
    if operation.state == OperationState.RUNNING and operation.seconds_left is not None:
        return gettext("Time left"), length(operation.seconds_left), gettext("at the present speed")
    if operation.open:
        return gettext("Going for"), length(now - operation.created_at), ""
    return gettext("Took"), run_time((operation.finished_at or now) - operation.created_at, short=False), ""


def rows(operation: Operation) -> list[Row]:
    """The outcome, line by line."""
    outcome = operation.outcome
    return [
        Row(gettext("Succeeded"), outcome.succeeded, "good", "", _jobs(operation, "succeeded")),
        Row(
            gettext("Failed again"), outcome.refailed_same, "bad", gettext("the same error as before"), _dead(operation)
        ),
        Row(
            gettext("Failed in a new way"), outcome.refailed_new, "bad", gettext("another error than before"), new=True
        ),
        Row(
            gettext("Cancelled"), outcome.cancelled, "off", gettext("or purged before they started"),
            _jobs(operation, "cancelled"),
        ),
        Row(
            gettext("Taken back"), outcome.taken_back, "off", gettext("dead letters again before they started"),
            _left(operation, outcome.taken_back),
        ),
        Row(
            gettext("Processing"), outcome.processing, "info", gettext("running, or between attempts"),
            _jobs(operation, "processing"),
        ),
        Row(gettext("Still waiting"), outcome.pending, "", gettext("not started yet"), _jobs(operation, "pending")),
    ]  # fmt: skip


def new_errors(bundle: Services, operation: Operation) -> list[NewError]:
    """Each new error with its name, most jobs first; one that is not found is named by its fingerprint."""
    counted = operation.outcome.new_errors
    known = _groups(bundle, operation, [fingerprint for fingerprint, _ in counted])
    return [_new_error(known.get(fingerprint), fingerprint, count) for fingerprint, count in counted]


def _groups(bundle: Services, operation: Operation, fingerprints: Sequence[str]) -> dict[str, ErrorGroup]:
    """Error groups by fingerprint: few are asked for one by one, many are looked for among those that grew last."""
    if len(fingerprints) <= ASKED_SINGLY:
        asked = [Selector(fingerprint=each) for each in fingerprints]
    else:
        places = {(part.source, part.queue) for part in operation.parts}
        source, queue = places.pop() if len(places) == 1 else ("", "")
        asked = [Selector(source=source, queue=queue)]
    found: dict[str, ErrorGroup] = {}
    for selector in asked:
        with contextlib.suppress(AdapterError):
            found |= {each.fingerprint: each for each in bundle.sources.groups(selector, limit=LOOKED_THROUGH).items}
    return found


def _new_error(group: ErrorGroup | None, fingerprint: str, count: int) -> NewError:
    name = error_name(group.error_type) if group else fingerprint
    return NewError(name, group.message if group else "", count, url_for("dead.group", fingerprint=fingerprint))


def _jobs(operation: Operation, state: str) -> str:
    """The list of a state in the operation's queue, when it is one; ended jobs since the operation began."""
    source, queue = _place(operation)
    if queue is None:
        return ""
    since = f"{operation.created_at:.3f}" if state in ("succeeded", "cancelled") else None
    return url_for("jobs.queue", source=source, queue=queue, state=state, since=since)


def _dead(operation: Operation) -> str:
    """Dead letters of the operation's own errors that failed since it began."""
    since = f"{operation.created_at:.3f}"
    fingerprints = {part.fingerprint for part in operation.parts}
    if len(fingerprints) == 1 and (fingerprint := fingerprints.pop()):
        return url_for("dead.group", fingerprint=fingerprint, since=since)
    source, queue = _place(operation)
    return url_for("dead.index", source=source, queue=queue, since=since)
