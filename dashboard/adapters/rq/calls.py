"""What a job calls: the field `data`, a compressed pickle or JSON, described without ever unpickling it."""

from __future__ import annotations

import json
import math
import pickletools
import zlib
from dataclasses import dataclass
from typing import Any

from dashboard import safe_pickle
from dashboard.adapters.rq.values import shown
from dashboard.language import N_

MOST_STORED = 65_536
"""Bytes of compressed data that are read at all."""

MOST_PLAIN = 262_144
HEAD_PLAIN = 4_096
MOST_TYPE = 200
UNKNOWN = "unknown"
NO_DATA = N_("its record in RQ holds no arguments")
TOO_LARGE = N_("larger than 64 kB; it is not read")


class Undecodable(ValueError):
    """The data cannot be described; the text says why, `plain` shows its start."""

    def __init__(self, why: str, plain: bytes = b"") -> None:
        super().__init__(why)
        self.plain = plain


@dataclass(frozen=True, slots=True)
class Call:
    """A function by its dotted name, the object whose method it is, its arguments, and how they were written."""

    function: str
    instance: Any
    args: Any
    kwargs: Any
    serializer: str

    def data(self) -> dict[str, Any]:
        """The arguments as JSON values; what JSON does not know is text."""
        found = {"args": safe_pickle.plain(self.args), "kwargs": safe_pickle.plain(self.kwargs)}
        return found if self.instance is None else {"instance": safe_pickle.plain(self.instance), **found}


def decode(stored: bytes) -> Call:
    """The call that the field `data` describes.

    Raises:
        Undecodable: it is no data of RQ, damaged, or larger than is read.
    """
    plain = _inflated(stored)
    try:
        value, serializer = _value(plain)
    except (ValueError, RecursionError, OverflowError) as error:
        raise Undecodable(f"{error}"[:200], plain) from error
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise Undecodable("it is no call of a function", plain)
    function, instance, args, kwargs = value
    name = function if isinstance(function, str) else safe_pickle.render(function)
    return Call(name[:MOST_TYPE], instance, args, kwargs, serializer)


def decode_value(stored: bytes) -> Any:
    """A value that a serializer of RQ wrote: `meta`, or what a job returned.

    Raises:
        Undecodable: it is damaged.
    """
    try:
        return _value(stored)[0]
    except (ValueError, RecursionError, OverflowError) as error:
        raise Undecodable(f"{error}"[:200], stored) from error


def type_name(head: bytes, description: str) -> str:
    """The function's name from the start of the data, else from a description as RQ writes it: `module.name(…)`."""
    return _first_text(_start(head)) or description.partition("(")[0].strip()[:MOST_TYPE] or UNKNOWN


def _inflated(stored: bytes) -> bytes:
    if not stored:
        raise Undecodable(NO_DATA)
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(stored, MOST_PLAIN)
    except zlib.error:
        return stored
    if stream.unconsumed_tail or not stream.eof:
        raise Undecodable(TOO_LARGE if stream.unconsumed_tail else "damaged compression", plain)
    return plain


def _value(plain: bytes) -> tuple[Any, str]:
    if plain[:1] == b"\x80":
        return safe_pickle.decode(plain), "pickle"
    return json.loads(plain, parse_constant=str, parse_float=_finite), "json"


def _finite(written: str) -> Any:
    value = float(written)
    return value if math.isfinite(value) else written


def _start(head: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(head, HEAD_PLAIN)
    except zlib.error:
        return head


def _first_text(plain: bytes) -> str:
    """The first text of a pickle or of a JSON list, which is the function's name; empty when there is none."""
    try:
        if plain[:1] == b"[":
            value, _ = json.JSONDecoder().raw_decode(plain[1:].decode("utf-8", "ignore").lstrip())
            return value[:MOST_TYPE] if isinstance(value, str) else ""
        for number, (operation, argument, _) in enumerate(pickletools.genops(plain)):
            if isinstance(argument, str) and "UNICODE" in operation.name:
                return argument[:MOST_TYPE]
            if number > 8:
                return ""
    except (ValueError, RecursionError, IndexError):
        pass
    return ""


def raw_text(plain: bytes) -> str:
    """The start of what could not be described."""
    return shown(plain[:2_000])
