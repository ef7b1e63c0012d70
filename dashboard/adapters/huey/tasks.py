"""What Huey stores of tasks and their errors: pickles, perhaps compressed or signed, read without unpickling."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dashboard import safe_pickle
from dashboard.adapters.contract import Job, JobError, Payload, State
from dashboard.adapters.mirrored import reasons, tracebacks, values
from dashboard.adapters.mirrored.moves import digest
from dashboard.adapters.mirrored.product import DeadLetter
from dashboard.language import N_

LARGEST = 262_144
"""Bytes of a task or result that is read, compressed or not."""

NOT_KEPT = N_("Huey keeps neither the name nor the arguments of a task that failed")

_ERROR = "huey.utils.Error"
_MESSAGE = "huey.registry.Message"
_FIELDS = ("id", "name", "eta", "retries", "retry_delay", "priority", "args", "kwargs")
_REPR = re.compile(r"(?P<type>[A-Za-z_][\w.]*)\((?P<message>.*)\)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Task:
    """A task that waits, by Huey's own names of its fields; empty with the reason when it cannot be read."""

    raw: bytes
    fields: dict[str, Any]
    undecodable: str = ""

    @property
    def id(self) -> str:
        """Its id, or a digest of its bytes."""
        known = self.fields.get("id")
        return known if isinstance(known, str) and known else digest(self.raw) or "empty"

    @property
    def due(self) -> float | None:
        """Unix seconds at which it is to run; Huey notes the time in UTC unless the application says otherwise."""
        eta = self.fields.get("eta")
        try:
            return eta.replace(tzinfo=UTC).timestamp() if isinstance(eta, datetime) else None
        except (OverflowError, ValueError):
            return None

    def payload(self) -> Payload:
        """Its arguments, or why they are not shown."""
        if self.undecodable:
            shown = values.text(self.raw[: values.SHOWN])
            return Payload(
                size=len(self.raw), undecodable=self.undecodable, raw=shown, truncated=len(self.raw) > len(shown)
            )
        plain = safe_pickle.plain
        return Payload(
            {"args": plain(self.fields.get("args")), "kwargs": plain(self.fields.get("kwargs"))}, len(self.raw)
        )

    def job(self, source: str, queue: str, state: State, *, whole: bool = False, **more: Any) -> Job:
        """It as a job; its arguments when `whole`."""
        return Job(
            self.id, source, queue, values.text(self.fields.get("name"))[:200], state,
            payload=self.payload() if whole else Payload(), max_retries=values.whole(self.fields.get("retries")),
            priority=values.whole(self.fields.get("priority")), scheduled_for=self.due, **more,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result; `error` is what Huey notes of an error, None for what is none."""

    raw: bytes
    value: Any
    error: dict[str, Any] | None = None

    @property
    def failed(self) -> bool:
        """Whether the task failed for good: it is not tried again."""
        return self.error is not None and not values.whole(self.error.get("retries"))

    def told(self) -> JobError:
        """The error."""
        noted = self.error or {}
        found = _REPR.match(values.text(noted.get("error")))
        traceback = values.text(noted.get("traceback"))
        if traceback:
            return JobError("", "", traceback)
        return (
            JobError(found["type"], found["message"][:2_000])
            if found
            else JobError("", values.text(noted.get("error"))[:2_000])
        )

    def letter(self, queue: str, task_id: str) -> DeadLetter:
        """A failure as a dead letter. Huey does not say when it was; it is named after the function that failed."""
        told = self.told()
        return DeadLetter(
            queue, task_id, function(told.traceback) or "unknown", failed_at=0.0, error_type=told.type,
            message=told.message, traceback=told.traceback, undecodable=NOT_KEPT, attempts=1, requeueable=NOT_KEPT,
            sign=digest(self.raw),
        )  # fmt: skip


def task(raw: bytes) -> Task:
    """A task that waits."""
    if len(raw) > LARGEST:
        return Task(raw, {}, reasons.TOO_LARGE)
    value = _decoded(raw)
    if not isinstance(value, safe_pickle.Opaque) or value.name != _MESSAGE:
        return Task(raw, {}, reasons.UNREADABLE)
    return Task(raw, dict(zip(_FIELDS, value.args, strict=False)) | (value.kwargs or {}))


def outcome(raw: bytes, task_id: str) -> Outcome:
    """A result. An error that Huey passed on to the tasks behind it is none of these."""
    value = _decoded(raw)
    if not isinstance(value, safe_pickle.Opaque) or value.name != _ERROR:
        return Outcome(raw, value)
    noted = value.args[0] if value.args else None
    if not isinstance(noted, dict) or noted.get("task_id", task_id) != task_id:
        return Outcome(raw, value)
    return Outcome(raw, value, noted)


def function(traceback: str) -> str:
    """Name of the function that Huey called: the first of the application's in a traceback, empty without one."""
    frames: Sequence[Any] = tracebacks.parse(traceback).frames if traceback else ()
    return next((frame.function for frame in frames if not frame.path.startswith("huey/")), "")


def _decoded(raw: bytes) -> Any:
    try:
        return safe_pickle.decode(_plain(raw))
    except (ValueError, RecursionError):
        return None


def _plain(raw: bytes) -> bytes:
    """Without its compression. Raises ValueError."""
    if raw[:1] not in (b"\x1f", b"\x78"):
        return raw
    inflating = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        plain = inflating.decompress(raw, LARGEST + 1)
    except zlib.error as error:
        raise ValueError("its compression is damaged") from error
    if len(plain) > LARGEST:
        raise ValueError(reasons.TOO_LARGE)
    return plain
