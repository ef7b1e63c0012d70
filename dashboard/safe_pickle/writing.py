"""Changes keys of a pickled dict without unpickling it, so that the rest stays as it was written."""

from __future__ import annotations

import pickletools
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dashboard.safe_pickle.decoding import decode
from dashboard.safe_pickle.values import Global, Opaque, UnsafePickle

_FRAME_BYTES = 9


def append_items(raw: bytes, items: Mapping[str, Any]) -> bytes:
    """A pickle of the same dict with other values for some keys: instructions that set them, before its end.

    Args:
        raw: a pickle whose value is a dict.
        items: None, bool, int within 32 bits, float, str, datetime with a zone (written in UTC), and an `Opaque` of a
            class that is made without arguments and given a dict of such values as its state.

    Raises:
        UnsafePickle: it cannot be decoded, or is no dict.
        ValueError, TypeError: a value cannot be written.
    """
    if not isinstance(decode(raw), dict):
        raise UnsafePickle("it is no dict")
    kept = bytearray()
    done, end = 0, 0
    for opcode, _, at in pickletools.genops(raw):
        end = at or 0
        if opcode.name == "FRAME":  # they are optional, and the last one's length would be wrong
            kept += raw[done:end]
            done = end + _FRAME_BYTES
    if end != len(raw) - 1:
        raise UnsafePickle("bytes follow its end")
    kept += raw[done:end]
    for key, value in items.items():
        kept += _written(key) + _written(value) + b"s"
    return bytes(kept + b".")


def _written(value: Any) -> bytes:
    """Opcodes of a value, none of which touch the memo of the pickle that they are put into."""
    if value is None or isinstance(value, bool):
        return b"N" if value is None else b"\x88" if value else b"\x89"
    if isinstance(value, int):
        return b"J" + _packed("<i", value)
    if isinstance(value, float):
        return b"G" + struct.pack(">d", value)
    if isinstance(value, str):
        text = value.encode()
        return b"X" + struct.pack("<I", len(text)) + text
    if isinstance(value, datetime):
        return _time(value)
    if isinstance(value, Opaque):
        return _object(value)
    raise TypeError(f"{type(value).__name__} is not written")


def _object(value: Opaque) -> bytes:
    made, state = value.what, value.state
    if not isinstance(made, Global) or not isinstance(state, dict) or value.args or value.kwargs:
        raise TypeError(f"{value.name} is not written")
    name = f"c{made.module}\n{made.name}\n".encode("ascii")
    return name + b")\x81}" + b"".join(_written(key) + _written(item) + b"s" for key, item in state.items()) + b"b"


def _packed(form: str, value: int) -> bytes:
    try:
        return struct.pack(form, value)
    except struct.error as error:
        raise ValueError(f"{value} does not fit into 32 bits") from error


def _time(value: datetime) -> bytes:
    if value.tzinfo is None:
        raise ValueError("a time without a zone is not written")
    at = value.astimezone(UTC)
    packed = struct.pack(">HBBBBB", at.year, at.month, at.day, at.hour, at.minute, at.second)
    packed += struct.pack(">I", at.microsecond)[1:]
    zone = b"cdatetime\ntimezone\ncdatetime\ntimedelta\nK\x00K\x00K\x00\x87R\x85R"
    return b"cdatetime\ndatetime\nB" + struct.pack("<I", len(packed)) + packed + zone + b"\x86R"
