"""What arq stores of jobs and results: pickles, read without unpickling, or JSON of an application's own serializer."""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

from dashboard import safe_pickle
from dashboard.adapters.contract import Job, JobError, Payload, State
from dashboard.adapters.mirrored import reasons, values
from dashboard.adapters.mirrored.product import DeadLetter

LARGEST = 262_144
"""Bytes of a job or result that is read."""

MOST_PARTS = 20_000
_SINGLE = (
    type(None), bool, int, float, complex, str, bytes, bytearray, date, datetime, time, timedelta,
    timezone, Decimal, UUID,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """A job or a result as arq's one-letter fields; empty with the reason when it cannot be read."""

    fields: dict[Any, Any]
    pickled: bool = True
    undecodable: str = ""

    @property
    def function(self) -> str:
        """Name of what is called."""
        return values.text(self.fields.get("f"))[:200]

    @property
    def data(self) -> dict[str, Any]:
        """The arguments as JSON values."""
        return {"args": safe_pickle.plain(self.fields.get("a")), "kwargs": safe_pickle.plain(self.fields.get("k"))}

    @property
    def state(self) -> State:
        """How a result ended; what does not say that it failed did not."""
        if self.fields.get("s") is not False:
            return State.SUCCEEDED
        return State.CANCELLED if _name(self.fields.get("r")).endswith("CancelledError") else State.FAILED

    @property
    def requeueable(self) -> str:
        """Why it cannot be called again, empty when it can."""
        whole = isinstance(self.fields.get("a"), tuple | list) and isinstance(self.fields.get("k"), dict)
        able = whole and self.function and _known([self.fields["a"], self.fields["k"]])
        return "" if able else reasons.OBJECTS

    def again(self, now: float) -> bytes:
        """The same call as a new job; empty when it cannot be made."""
        if self.requeueable:
            return b""
        new = {"t": None, "f": self.function, "a": self.fields["a"], "k": self.fields["k"], "et": round(now * 1000)}
        return pickle.dumps(new) if self.pickled else json.dumps(new).encode()


def read(raw: bytes) -> Call:
    """What bytes of arq's say."""
    if not raw:
        return Call({}, undecodable=reasons.TOO_LARGE)
    try:
        if raw[:1] == b"\x80":
            value, pickled = safe_pickle.decode(raw), True
        else:
            value, pickled = json.loads(raw), False
    except (ValueError, RecursionError):
        return Call({}, undecodable=reasons.UNREADABLE)
    return Call(value, pickled) if isinstance(value, dict) else Call({}, undecodable=reasons.UNREADABLE)


def payload(call: Call, size: int, raw: bytes) -> Payload:
    """The arguments, or why they are not shown."""
    if not call.undecodable:
        return Payload(call.data, size)
    shown = values.text(raw[: values.SHOWN])
    return Payload(size=size, undecodable=call.undecodable, raw=shown, truncated=size > len(shown))


def job(source: str, queue: str, job_id: str, call: Call, state: State, **more: Any) -> Job:
    """A job; its arguments are given in `more` where they are wanted."""
    fields = call.fields
    ended = state in (State.FAILED, State.SUCCEEDED, State.CANCELLED)
    return Job(
        job_id, source, queue, call.function, state, enqueued_at=values.seconds(fields.get("et")),
        started_at=values.seconds(fields.get("st")), finished_at=values.seconds(fields.get("ft")),
        error=JobError(*error(fields.get("r"))) if ended and state != State.SUCCEEDED else None,
        result=safe_pickle.render(fields.get("r")) if state == State.SUCCEEDED else "", **more,
    )  # fmt: skip


def letter(job_id: str, raw: bytes) -> DeadLetter | None:
    """A result as a dead letter; None for one that is no failure, or of no queue."""
    call = read(raw)
    queue = values.text(call.fields.get("q"))
    if not queue or call.state != State.FAILED:
        return None
    type_, message = error(call.fields.get("r"))
    return DeadLetter(
        queue, job_id, call.function or "unknown", failed_at=values.seconds(call.fields.get("ft")) or 0.0,
        error_type=type_, message=message, data=call.data, attempts=values.whole(call.fields.get("t")),
        enqueued_at=values.seconds(call.fields.get("et")), started_at=values.seconds(call.fields.get("st")),
        requeueable=call.requeueable, memo={"tries": values.whole(call.fields.get("t"))},
    )  # fmt: skip


def error(raised: Any) -> tuple[str, str]:
    """Type and message of an exception that was pickled; what is none is a message."""
    if not isinstance(raised, safe_pickle.Opaque):
        return "", raised[:2_000] if isinstance(raised, str) else safe_pickle.render(raised)
    quoted = _name(raised) == "KeyError"  # as Python itself shows it
    args = [each if isinstance(each, str) and not quoted else safe_pickle.render(each) for each in raised.args]
    message = args[0] if len(args) == 1 else f"({', '.join(args)})" if args else ""
    return _name(raised)[:200], message[:2_000]


def _name(raised: Any) -> str:
    return raised.name.removeprefix("builtins.") if isinstance(raised, safe_pickle.Opaque) else ""


def _known(value: Any) -> bool:
    """Whether pickling the value gives what it was made of: it holds nothing but values of Python's own types."""
    todo, parts = [value], 0
    while todo:
        part = todo.pop()
        parts += 1
        if parts > MOST_PARTS:
            return False
        if type(part) is dict:
            todo += [*part.keys(), *part.values()]
        elif type(part) in (list, tuple, set, frozenset):
            todo += part
        elif type(part) not in _SINGLE:
            return False
    return True
