"""Arguments as they lie in Redis, decoded with care: they may be of any size, depth and content."""

from __future__ import annotations

import json
import math
import zlib
from typing import Any

from dashboard.adapters.contract import Payload
from dashboard.language import N_
from dashboard.redaction import Redaction

SHOWN_BYTES = 65_536
READ_BYTES = SHOWN_BYTES + 1_024
"""How much of a stored payload is read at all; its codec byte and compression's overhead included."""
DAMAGED, NOT_JSON = N_("damaged compression"), N_("not JSON")
"""Reasons that are followed by a colon and what exactly is wrong."""
CUT = N_("larger than 64 kB; only the start is shown")


def decode(stored: bytes, size: int, redaction: Redaction) -> Payload:
    """The arguments of a job, with secrets hidden.

    Args:
        stored: the first READ_BYTES of what lies in Redis: a codec letter and the payload.
        size: how many bytes lie there in all.
    """
    if not stored:
        return Payload(undecodable=N_("the arguments are no longer kept"), size=size)
    codec, body = stored[:1], stored[1:]
    try:
        plain, whole = _inflate(body) if codec.isupper() else (body[:SHOWN_BYTES], size <= SHOWN_BYTES)
    except zlib.error as error:
        return _raw(body, size, f"{DAMAGED}: {error}", redaction)
    if codec.lower() not in (b"j", b"e"):
        return _raw(plain, size, N_("bytes, not JSON"), redaction, truncated=not whole)
    if not whole:
        return _raw(plain, size, CUT, redaction, truncated=True)
    return _json(plain, size, codec.lower() == b"e", redaction)


def decode_text(stored: bytes) -> str:
    """A stored result as text."""
    if not stored:
        return ""
    body = stored[1:] if stored[:1].isalpha() else stored
    try:
        plain = _inflate(body)[0] if stored[:1].isupper() else body
    except zlib.error:
        plain = stored
    return plain.decode("utf-8", "backslashreplace")


def _inflate(body: bytes) -> tuple[bytes, bool]:
    stream = zlib.decompressobj()
    plain = stream.decompress(body, SHOWN_BYTES)
    return plain, stream.eof


def _json(plain: bytes, size: int, enveloped: bool, redaction: Redaction) -> Payload:
    try:
        data = json.loads(plain, parse_constant=str, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        return _raw(plain, size, f"{NOT_JSON}: {error}", redaction)
    if enveloped and isinstance(data, dict):
        data = data.get("data")
    shown = redaction.value(data)
    return Payload(data=shown.value, size=size, redacted=shown.hidden, truncated=shown.too_deep)


def _finite(text: str) -> Any:
    value = float(text)
    return value if math.isfinite(value) else text


def _raw(plain: bytes, size: int, why: str, redaction: Redaction, *, truncated: bool = False) -> Payload:
    text, hidden = redaction.text(plain[:SHOWN_BYTES].decode("utf-8", "backslashreplace")[:SHOWN_BYTES])
    return Payload(
        size=size, undecodable=why, raw=text, truncated=truncated or len(plain) > SHOWN_BYTES, redacted=hidden
    )
