"""Which failures are the same error: 16 hex digits from job type, exception, place and, where needed, message."""

from __future__ import annotations

import hashlib
import re
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType, TracebackType

SCHEME = "1"
FRAMES = 5
MESSAGE = 200

GENERIC = frozenset(
    {
        "Exception", "BaseException", "RuntimeError", "ValueError", "TypeError", "KeyError", "IndexError",
        "LookupError", "AttributeError", "OSError", "IOError", "ConnectionError", "TimeoutError", "AssertionError",
        "PermissionError", "HTTPError", "RequestException", "ClientError", "APIError", "PermanentError", "SystemExit",
    }
)  # fmt: skip
"""Classes that say too little: their messages tell errors apart."""

Policy = Callable[[str, BaseException], str | None]
"""Takes job type and exception; returns what identifies the error, or None for the usual way."""

_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
_LIBRARY_PARTS = ("/site-packages/", "/dist-packages/")
_OWN_PACKAGE = str(Path(__file__).resolve().parent) + "/"

_declared: set[str] = set()

_TOKENS = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE), "<uuid>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"), "<time>"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), "<email>"),
    (re.compile(r"'[^']*'|\"[^\"]*\""), "<text>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"), "<ip>"),
    (re.compile(r"(?:[A-Za-z]:)?(?:[/\\][\w.@~+-]+){2,}[/\\]?"), "<path>"),
    (re.compile(r"\b(?:0x)?(?=[0-9a-f]*\d)[0-9a-f]{8,}\b", re.IGNORECASE), "<hex>"),
    (re.compile(r"[-+]?\d+(?:[.,]\d+)*"), "<n>"),
)


def fingerprint(job_type: str, error: BaseException, *, policy: Policy | None = None) -> str:
    """The group of an error.

    Args:
        job_type: the job's type; errors of two types never share a group.
        error: what the job raised. Its attribute `queue_fingerprint`, when set, decides.
        policy: decides before the usual way does.
    """
    chosen = getattr(error, "queue_fingerprint", None) or (policy(job_type, error) if policy else None)
    if chosen:
        return _digest(job_type, "chosen", str(chosen))
    cause = innermost(error)
    name = type(cause).__name__
    parts = [job_type, f"{type(cause).__module__}.{name}", *_places(error, cause)]
    if name in GENERIC:
        parts.append(normalised(str(cause)))
    return _digest(*parts)


def of_text(job_type: str, error_type: str, message: str, places: Sequence[str]) -> str:
    """The group of an error that is known from its text alone.

    Args:
        job_type: the job's type.
        error_type: dotted name of the exception's class.
        message: what it said.
        places: `module:function` of the frames that tell it apart, innermost last; the last five count.
    """
    parts = [job_type, error_type, *places[-FRAMES:]]
    if not places or error_type.rpartition(".")[2] in GENERIC:
        parts.append(normalised(message))
    return _digest(*parts)


def of_reason(job_type: str, reason: str) -> str:
    """The group of a death without an exception (`poison`, `timeout`, `expired`, `lost`, …), as the scripts make it."""
    return hashlib.sha1(f"{job_type}|{reason}".encode(), usedforsecurity=False).hexdigest()[:16]


def innermost(error: BaseException) -> BaseException:
    """The first cause of an error."""
    *_, last = chain(error)
    return last


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what caused it, outermost first; at most 20, never in a circle."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(seen) < 20:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def normalised(message: str) -> str:
    """A message without what differs from case to case, at most 200 characters."""
    text = message[: MESSAGE * 10]
    for pattern, token in _TOKENS:
        text = pattern.sub(token, text)
    return text[:MESSAGE]


def is_own(path: str) -> bool:
    """Whether a file is the application's own, not the standard library's, an installed package's or this library's."""
    plain = path.replace("\\", "/")
    if _declared and plain.startswith(tuple(_declared)):
        return True
    if plain.startswith(("<", _OWN_PACKAGE)):
        return False
    return not any(part in plain for part in _LIBRARY_PARTS) and not plain.startswith(_LIBRARIES)


def declare_own(function: Callable[..., object]) -> None:
    """Count the package in which a function is defined as the application's own, wherever it is installed."""
    top = sys.modules.get(getattr(function, "__module__", "").partition(".")[0])
    path = getattr(top, "__file__", None)
    if path:
        place = Path(path).resolve()
        _declared.add(f"{place.parent}/" if place.name == "__init__.py" else str(place))


def _places(error: BaseException, cause: BaseException) -> list[str]:
    """Up to five innermost `module:function` of own code; of library code only when there is no other."""
    candidates = (_frames(cause.__traceback__), _frames(error.__traceback__))
    for frames in candidates:
        own = [_place(frame) for frame in frames if is_own(frame.f_code.co_filename)]
        if own:
            return own[-FRAMES:]
    foreign = [_place(frame) for frame in candidates[0] if not frame.f_code.co_filename.startswith(_OWN_PACKAGE)]
    return foreign[-FRAMES:]


def _frames(traceback: TracebackType | None) -> list[FrameType]:
    frames = []
    while traceback is not None:
        frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    return frames


def _place(frame: FrameType) -> str:
    return f"{frame.f_globals.get('__name__', '?')}:{frame.f_code.co_name}"


def _digest(*parts: str) -> str:
    text = "\x1f".join((SCHEME, *parts)).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(text, digest_size=8).hexdigest()
