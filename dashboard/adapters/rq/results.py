"""How the runs of a job ended: entries of its results stream, newest first."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import safe_pickle
from dashboard.adapters.rq import calls
from dashboard.adapters.rq.values import number, pairs, shown

MOST_BYTES = 1_048_576
"""Memory of a stream beyond which it is not read: a return value may be of any size."""

PART = 65_536
MOST_INFLATED = 4 * 1_048_576

SUCCEEDED, FAILED, STOPPED, RETRIED, EXCEEDED = "1", "2", "3", "4", "5"

_LAST = re.compile(r"^(?P<type>[A-Za-z_][\w.]{0,200})(?:: (?P<message>.*))?\Z", re.DOTALL)

_OWN = {
    "Job stopped by user": "StopRequested",
    "Work-horse terminated unexpectedly": "WorkHorseTerminated",
    "Moved to FailedJobRegistry, due to AbandonedJobError": "AbandonedJobError",
}
"""What RQ writes when nothing was raised, by its start, and what names it."""


@dataclass(frozen=True, slots=True)
class Result:
    """One run that ended; times are unix seconds, None when RQ does not keep them."""

    kind: str
    ended_at: float
    started_at: float | None = None
    worker: str = ""
    traceback: str = ""
    value: str = ""

    @property
    def error(self) -> tuple[str, str]:
        """Type and message of the error, from the traceback's end."""
        return error_of(self.traceback)


def parse(entries: Any) -> list[Result]:
    """The runs, newest first; a damaged entry is left out."""
    if not isinstance(entries, Sequence):
        return []
    found = (_result(entry) for entry in entries if isinstance(entry, list | tuple) and len(entry) == 2)
    return [each for each in found if each is not None]


def error_of(traceback: str) -> tuple[str, str]:
    """Type and message of what a traceback ends with; a text that is none is the message."""
    lines = traceback.rstrip().split("\n")
    start = max((i + 1 for i, line in enumerate(lines) if line.startswith((" ", "Traceback "))), default=0)
    said = "\n".join(lines[start:]).strip()
    own = next((type_ for start_, type_ in _OWN.items() if said.startswith(start_)), "")
    if own:
        return own, said
    found = _LAST.match(said)
    if found and (start or found["message"] is not None):
        return found["type"], found["message"] or ""
    return "", said


def _result(entry: Sequence[Any]) -> Result | None:
    fields = pairs(entry[1]) if isinstance(entry[1], list) else {shown(k): v for k, v in dict(entry[1]).items()}
    milliseconds = number(shown(entry[0]).partition("-")[0])
    if milliseconds is None:
        return None
    return Result(
        kind=shown(fields.get("type")),
        ended_at=milliseconds / 1000,
        started_at=number(fields.get("execution_started_at")),
        worker=shown(fields.get("worker_name"))[:200],
        traceback=_traceback(fields.get("exc_string")),
        value=_value(fields.get("return_value")),
    )


def _traceback(stored: Any) -> str:
    raw = _unpacked(stored)
    return shown(inflated(raw)) if raw else ""


def _value(stored: Any) -> str:
    raw = _unpacked(stored)
    if not raw:
        return ""
    try:
        return safe_pickle.render(calls.decode_value(raw))
    except calls.Undecodable:
        return calls.raw_text(raw)


def _unpacked(stored: Any) -> bytes:
    try:
        return base64.b64decode(stored) if isinstance(stored, bytes) else b""
    except binascii.Error:
        return b""


def inflated(stored: bytes) -> bytes:
    """Compressed text: all of it, or its start and its end when it is long; what is not compressed as it is."""
    stream = zlib.decompressobj()
    try:
        start = stream.decompress(stored, PART)
        before = end = b""
        read = len(start)
        while stream.unconsumed_tail and read < MOST_INFLATED:
            before, end = end, stream.decompress(stream.unconsumed_tail, PART)
            read += len(end)
    except zlib.error:
        return stored[:PART]
    rest = before + end
    return start + rest if read <= 3 * PART else start + b"\n  [...]\n" + rest
