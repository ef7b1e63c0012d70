"""Dramatiq's messages as jobs and dead letters: JSON, unless an application has an encoder of its own."""

from __future__ import annotations

import json
from typing import Any

from dashboard.adapters.contract import Job, JobError, Payload, State
from dashboard.adapters.mirrored import reasons, values
from dashboard.adapters.mirrored.product import DeadLetter

LARGEST = 262_144
"""Bytes of a message that is read."""

UNKNOWN_ERROR = "Dramatiq stores what was raised with a retry only, and this message was not retried"

Read = tuple[int, bytes]
"""Size of a message, and its bytes; none when it is too large."""


def options(message: dict[str, Any]) -> dict[str, Any]:
    """What Dramatiq notes of a message."""
    found = message.get("options")
    return found if isinstance(found, dict) else {}


def retries(message: dict[str, Any]) -> int:
    """How often it was tried again."""
    return values.whole(options(message).get("retries"))


def data(message: dict[str, Any]) -> dict[str, Any]:
    """Its arguments, and the id by which an application knows it."""
    shown = {name: message.get(name) for name in ("args", "kwargs")}
    return {**shown, "message_id": message["message_id"]} if isinstance(message.get("message_id"), str) else shown


def payload(read: Read) -> Payload:
    """Its arguments, or why they are not shown."""
    size, raw = read
    message = values.record(raw)
    if message:
        return Payload(data(message), size)
    shown = values.text(raw[: values.SHOWN])
    return Payload(
        size=size, undecodable=values.NOT_JSON if raw else reasons.TOO_LARGE, raw=shown, truncated=size > len(shown)
    )


def job(source: str, queue: str, job_id: str, read: Read, state: State, *, whole: bool = False) -> Job:
    """A message as a job; its arguments and error when `whole`."""
    message = values.record(read[1])
    noted = options(message)
    tried = retries(message)
    return Job(
        job_id, source, queue, values.text(message.get("actor_name")), state,
        payload=payload(read) if whole else Payload(),
        attempts=tried + (state not in (State.PENDING, State.SCHEDULED, State.RETRYING)),
        max_retries=values.told(noted.get("max_retries")),
        enqueued_at=values.seconds(message.get("message_timestamp")),
        scheduled_for=values.seconds(noted.get("eta")) if state in (State.SCHEDULED, State.RETRYING) else None,
        error=_error(noted, state) if whole else None,
    )  # fmt: skip


def letter(queue: str, job_id: str, read: Read, score: float) -> DeadLetter:
    """A dead message as a dead letter; score: the millisecond of its death."""
    message = values.record(read[1])
    told = values.text(options(message).get("traceback"))
    return DeadLetter(
        queue, job_id, values.text(message.get("actor_name")) or "unknown", failed_at=score / 1000,
        message="" if told else UNKNOWN_ERROR, traceback=told, data=data(message) if message else None,
        undecodable="" if message else payload(read).undecodable, attempts=retries(message) + 1,
        max_retries=values.told(options(message).get("max_retries")),
        enqueued_at=values.seconds(message.get("message_timestamp")),
        memo={"score": score, "retries": options(message).get("retries")},
    )  # fmt: skip


def with_retries(raw: bytes, count: Any) -> bytes:
    """The same message as if it had been retried so often; None: never. What is not JSON stays as it is."""
    message = values.record(raw)
    if not message:
        return raw
    noted = {name: value for name, value in options(message).items() if name != "retries"}
    if count is not None:
        noted["retries"] = count
    return json.dumps({**message, "options": noted}, separators=(",", ":")).encode()


def _error(noted: dict[str, Any], state: State) -> JobError | None:
    told = values.text(noted.get("traceback"))
    if told:
        return JobError("", "", told)
    return JobError("", UNKNOWN_ERROR) if state == State.FAILED else None
