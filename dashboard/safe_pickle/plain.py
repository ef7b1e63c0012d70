"""A decoded value as JSON knows it, bounded: for pages, filters and comparisons, and so that secrets can be hidden."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from dashboard.safe_pickle.rendering import CUT, LARGEST_BITS, LONGEST_BYTES, known_order, render, scalar
from dashboard.safe_pickle.values import Opaque

DEPTH = 40
ITEMS = 5_000
CHARACTERS = 65_536
SHORT_ARGS = 10
"""A call with no more arguments than these, all of them short, is shown as one text."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A value that JSON can hold.

    whole: nothing was cut. exact: JSON says all there was to say, so that the same value can be made of it again.
    """

    value: Any
    whole: bool
    exact: bool


def plain(value: Any, *, depth: int = DEPTH, items: int = ITEMS, characters: int = CHARACTERS) -> Any:
    """As `as_json`, the value alone."""
    return as_json(value, depth=depth, items=items, characters=characters).value


def as_json(value: Any, *, depth: int = DEPTH, items: int = ITEMS, characters: int = CHARACTERS) -> Plain:
    """What `decode` gave, in None, bool, int, float, str, list and dict.

    Tuples and sets become lists, times, decimals, bytes and the like their text, and an object that is not rebuilt a
    dict of one key, `<module.Class>`, with what it holds, so that fields in it are found by their names.

    Args:
        value: what `decode` gave; a part of it may be in it many times, and it may contain itself.
        depth: what lies deeper is given as text.
        items, characters: how many values and how much text there are in all; the rest is `…`.
    """
    walk = _Walk(depth, items, characters)
    made = walk.value(value, 0)
    return Plain(made, walk.whole, walk.exact and walk.whole)


class _Walk:
    def __init__(self, depth: int, items: int, characters: int) -> None:
        self.depth = depth
        self.items = items
        self.characters = characters
        self.whole = True
        self.exact = True

    def value(self, value: Any, depth: int) -> Any:
        self.items -= 1
        if self.items < 0:
            self.whole = False
            return CUT
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, float)):
            return self.number(value)
        if isinstance(value, str):
            return self.text(value)
        alone = scalar(value)
        if alone is not None or depth >= self.depth:
            return self.as_text(value, alone)
        return self.collection(value, depth)

    def number(self, value: float) -> Any:
        if isinstance(value, int):
            return value if value.bit_length() < LARGEST_BITS else self.as_text(value, scalar(value))
        return value if math.isfinite(value) else self.as_text(value, repr(value))

    def text(self, value: str) -> str:
        kept = value[: max(self.characters, 0)]
        self.characters -= len(kept)
        if len(kept) < len(value):
            self.whole = False
            return kept + CUT
        return kept

    def as_text(self, value: Any, alone: str | None) -> str:
        self.exact = False
        if alone is None:
            self.whole = False
            return self.text(render(value, depth=2, items=5, characters=200))
        if isinstance(value, (bytes, bytearray)) and len(value) > LONGEST_BYTES:
            self.whole = False
        return self.text(alone)

    def collection(self, value: Any, depth: int) -> Any:
        if isinstance(value, Opaque):
            return self.opaque(value, depth)
        if isinstance(value, dict):
            return self.pairs(value.items(), depth)
        if isinstance(value, list):
            return self.list_of(value, depth)
        self.exact = False
        return self.list_of(known_order(value) if isinstance(value, (set, frozenset)) else value, depth)

    def list_of(self, items: Iterable[Any], depth: int) -> list[Any]:
        made = []
        for item in items:
            made.append(self.value(item, depth + 1))
            if self.items < 0:
                break
        return made

    def pairs(self, pairs: Iterable[tuple[Any, Any]], depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, item in islice(pairs, max(0, self.items) + 1):
            name = self.key(key)
            self.exact = self.exact and name not in made
            made[name] = self.value(item, depth + 1)
            if self.items < 0:
                break
        return made

    def key(self, key: Any) -> str:
        if isinstance(key, str):
            return self.text(key)
        return self.as_text(key, scalar(key) or render(key, depth=3, items=10, characters=200))

    def opaque(self, value: Opaque, depth: int) -> Any:
        self.exact = False
        held = {"args": value.args, "kwargs": value.kwargs, "state": value.state, "items": value.items}
        parts: dict[str, Any] = {name: part for name, part in held.items() if part}
        if value.pairs:
            parts["pairs"] = {key if isinstance(key, str) else render(key): item for key, item in value.pairs}
        if list(parts) in ([], ["args"]) and len(value.args) <= SHORT_ARGS and all(map(_short, value.args)):
            return self.text(render(value))
        within = value.state if list(parts) == ["state"] else parts
        return {self.text(f"<{value.name}>"): self.value(within, depth + 1)}


def _short(value: Any) -> bool:
    return scalar(value) is not None and not (isinstance(value, (str, bytes, bytearray)) and len(value) > LONGEST_BYTES)
