"""The error detail kept with a job: what was raised, where, and how its earlier attempts ended."""

from __future__ import annotations

import json
import sys
import traceback
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, TypeVar

from queue_core.fingerprint import chain, is_own

MAX_BLOB = 8 * 1024
MAX_PLAIN = 256 * 1024
MAX_FRAMES = 30
MAX_HISTORY = 50
MESSAGE = 2048

T = TypeVar("T", bound="Frame | Cause | PastAttempt")


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a traceback; `source` is the line's text, `own` whether it is the application's code."""

    path: str = ""
    line: int = 0
    function: str = ""
    source: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """One further exception of the chain, outermost first; `direct` when it was named by `raise … from`."""

    type: str = ""
    message: str = ""
    direct: bool = False


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """How an earlier attempt ended; times in unix seconds, 0 unknown; outcome and version as in
    `ErrorDetail`."""

    number: int = 0
    started: float = 0.0
    finished: float = 0.0
    worker: str = ""
    outcome: str = ""
    type: str = ""
    message: str = ""
    fingerprint: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """Why the last attempt failed.

    type: dotted name of the exception's class, empty when there was none (crash, timeout). frames: innermost last, at
    most 30. worker, host, version: who ran it. number, started, finished: the attempt. outcome: `failed`, `permanent`,
    `timeout`, `crash` or `cancelled`. history: earlier attempts, oldest first.
    """

    type: str = ""
    message: str = ""
    frames: tuple[Frame, ...] = ()
    causes: tuple[Cause, ...] = ()
    worker: str = ""
    host: str = ""
    version: str = ""
    number: int = 0
    started: float = 0.0
    finished: float = 0.0
    outcome: str = "failed"
    fingerprint: str = ""
    history: tuple[PastAttempt, ...] = ()

    def line(self) -> str:
        """`Type: message` in one line of at most 500 characters, as lists show it."""
        text = f"{self.type}: {self.message}" if self.type else self.message
        return " ".join(text.split())[:500]

    def as_past(self) -> PastAttempt:
        """This attempt as an entry of a later one's history."""
        return PastAttempt(
            self.number, self.started, self.finished, self.worker, self.outcome, self.type, self.message[:200],
            self.fingerprint, self.version,
        )  # fmt: skip

    def encode(self) -> bytes:
        """Pack for storage; what does not fit into 8 KiB is left out: far frames first, then old history."""
        detail = replace(
            self,
            message=_cut(self.message, MESSAGE),
            frames=self.frames[-MAX_FRAMES:],
            history=self.history[-MAX_HISTORY:],
        )
        blob = _pack(detail)
        while len(blob) > MAX_BLOB and (smaller := _smaller(detail)) is not None:
            detail = smaller
            blob = _pack(detail)
        return blob


def _pack(detail: ErrorDetail) -> bytes:
    plain = json.dumps(asdict(detail), separators=(",", ":"))
    return zlib.compress(plain.encode("ascii"), 6)


def _smaller(detail: ErrorDetail) -> ErrorDetail | None:
    if len(detail.frames) > 5:
        return replace(detail, frames=detail.frames[-max(5, len(detail.frames) // 2) :])
    if len(detail.history) > 3:
        return replace(detail, history=detail.history[-max(3, len(detail.history) // 2) :])
    if len(detail.message) > 500:
        return replace(detail, message=_cut(detail.message, 500))
    if len(detail.causes) > 1:
        return replace(detail, causes=detail.causes[-1:])
    return None


def _cut(text: str, limit: int) -> str:
    """The start and the end of a long text: both may say what matters."""
    if len(text) <= limit:
        return text
    head = limit * 2 // 3
    return f"{text[:head]} … {text[-(limit - head - 3) :]}"


def describe(error: BaseException, **context: Any) -> ErrorDetail:
    """The detail of an exception; further fields of ErrorDetail by name. Local variables are never kept."""
    outer, *rest = chain(error)
    parts = [
        Cause(class_name(one), _cut(message_of(one), 500), before.__cause__ is one)
        for before, one in _pairs(outer, rest)
    ]
    summary = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), capture_locals=False)
    frames = tuple(
        Frame(
            _cut(from_import_path(frame.filename), 300),
            frame.lineno or 0,
            frame.name[:100],
            (frame.line or "")[:200],
            is_own(frame.filename),
        )
        for frame in summary[-MAX_FRAMES:]
    )
    return ErrorDetail(
        type=class_name(error),
        message=_cut(message_of(error), MESSAGE),
        frames=frames,
        causes=tuple(parts[:10]),
        **context,
    )


def from_import_path(filename: str) -> str:
    """A file's path as it is imported: `billing/gateway.py`; unchanged when it lies under no import path."""
    roots = {root.rstrip("/") + "/" for root in sys.path if root.startswith("/")}
    root = max((root for root in roots if filename.startswith(root)), key=len, default="")
    return filename.removeprefix(root)


def _pairs(outer: BaseException, rest: list[BaseException]) -> list[tuple[BaseException, BaseException]]:
    return list(zip([outer, *rest], rest, strict=False))


def class_name(error: BaseException) -> str:
    """Dotted name of the exception's class; the built-in ones without their module."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def message_of(error: BaseException) -> str:
    """The exception's text, also of one whose `__str__` fails."""
    try:
        return str(error)
    except Exception as failure:  # noqa: BLE001 - a broken message must not hide the error
        return f"<no message: {type(failure).__name__}>"


def append(old: bytes, detail: ErrorDetail) -> bytes:
    """Pack a new attempt's detail; the one stored before becomes the last entry of its history."""
    before = decode(old)
    if before is None:
        return detail.encode()
    return replace(detail, history=(*before.history, before.as_past())).encode()


def decode(blob: bytes) -> ErrorDetail | None:
    """Unpack a stored detail; None when there is none or it is damaged. Never raises, never unpacks without bound."""
    if not blob or len(blob) > 16 * MAX_BLOB:
        return None
    try:
        stream = zlib.decompressobj()
        plain = stream.decompress(blob, MAX_PLAIN)
        value = json.loads(plain) if stream.eof else None
    except (zlib.error, ValueError, RecursionError):
        return None
    return _from_dict(value) if isinstance(value, dict) else None


def _from_dict(value: Mapping[str, Any]) -> ErrorDetail:
    plain = ErrorDetail()
    known = {f.name: _like(getattr(plain, f.name), value.get(f.name)) for f in fields(ErrorDetail)}
    known["frames"] = _rows(Frame(), value.get("frames"), MAX_FRAMES)
    known["causes"] = _rows(Cause(), value.get("causes"), 10)
    known["history"] = _rows(PastAttempt(), value.get("history"), MAX_HISTORY)
    return ErrorDetail(**known)


def _rows(default: T, rows: Any, limit: int) -> tuple[T, ...]:
    if not isinstance(rows, list):
        return ()
    found = [row for row in rows if isinstance(row, dict)][-limit:]
    names = [f.name for f in fields(default)]
    return tuple(replace(default, **{n: _like(getattr(default, n), row.get(n)) for n in names}) for row in found)


def _like(default: Any, value: Any) -> Any:
    """The value when it is of the default's kind, else the default."""
    if isinstance(default, bool) or isinstance(value, bool):
        return value if isinstance(value, bool) and isinstance(default, bool) else default
    if isinstance(default, float):
        return float(value) if isinstance(value, (int, float)) and abs(value) < 1e15 else default
    if isinstance(default, int):
        return value if isinstance(value, int) and abs(value) < 2**53 else default
    return value[: 2 * MESSAGE] if isinstance(default, str) and isinstance(value, str) else default
