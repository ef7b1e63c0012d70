"""The message: envelope version 1, and the codecs in which a job's data lies in Redis."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from queue_core.errors import InvalidJob, PayloadTooLarge
from queue_core.keys import check_job_id

MAX_PAYLOAD = 256 * 1024
"""Bytes a payload may have as it lies in Redis, after compression."""
MAX_PLAIN = 16 * 1024 * 1024
"""Bytes a payload may have uncompressed; more is not unpacked."""
COMPRESS_ABOVE = 1024
ENVELOPE_FIELDS = ("id", "type", "version", "data", "priority", "max_retries", "created_at")

_TYPE = re.compile(r"[^\x00-\x20\x7f|]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Body:
    """What a stored payload says.

    data: the job's data; None when it cannot be read. extra: the envelope's unknown fields. reason: why the payload
    cannot be read, empty when it can. raw: the payload's bytes, unpacked as far as that was possible.
    """

    data: Any = None
    extra: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    raw: bytes = b""

    def required(self) -> Any:
        """The data.

        Raises:
            InvalidJob: the payload cannot be read.
        """
        if self.reason:
            raise InvalidJob(f"the payload cannot be read: {self.reason}")
        return self.data


def encode(data: Any, extra: Mapping[str, Any] | None = None) -> bytes:
    """Pack data for storage: a codec letter and bytes, compressed where that saves at least a tenth.

    Args:
        data: anything JSON can hold, or bytes.
        extra: fields of the envelope that this version does not know; only with JSON data.

    Raises:
        InvalidJob: the data is not JSON.
        PayloadTooLarge: more than 256 KiB even when compressed.
    """
    if isinstance(data, (bytes, bytearray, memoryview)) and not extra:
        codec, body = b"b", bytes(data)
    elif extra:
        codec, body = b"e", to_json({"data": data, "extra": dict(extra)})
    else:
        codec, body = b"j", to_json(data)
    stored = _compressed(codec, body) or codec + body
    if len(stored) > MAX_PAYLOAD or len(body) > MAX_PLAIN:
        raise PayloadTooLarge(
            f"the data takes {len(stored):,} bytes, compressed if that helps; {MAX_PAYLOAD:,} are allowed."
            " Keep it elsewhere and enqueue a reference to it"
        )
    return stored


def _compressed(codec: bytes, body: bytes) -> bytes | None:
    if len(body) <= COMPRESS_ABOVE:
        return None
    packed = zlib.compress(body, 6)
    return codec.upper() + packed if len(packed) <= len(body) * 0.9 else None


def to_json(value: Any) -> bytes:
    """Strict, compact JSON in UTF-8.

    Raises:
        InvalidJob: the value, or something inside it, has no JSON form.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8")
    except UnicodeEncodeError:  # lone surrogates exist in JSON only as escapes
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidJob(
            f"job data must be JSON (numbers, text, lists, dictionaries, true, false, null): {error}"
        ) from error


def decode(stored: bytes, *, limit: int = MAX_PLAIN) -> Body:
    """Unpack a stored payload; never raises, whatever the bytes are.

    Args:
        limit: bytes to unpack at most, so that a small payload cannot fill the memory.
    """
    if not stored:
        return Body(reason="the payload is no longer kept")
    codec, body = stored[:1], stored[1:]
    if codec.isupper():
        body, problem = _unpacked(body, limit)
        if problem:
            return Body(reason=problem, raw=body)
    kind = codec.lower()
    if kind == b"b":
        return Body(data=body, raw=body)
    if kind not in (b"j", b"e"):
        return Body(reason=f"unknown codec {codec!r}", raw=stored)
    return _from_json(body, enveloped=kind == b"e")


def _unpacked(body: bytes, limit: int) -> tuple[bytes, str]:
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(body, limit)
    except zlib.error as error:
        return body, f"damaged compression: {error}"
    if not stream.eof:
        return plain, f"more than {limit:,} bytes, or cut short"
    return plain, ""


def _from_json(body: bytes, *, enveloped: bool) -> Body:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        return Body(reason=f"not JSON: {error}", raw=body)
    if not enveloped:
        return Body(data=value, raw=body)
    extra = value.get("extra") if isinstance(value, dict) else None
    if not isinstance(extra, dict) or "data" not in value:
        return Body(reason="not an envelope with `data` and `extra`", raw=body)
    return Body(data=value["data"], extra=extra, raw=body)


def check_type(job_type: str) -> str:
    """Return a valid job type, else raise InvalidJob."""
    if not isinstance(job_type, str) or not _TYPE.match(job_type) or len(job_type.encode("utf-8", "replace")) > 64:
        raise InvalidJob(f"job type {job_type!r}: use 1 to 64 bytes of text without blanks, control characters and '|'")
    return job_type


def check_range(name: str, value: Any, low: int, high: int) -> int:
    """Return a whole number within its bounds, else raise InvalidJob."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidJob(f"{name} is {value!r}: use a whole number from {low} to {high}")
    return value


@dataclass(frozen=True, slots=True)
class Message:
    """The envelope, version 1: what a producer says of a job; unknown fields are kept in `extra`."""

    type: str
    data: Any = None
    id: str = ""
    version: int = 1
    priority: int = 0
    max_retries: int = 3
    created_at: str | float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_type(self.type)
        if self.id:
            check_job_id(self.id)
        check_range("version", self.version, 1, 1_000_000)
        check_range("priority", self.priority, 0, 100)
        check_range("max_retries", self.max_retries, 0, 10_000)

    @classmethod
    def from_dict(cls, envelope: Mapping[str, Any]) -> Message:
        """Read an envelope; missing optional fields get their defaults.

        Raises:
            InvalidJob: `type` is missing, or a field has a wrong value.
        """
        if not isinstance(envelope, Mapping) or "type" not in envelope:
            raise InvalidJob("a message is a dictionary with at least `type`")
        if not isinstance(envelope.get("id", ""), str):
            raise InvalidJob("a message's `id` is text; leave it out to have one made")
        known = {name: envelope[name] for name in ENVELOPE_FIELDS if name in envelope}
        extra = {name: value for name, value in envelope.items() if name not in ENVELOPE_FIELDS}
        return cls(**known, extra=extra)

    def to_dict(self) -> dict[str, Any]:
        """The envelope, with its unknown fields."""
        known = {name: getattr(self, name) for name in ENVELOPE_FIELDS}
        return {**self.extra, **known}

    def payload(self) -> bytes:
        """The data and the unknown fields, packed for storage (see `encode`)."""
        extra = dict(self.extra)
        if self.created_at is not None:
            extra["created_at"] = self.created_at
        return encode(self.data, extra)
