"""Text for a decoded value, bounded in depth, items and characters, without calling anything of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any

from dashboard.safe_pickle.values import Global, Opaque, Zoned

CUT = "…"
LONGEST_TEXT = 400
LONGEST_BYTES = 200
LARGEST_BITS = 4_096
"""Larger numbers are told by their size: writing them out takes quadratic time."""
SORTED = 1_000


def render(value: Any, *, depth: int = 6, items: int = 50, characters: int = 2_000) -> str:
    """The value much as Python writes it; objects that are not rebuilt as `<module.Class(args) {state}>`.

    Args:
        value: what `decode` gave.
        depth, items, characters: what lies deeper, comes after so many of one collection, or goes beyond so much text
            is left out, with `…` in its place.
    """
    text = _Text(depth, items, characters)
    text.write(value, 0)
    return text.whole()


def known_order(items: Collection[Any]) -> Collection[Any]:
    """The members of a set in an order that is the same in every process, unless they are very many."""
    if len(items) > SORTED:
        return items
    return sorted(items, key=lambda each: (type(each).__name__, render(each, depth=2, items=5, characters=100)))


def scalar(value: Any) -> str | None:
    """Text of a value that holds no others; None for one that does."""
    if isinstance(value, (dict, list, tuple, set, frozenset, deque, Opaque)):
        return None
    if isinstance(value, str):
        return repr(value[:LONGEST_TEXT]) + (CUT if len(value) > LONGEST_TEXT else "")
    if isinstance(value, (bytes, bytearray)):
        return repr(bytes(value[:LONGEST_BYTES])) + (CUT if len(value) > LONGEST_BYTES else "")
    return f"<{value.path}>" if isinstance(value, Global) else _alone(value)


def _alone(value: Any) -> str:
    if isinstance(value, int) and value.bit_length() >= LARGEST_BITS:
        return f"<int of {value.bit_length()} bits>"
    if isinstance(value, Zoned):
        return value.text
    return str(value)  # numbers; times, Decimal and UUID, which are made by this package, all of them short


class _Text:
    def __init__(self, depth: int, items: int, characters: int) -> None:
        self.depth = depth
        self.items = items
        self.left = characters
        self.parts: list[str] = []

    def whole(self) -> str:
        return "".join(self.parts) + (CUT if self.left <= 0 else "")

    def put(self, text: str) -> None:
        text = text[: max(self.left, 0)]
        self.left -= len(text)
        self.parts.append(text)

    def write(self, value: Any, depth: int) -> None:
        if self.left <= 0:
            return
        alone = scalar(value)
        if alone is not None:
            self.put(alone)
        elif depth >= self.depth:
            self.put(CUT)
        elif isinstance(value, Opaque):
            self.opaque(value, depth)
        elif isinstance(value, dict):
            self.pairs(value.items(), depth)
        else:
            self.collection(value, depth)

    def collection(self, value: Any, depth: int) -> None:
        if isinstance(value, (set, frozenset)) and not value:
            self.put("set()")
        elif isinstance(value, (set, frozenset)):
            self.group("{", "}", known_order(value), depth)
        elif isinstance(value, tuple):
            self.group("(", ",)" if len(value) == 1 else ")", value, depth)
        else:
            self.group("[", "]", value, depth)

    def opaque(self, value: Opaque, depth: int) -> None:
        self.put(f"<{value.name}")
        if value.args:
            self.group("(", ")", value.args, depth)
        for more in (value.kwargs, value.state, value.items):
            if more:
                self.put(" ")
                self.write(more, depth + 1)
        if value.pairs:
            self.put(" ")
            self.pairs(value.pairs, depth)
        self.put(">")

    def group(self, left: str, right: str, items: Collection[Any], depth: int) -> None:
        self.put(left)
        for index, item in enumerate(islice(items, self.items)):
            self.put(", " if index else "")
            self.write(item, depth + 1)
        self.put((", " + CUT if len(items) > self.items else "") + right)

    def pairs(self, pairs: Iterable[tuple[Any, Any]] | Sequence[Any], depth: int) -> None:
        self.put("{")
        for index, (key, value) in enumerate(islice(pairs, self.items + 1)):
            self.put(", " if index else "")
            if index == self.items:
                self.put(CUT)
                break
            self.write(key, depth + 1)
            self.put(": ")
            self.write(value, depth + 1)
        self.put("}")
