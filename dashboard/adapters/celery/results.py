"""Results of tasks: what became of them, and failures as dead letters."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard import safe_pickle
from dashboard.adapters.celery import captures, encodings
from dashboard.adapters.celery.access import Access
from dashboard.adapters.celery.encodings import Unreadable
from dashboard.adapters.celery.messages import NO_FORM, UNKNOWN_TYPE, moment
from dashboard.adapters.contract import State
from dashboard.adapters.mirrored.product import DeadLetter
from dashboard.language import N_

DIGESTED_BYTES = 65_536
"""Of a result, from its start, that tell whether it is still the same."""
BYTES_AT_ONCE = 2_097_152

NOT_EXTENDED = N_("Celery stored neither its name nor its arguments; set result_extended in the application")
NOT_REGISTERED = N_("no worker knew this task, and Celery did not store its name")
NO_QUEUE = N_("its queue is not known")
PICKLED = N_("its arguments are a pickle, which is read here and never written")
NOT_CAPTURED = N_("its arguments hold what JSON does not know, and were not captured")
NOT_READ = N_("what Celery stored of it cannot be read")

FINAL = {"SUCCESS": State.SUCCEEDED, "FAILURE": State.FAILED, "REVOKED": State.CANCELLED, "REJECTED": State.CANCELLED}

_STATUS = re.compile(rb'\s*\{"status": ?"([^"\\]{1,64})"')


@dataclass(frozen=True, slots=True)
class Result:
    """A result as it was read; status is empty when it cannot be told.

    size: of the value in bytes, of which `value` is the start. plain: whether JSON holds all of it. captured: there is
    no result, since it is ignored; it is what the application captured.
    """

    id: str
    status: str
    value: bytes
    size: int
    meta: dict[str, Any] = field(default_factory=dict)
    plain: bool = True
    unreadable: str = ""
    captured: bool = False

    @property
    def digest(self) -> str:
        """What tells whether the value is still the same."""
        return hashlib.sha1(self.value[:DIGESTED_BYTES], usedforsecurity=False).hexdigest()

    @property
    def finished_at(self) -> float | None:
        """When the task ended, unix seconds."""
        return moment(self.meta.get("date_done"))

    @property
    def routing_key(self) -> str:
        """With which it was sent; often the name of its queue."""
        return said(self.meta.get("queue"))

    @property
    def failed(self) -> bool:
        """Whether the task failed for good."""
        return self.status == "FAILURE"


def status_of(start: bytes) -> str:
    """The status that the first bytes of a result tell, empty when they do not."""
    found = _STATUS.match(start)
    return found[1].decode("utf-8", "replace") if found else ""


def read_all(access: Access, ids: Sequence[str], *, only_failures: bool = False) -> list[Result | None]:
    """The results of some tasks; None where there is none, or where it was not asked for."""
    found: list[Result | None] = []
    while len(found) < len(ids):
        keys = [access.names.result(each) for each in ids[len(found) :][:500]]
        replies = access.ask(
            access.backend, "values", keys, [encodings.MOST_BYTES, BYTES_AT_ONCE, int(only_failures), DIGESTED_BYTES]
        )
        found += [_result(each, *reply) for each, reply in zip(ids[len(found) :], replies, strict=False)]
    return _with_ignored(access, ids, captures.completed(access, found))


def statuses(access: Access, ids: Sequence[str]) -> list[str]:
    """The status of each task, empty where there is no result or it does not tell."""
    found: list[str] = []
    while len(found) < len(ids):
        keys = [access.names.result(each) for each in ids[len(found) :][:500]]
        replies = access.ask(access.backend, "values", keys, [encodings.MOST_BYTES, BYTES_AT_ONCE, 2, DIGESTED_BYTES])
        parsed = [_result(each, *reply) for each, reply in zip(ids[len(found) :], replies, strict=False)]
        found += [each.status if each else "" for each in parsed]
    failed = captures.ignored(access, [task_id for task_id, status in zip(ids, found, strict=True) if not status])
    return ["FAILURE" if task_id in failed else status for task_id, status in zip(ids, found, strict=True)]


def _with_ignored(access: Access, ids: Sequence[str], found: Sequence[Result | None]) -> list[Result | None]:
    """The same, with failures that have no result."""
    failed = captures.ignored(access, [task_id for task_id, each in zip(ids, found, strict=True) if each is None])
    made = {
        task_id: Result(task_id, "FAILURE", raw, len(raw), meta, captured=True)
        for task_id, (raw, meta) in failed.items()
    }
    return [each or made.get(task_id) for task_id, each in zip(ids, found, strict=True)]


def parse(task_id: str, value: bytes, size: int) -> Result:
    """A result from the bytes that were read of it."""
    if len(value) < size:
        return Result(task_id, status_of(value), value, size, unreadable=encodings.TOO_LARGE)
    try:
        meta, plain = encodings.decode_result(value)
    except Unreadable as error:
        return Result(task_id, status_of(value), value, size, unreadable=str(error))
    if not isinstance(meta, dict):
        return Result(task_id, "", value, size, unreadable=NO_FORM)
    return Result(task_id, said(meta.get("status")), value, size, meta, plain)


def _result(task_id: str, size: int, value: bytes) -> Result | None:
    if size < 0:
        return None
    status = status_of(value)
    if len(value) < size and status and (status != "FAILURE" or len(value) < DIGESTED_BYTES):
        return Result(task_id, status, value, size, unreadable=encodings.TOO_LARGE)
    return parse(task_id, value, size)


def letter(result: Result, queue: str | None) -> DeadLetter:
    """A failure as the mirror keeps it; `queue` None when it is not known."""
    type_, message = error(result.meta)
    meta = result.meta
    undecodable = result.unreadable or ("" if extended(result) else unknown_call(result))
    return DeadLetter(
        queue=queue or UNKNOWN_TYPE,
        id=result.id,
        type=said(meta.get("name")) or UNKNOWN_TYPE,
        failed_at=result.finished_at or time.time(),
        error_type=type_,
        message=message,
        traceback=said(meta.get("traceback"))[:65_536],
        data=None if undecodable else arguments(result),
        undecodable=undecodable,
        attempts=attempts(result),
        worker=said(meta.get("worker")),
        version=said(meta.get("version")),
        requeueable=refusal(result, queue),
        memo={"routing_key": result.routing_key[:1_000], **({"captured": True} if result.captured else {})},
    )


def unknown_call(result: Result) -> str:
    """Why it is not known what was called."""
    return NOT_CAPTURED if result.captured else NOT_EXTENDED


def refusal(result: Result, queue: str | None) -> str:
    """Why a failure cannot be put back, empty when it can."""
    if result.unreadable:
        return NOT_READ
    if result.captured and not extended(result):
        return NOT_CAPTURED
    if not extended(result):
        return (
            NOT_REGISTERED
            if said(_dict(result.meta.get("result")).get("exc_type")) == "NotRegistered"
            else NOT_EXTENDED
        )
    if not result.plain:
        return PICKLED
    if not isinstance(result.meta.get("args"), list) or not isinstance(result.meta.get("kwargs"), dict):
        return NOT_READ
    return "" if queue else NO_QUEUE


def extended(result: Result) -> bool:
    """Whether it tells what was called: the application sets `result_extended`."""
    return bool(said(result.meta.get("name"))) and isinstance(result.meta.get("args"), list | tuple)


def arguments(result: Result) -> Any:
    """What the task was called with, as JSON."""
    called = {"args": result.meta.get("args") or [], "kwargs": result.meta.get("kwargs") or {}}
    return encodings.as_json(called, plain=result.plain)


def attempts(result: Result) -> int:
    """How often it ran, 0 when that is not told."""
    retries = result.meta.get("retries")
    return retries + 1 if isinstance(retries, int) and 0 <= retries < 1 << 20 else 0


def error(meta: Mapping[str, Any]) -> tuple[str, str]:
    """Type and message of a stored exception; no message where its traceback says it better than its arguments."""
    type_, message, exact = _error(meta.get("result"))
    return type_, message if exact or not said(meta.get("traceback")) else ""


def _error(stored: Any) -> tuple[str, str, bool]:
    if not isinstance(stored, dict):
        return _pickled_error(stored)
    module, name = said(stored.get("exc_module")), said(stored.get("exc_type"))
    told = stored.get("exc_message")
    args = told if isinstance(told, list | tuple) else (told,)
    return name if module in ("", "builtins") else f"{module}.{name}", *_message(name, args)


def _pickled_error(stored: Any) -> tuple[str, str, bool]:
    what, args = getattr(stored, "name", ""), getattr(stored, "args", ())
    if not what:
        return "", safe_pickle.render(stored) if stored is not None else "", stored is not None
    name = str(what).removeprefix("builtins.")
    return name, *_message(name, args)


def _message(name: str, args: Sequence[Any]) -> tuple[str, bool]:
    """An exception's arguments as the exception itself says them, and whether that is certain."""
    if len(args) == 1 and isinstance(args[0], str):
        return (repr(args[0]) if name == "KeyError" else args[0])[:10_000], True
    if not args or args[0] is None:
        return "", False
    return safe_pickle.render(args[0] if len(args) == 1 else tuple(args))[:10_000], False


def said(value: Any) -> str:
    """Text, or nothing when it is something else."""
    return value if isinstance(value, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
