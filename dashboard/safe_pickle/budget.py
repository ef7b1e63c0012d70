"""How much one pickle may cost: a few bytes can ask for years of copying or hashing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.safe_pickle.values import Global, Opaque, UnsafePickle, Zoned

COPIED_BYTES = 32 * 1024 * 1024
"""What may be copied in all, while values are rebuilt from others."""
ITEM_BYTES = 64
ODD_KEYS = 5_000
"""Keys whose hash takes time, or may be made equal to those of others: each, and each part of one, counts."""

_HARMLESS = (str, bytes, float, bool, type(None), Global, Opaque, Zoned)
_HASHED_AS_IT_IS = 61


class Budget:
    """What is left for one pickle."""

    def __init__(self) -> None:
        self._bytes = COPIED_BYTES
        self._odd = ODD_KEYS

    def copying(self, source: Any) -> Any:
        """The same sequence, text or bytes, when copying it is within the budget. Raises UnsafePickle."""
        self._bytes -= len(source) if isinstance(source, (str, bytes, bytearray)) else ITEM_BYTES * len(source)
        if self._bytes < 0:
            raise UnsafePickle("it copies too much")
        return source

    def key(self, key: Any) -> Any:
        """The same key, when hashing and comparing it is within the budget. Raises UnsafePickle.

        The hash of a tuple of shared tuples takes exponential time, and so does comparing shared frozensets.
        """
        todo = [key]
        while todo:
            part = todo.pop()
            if _harmless(part):
                continue
            self._odd -= 1 + (part.bit_length() // 4_096 if isinstance(part, int) else 0)
            if self._odd < 0:
                raise UnsafePickle("its keys are nested too much")
            if isinstance(part, (tuple, frozenset)):
                todo.extend(self.copying(part))
        return key

    def keys(self, keys: Sequence[Any]) -> Sequence[Any]:
        """The same keys, each as `key`. Raises UnsafePickle."""
        for key in keys:
            if not _harmless(key):
                self.key(key)
        return keys


def _harmless(value: Any) -> bool:
    if isinstance(value, int):
        return value.bit_length() < _HASHED_AS_IT_IS
    return isinstance(value, _HARMLESS)
