"""What kombu wrote, read back with care: compressed, JSON or a pickle, of any size and content."""

from __future__ import annotations

import bz2
import json
import lzma
import zlib
from typing import Any

from dashboard import safe_pickle
from dashboard.language import N_

MOST_BYTES = 262_144
"""Of a body or a result that is read at all, compressed or not."""

JSON = "application/json"
PICKLE = "application/x-python-serialize"
TOO_LARGE = N_("it is larger than 256 kB and was not read")

_PICKLES = (PICKLE, "pickle")
_COMPRESSED = b"\x00celery-compressed\x00"


class Unreadable(ValueError):
    """The bytes are not what they should be; the text says why, marked for the catalogue."""


def inflate(body: bytes, kind: str) -> bytes:
    """A body without its compression. Raises Unreadable."""
    try:
        plain = _inflate(body, kind)
    except (zlib.error, OSError, EOFError, ValueError, lzma.LZMAError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(N_("its compression is damaged")) from error
    if len(plain) > MOST_BYTES:
        raise Unreadable(TOO_LARGE)
    return plain


def _inflate(body: bytes, kind: str) -> bytes:
    if kind in ("application/x-gzip", "gzip", "zlib"):  # which kombu names gzip is zlib
        return zlib.decompressobj().decompress(body, MOST_BYTES + 1)
    if kind in ("application/x-bz2", "bzip2", "application/x-bzip2"):
        return bz2.BZ2Decompressor().decompress(body, MOST_BYTES + 1)
    if kind in ("application/x-lzma", "lzma", "xz"):
        return lzma.LZMADecompressor(memlimit=64 << 20).decompress(body, MOST_BYTES + 1)
    raise Unreadable(N_("it is compressed in a way that is not read here"))


def decode(body: bytes, content_type: str) -> tuple[Any, bool]:
    """The value of a serialized body, and whether JSON holds all of it. Raises Unreadable."""
    if content_type in (JSON, "json"):
        return _json(body), True
    if content_type in _PICKLES:
        return _pickle(body), False
    raise Unreadable(N_("it is neither JSON nor a pickle"))


def decode_result(value: bytes) -> tuple[Any, bool]:
    """The value of a stored result, which names its encoding only when it is compressed; as `decode`."""
    if value.startswith(_COMPRESSED):
        kind, _, body = value[len(_COMPRESSED) :].partition(b"\x00")
        value = inflate(body, kind.decode("ascii", "replace"))
    return decode(value, PICKLE if value[:1] == b"\x80" else JSON)


def as_json(value: Any, *, plain: bool = True) -> Any:
    """A decoded value that every JSON parser reads: without NaN, infinities and what only a pickle holds."""
    if not plain:
        return safe_pickle.plain(value)
    try:
        made = json.dumps(value)
        return json.loads(made, parse_constant=str) if "NaN" in made or "Infinity" in made else value
    except (TypeError, ValueError, RecursionError):
        return safe_pickle.plain(value)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(N_("it is not JSON")) from error


def _pickle(body: bytes) -> Any:
    try:
        return safe_pickle.decode(body)
    except safe_pickle.UnsafePickle as error:
        raise Unreadable(N_("it is a pickle that cannot be described")) from error
