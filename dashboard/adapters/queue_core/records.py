"""A job's record as it lies in Redis, as the adapter contract names it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from dashboard.adapters.contract import Action, Change, Exactness, Job, JobError, Offer, State
from dashboard.language import N_
from dashboard.redaction import Redaction

STATES = {
    "s0": State.SCHEDULED,
    "p": State.PENDING,
    "a": State.PROCESSING,
    "r": State.RETRYING,
    "s": State.SUCCEEDED,
    "d": State.FAILED,
    "x": State.CANCELLED,
}
"""State letters of a record; `t`, the trash, is none of them."""

BOOST = 86_400_000_000
"""Microseconds by which one step of priority goes before, when the queue does not say otherwise."""

SHORT_BYTES, MIRRORED_BYTES = 60, 200
"""What a record keeps of an error, one of a mirror more; see `queue_core/lua/lib/dead.lua` and `mirror.lua`."""

_TORN = re.compile(r"(\\x[0-9a-f]{2}){1,3}\Z")
"""The first bytes of a letter that was cut, as `queue_core.replies.text` shows them."""
_DESCRIBED = re.compile(r"(?P<type>[A-Za-z_][\w.]{0,127})(?:: (?P<message>.*))?\Z", re.DOTALL)

_CHANGE = re.compile(r"([reumn])(\d{13})")
_KINDS = {"r": "requeue", "e": "edit", "m": "move", "u": "undo", "n": "run"}

_STOPPING = N_(
    "its worker learns of it with its next heartbeat, and the job ends when it next checks; what it has done by then is"
    " not taken back"
)
_OFFERS: dict[str, tuple[Offer, ...]] = {
    "d": (Offer(Action.REQUEUE), Offer(Action.EDIT), Offer(Action.PURGE)),
    "p": (Offer(Action.CANCEL), Offer(Action.PURGE)),
    "s0": (Offer(Action.CANCEL), Offer(Action.PURGE)),
    "r": (Offer(Action.CANCEL), Offer(Action.PURGE)),
    "a": (Offer(Action.CANCEL, Exactness.BEST_EFFORT, _STOPPING),),
    "t": (Offer(Action.RESTORE),),
}
_OFFERS_AFTER_A_REQUEUE = (Offer(Action.UNDO), *_OFFERS["p"])


def job(
    source: str, queue: str, job_id: str, record: Mapping[str, str], redaction: Redaction, *, boost: int = BOOST
) -> Job:
    """A job from its record alone: no arguments, error detail or history."""
    letter = record.get("st", "")
    before_trash = record.get("ts", "d") if letter == "t" else letter
    state = STATES.get(before_trash, State.FAILED)
    priority = number(record.get("pr"))
    score = record.get("sc")
    return Job(
        id=job_id,
        source=source,
        queue=queue,
        type=record.get("ty", ""),
        state=state,
        priority=priority,
        attempts=number(record.get("at")),
        max_retries=number(record.get("mr")),
        created_at=seconds(record.get("ca")),
        enqueued_at=None if score is None else (number(score) + priority * boost) / 1e6,
        started_at=seconds(record.get("cl")),
        finished_at=number(record.get("ds")) / 1e6 or None if state == State.FAILED else seconds(record.get("fa")),
        scheduled_for=seconds(record.get("ra")) if state in (State.SCHEDULED, State.RETRYING) else None,
        deadline=seconds(record.get("dl")) if state == State.PROCESSING else None,
        timeout=seconds(record.get("to")),
        worker=record.get("w", ""),
        error=error(record, redaction) if state in (State.FAILED, State.RETRYING) or record.get("fp") else None,
        trace_id=trace_id(record.get("tp", "")),
        requeues=number(record.get("rq")),
        in_trash=letter == "t",
        version=record.get("vn", ""),
        changes=changes(record),
        cancel_requested=letter == "a" and "cx" in record,
        schedule=f"{queue}:{record['cron']}" if "cron" in record and "mv" not in record else "",
        revision=f"{record['ds']}.{record.get('ed', 0)}" if "ds" in record else "",
        actions=_offers(letter, record),
    )


def _offers(letter: str, record: Mapping[str, str]) -> tuple[Offer, ...]:
    """A requeue can be undone while the job has made no run since."""
    undoable = letter == "p" and "rr" in record and record["rr"] == record.get("rn")
    return _OFFERS_AFTER_A_REQUEUE if undoable else _OFFERS.get(letter, ())


def changes(record: Mapping[str, str]) -> tuple[Change, ...]:
    """What was done to a job by hand, oldest first."""
    found = [(_KINDS[letter], int(at) / 1000) for letter, at in _CHANGE.findall(record.get("ch", ""))]
    last_move = max((i for i, (kind, _) in enumerate(found) if kind == "move"), default=-1)
    return tuple(Change(at, kind, record.get("mv", "") if i == last_move else "") for i, (kind, at) in enumerate(found))


def versions(detail: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    """Of a group's detail: versions of the application with when each was first seen to fail, oldest first."""
    found = ((name[2:], number(value) / 1000) for name, value in detail.items() if name.startswith("v|"))
    return tuple(sorted(found, key=lambda each: (each[1], each[0])))


def letter(state: State) -> str:
    """The letter of a state."""
    return next(letter for letter, known in STATES.items() if known == state)


def error(record: Mapping[str, str], redaction: Redaction) -> JobError:
    """The error as the record has it: cut short, without a traceback."""
    room = MIRRORED_BYTES if "fs" in record else SHORT_BYTES
    return _error(record.get("em", ""), record.get("rs", ""), record.get("fp", ""), redaction, room)


@lru_cache(maxsize=2_048)  # the jobs of a group share theirs
def _error(text: str, reason: str, fingerprint: str, redaction: Redaction, room: int) -> JobError:
    type_, message = described(_cut(text, room), reason)
    return JobError(type_, redaction.text(message)[0], fingerprint=fingerprint, reason=reason)


def _cut(text: str, room: int) -> str:
    """A text that fills its room in the record goes on elsewhere: it ends in an ellipsis, not within a letter."""
    return _TORN.sub("", text).rstrip() + "…" if len(text.encode()) >= room else text


def described(text: str, reason: str) -> tuple[str, str]:
    """Type and message of `KeyError: 'name'`; a text that names no type goes with the reason."""
    found = _DESCRIBED.match(text)
    if found and (found["message"] is not None or text.endswith(("Error", "Exception"))):
        return found["type"], found["message"] or ""
    return reason, text


def number(value: str | None) -> int:
    """A whole number from a record, 0 when it is missing or damaged."""
    if not value:
        return 0
    try:
        return int(value) if value.isdigit() else int(float(value))
    except (ValueError, OverflowError):
        return 0


def seconds(value: str | None) -> float | None:
    """Unix milliseconds as seconds; None for none."""
    return number(value) / 1000 or None


def trace_id(traceparent: str) -> str:
    """The trace id of a W3C traceparent."""
    parts = traceparent.split("-")
    return parts[1] if len(parts) == 4 else ""


def whole(value: str | None) -> int | None:
    """A whole number, None when it is missing or damaged."""
    return number(value) if value else None


def decimal(value: str | None) -> float | None:
    """A number, None when it is missing or damaged."""
    try:
        return float(value) if value else None
    except ValueError:
        return None
