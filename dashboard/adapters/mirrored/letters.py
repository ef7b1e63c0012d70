"""A product's failure as the arguments of the script that records it, and as the mirror gives it back."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboard.adapters.mirrored import names, tracebacks
from dashboard.adapters.mirrored.product import DeadLetter, Kept
from dashboard.language import N_
from dashboard.redaction import encodable
from queue_core import message
from queue_core.errors import InvalidJob
from queue_core.failure import ErrorDetail

UNSTORED = "unstored:"
"""What the reason of a dead letter and of its group begins with that cannot be put back; why not follows."""

FORMERLY_UNSTORED = "unstored"
"""The same without the reason, as it was recorded once."""

NOT_TOLD = -1
"""Stands for retries whose number is not known."""

MOST_MEMO = 32_768
NOT_KEPT = N_("its arguments are too large to be kept here")
UNTOLD = N_("its arguments could not be read")

LATEST = 1e11
"""Unix seconds beyond which a time is none, some 3,000 years from now."""

LARGEST = 2**31 - 1

_TEXTS = ("type", "error_type", "message", "traceback", "undecodable", "requeueable", "worker", "version", "sign")
_UNFIT = re.compile(r"[\x00-\x20\x7f|]")


def script_arguments(letter: DeadLetter) -> list[Any]:
    """What `mirror_fail` takes for one failure; never raises, whatever the product told."""
    letter = _storable(letter)
    told = tracebacks.parse(letter.traceback) if letter.traceback else tracebacks.Told()
    type_, said = letter.error_type or told.type, letter.message or told.message
    job_type = type_name(letter.type)
    told = replace(told, type=type_, message=said)
    payload, fits = _payload(letter)
    requeueable = letter.requeueable or ("" if fits else NOT_KEPT)
    fingerprint = tracebacks.fingerprint(job_type, type_, said, told.frames, requeueable)
    detail = _detail(letter, told, fingerprint)
    return [
        names.job(letter.id), job_type, payload, letter.priority, _ms(letter.enqueued_at),
        round(letter.failed_at * 1e6), letter.attempts,
        NOT_TOLD if letter.max_retries is None else letter.max_retries, fingerprint, detail.line(),
        detail.encode(), letter.version[:40], letter.worker[:200], f"{UNSTORED}{requeueable}" if requeueable else "",
        _ms(letter.started_at), _memo(letter, requeueable),
    ]  # fmt: skip


def _storable(letter: DeadLetter) -> DeadLetter:
    """The same in text that can be sent, with times that can be written and numbers that can be counted on: exceptions
    hold file names that are no UTF-8, and one failure that cannot be recorded must not keep others from it."""
    texts: dict[str, Any] = {name: encodable(getattr(letter, name)) for name in _TEXTS}
    return replace(
        letter, **texts, failed_at=_moment(letter.failed_at), enqueued_at=_moment(letter.enqueued_at),
        started_at=_moment(letter.started_at), attempts=min(max(letter.attempts, 0), LARGEST),
        max_retries=None if letter.max_retries is None else min(max(letter.max_retries, 0), LARGEST),
        priority=min(max(letter.priority, -LARGEST), LARGEST),
    )  # fmt: skip


def _moment(told: float | None) -> float:
    """Unix seconds, 0 for what is none."""
    return told if told is not None and 0 < told < LATEST else 0.0


def type_name(name: str) -> str:
    """A job's type as the mirror can hold it: without spaces, at most 128 characters."""
    return _UNFIT.sub("_", name)[:128]


def kept(job_id: str, record: Mapping[str, bytes | None], payload: bytes | None) -> Kept:
    """The dead letter of a record's fields `ty`, `fs` and `mm`."""
    return Kept(
        id=job_id,
        type=(record.get("ty") or b"").decode("utf-8", "replace"),
        failed_at=_micros(record.get("fs")) / 1e6,
        data=message.decode(payload or b"").data,
        memo=memo(record.get("mm")).get("memo") or {},
    )


def requeueable(stored: bytes | None) -> str:
    """Why a dead letter cannot be put back, empty when it can."""
    return str(memo(stored).get("requeueable") or "")


def unable(reason: str) -> str:
    """Why jobs with such a reason cannot be put back, empty when they can."""
    if reason == FORMERLY_UNSTORED:
        return UNTOLD
    return reason.removeprefix(UNSTORED) if reason.startswith(UNSTORED) else ""


def memo(stored: bytes | None) -> dict[str, Any]:
    """What was noted with a dead letter."""
    try:
        value = json.loads(stored or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _memo(letter: DeadLetter, requeueable: str) -> str:
    """The sign first, where `mirror_fail` looks for it."""
    noted = {"sign": letter.sign, "memo": letter.memo, "requeueable": requeueable, "undecodable": letter.undecodable}
    text = json.dumps(noted, separators=(",", ":"))
    if len(text) <= MOST_MEMO:
        return text
    return json.dumps({**noted, "memo": {}, "requeueable": requeueable or NOT_KEPT}, separators=(",", ":"))


def _payload(letter: DeadLetter) -> tuple[bytes, bool]:
    """The arguments as they are stored, and whether they are."""
    if letter.undecodable:
        return message.encode(letter.undecodable.encode()), True
    try:
        return message.encode(letter.data), True
    except (InvalidJob, RecursionError):
        return message.encode(NOT_KEPT.encode()), False


def _detail(letter: DeadLetter, told: tracebacks.Told, fingerprint: str) -> ErrorDetail:
    return ErrorDetail(
        type=told.type[:200], message=told.message, frames=told.frames, causes=told.causes, worker=letter.worker[:200],
        version=letter.version[:40], number=max(1, letter.attempts), started=letter.started_at or 0.0,
        finished=letter.failed_at or time.time(), fingerprint=fingerprint,
    )  # fmt: skip


def _ms(seconds: float | None) -> int:
    return round((seconds or 0.0) * 1000)


def _micros(stored: bytes | None) -> float:
    try:
        return float(stored or 0)
    except ValueError:
        return 0.0
