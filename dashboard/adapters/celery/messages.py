"""A message of a task as it lies in a list or in `unacked`; it may hold anything."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dashboard.adapters.celery import encodings
from dashboard.adapters.celery.encodings import Unreadable
from dashboard.language import N_

READ_BYTES = 400_000
"""Of a message that is read whole: a body of 256 kB in base64, and its headers."""
END_BYTES = 16_384
"""Of a larger one, its end: the headers come after the body."""

NO_FORM = N_("it does not have the form that Celery gives it")
NO_ID = N_("the message has no id; a worker that gets it stops working")
UNKNOWN_TYPE = "unknown"


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `stored` its bytes as far as they were read, of `size`.

    tag: delivery tag. eta, expires: unix seconds. undecodable: why it is no message that a worker could run.
    """

    id: str
    type: str
    stored: bytes
    size: int
    tag: str = ""
    priority: int = 0
    retries: int = 0
    eta: float | None = None
    expires: float | None = None
    undecodable: str = ""
    headers: dict[str, Any] = field(default_factory=dict)
    envelope: dict[str, Any] = field(default_factory=dict)

    @property
    def ignored(self) -> bool:
        """Whether its result is ignored, of a task of the application's own."""
        return self.headers.get("ignore_result") is True and not self.type.startswith("celery.")

    @property
    def whole(self) -> bool:
        """Whether all of it was read."""
        return len(self.stored) == self.size


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a task is called with, as JSON; undecodable: why that is not known; plain: whether JSON holds all of it."""

    data: Any = None
    undecodable: str = ""
    plain: bool = True
    embedded: dict[str, Any] = field(default_factory=dict)


def read(stored: bytes, size: int) -> Message:
    """A message from its bytes, or from its end when it is larger than READ_BYTES."""
    envelope = _object(stored) if len(stored) == size else _end(stored)
    name = f"message-{hashlib.sha1(stored, usedforsecurity=False).hexdigest()[:16]}"
    if envelope is None:
        return Message(name, UNKNOWN_TYPE, stored, size, undecodable=NO_FORM)
    headers, properties = _dict(envelope.get("headers")), _dict(envelope.get("properties"))
    task_id = headers.get("id")
    named = isinstance(task_id, str) and task_id != ""
    return Message(
        id=str(task_id) if named else name,
        type=_text(headers.get("task")) or UNKNOWN_TYPE,
        stored=stored,
        size=size,
        tag=_text(properties.get("delivery_tag")),
        priority=_whole(properties.get("priority")),
        retries=_whole(headers.get("retries")),
        eta=moment(headers.get("eta")),
        expires=moment(headers.get("expires")),
        undecodable="" if named else NO_ID,
        headers=headers,
        envelope=envelope,
    )


def unacked(stored: bytes) -> tuple[Message, str, str] | None:
    """A message that a worker holds, its exchange and its routing key; None when it is none."""
    value = _json(stored) if len(stored) <= READ_BYTES else None
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], dict):
        return None
    whole = json.dumps(value[0]).encode()
    return read(whole, len(whole)), _text(value[1]), _text(value[2])


def arguments(message: Message) -> Arguments:
    """What the task is called with."""
    if message.undecodable == NO_FORM:
        return Arguments(undecodable=message.undecodable)
    if not message.whole:
        return Arguments(undecodable=encodings.TOO_LARGE)
    try:
        return _arguments(message)
    except Unreadable as error:
        return Arguments(undecodable=str(error))


def body(message: Message) -> Any:
    """What a message says that is no task, as JSON; None when it cannot be read."""
    try:
        return _json(_plain(message))
    except Unreadable:
        return None


def _plain(message: Message) -> bytes:
    stored, envelope = message.envelope.get("body"), message.envelope
    if not isinstance(stored, str):
        raise Unreadable(NO_FORM)
    encoded = _dict(envelope.get("properties")).get("body_encoding") == "base64"
    plain = _base64(stored) if encoded else stored.encode("utf-8", "surrogatepass")
    return encodings.inflate(plain, str(kind)) if (kind := message.headers.get("compression")) else plain


def _arguments(message: Message) -> Arguments:
    plain = _plain(message)
    if len(plain) > encodings.MOST_BYTES:
        raise Unreadable(encodings.TOO_LARGE)
    value, exact = encodings.decode(plain, _text(message.envelope.get("content-type")))
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Unreadable(N_("its body is not a list of arguments"))
    data = encodings.as_json({"args": value[0], "kwargs": value[1]}, plain=exact)
    return Arguments(data, plain=exact, embedded=_dict(value[2]))


def moment(value: Any) -> float | None:
    """Unix seconds of an ISO 8601 text; without a zone it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        when = datetime.fromisoformat(value)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _base64(body: str) -> bytes:
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable(N_("its body is not base64")) from error


def _json(stored: bytes) -> Any:
    try:
        return json.loads(stored)
    except (ValueError, RecursionError):
        return None


def _object(stored: bytes) -> dict[str, Any] | None:
    value = _json(stored)
    return value if isinstance(value, dict) else None


def _end(stored: bytes) -> dict[str, Any] | None:
    """The fields after the body, from the end of a message."""
    start = stored.find(b'"content-encoding"')
    return _object(b"{" + stored[start:]) if start >= 0 else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and abs(value) < 1 << 31 else 0
