"""Values inside a job's arguments, found by path and compared as text; secrets are hidden before, so none is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dashboard.adapters.contract import Payload


def readable(payload: Payload) -> bool:
    """Whether the arguments were read whole and understood."""
    return not payload.undecodable and not payload.truncated


def holds(payload: Payload, path: str, value: str) -> bool:
    """Whether the arguments have a value at a path: `customer.id`, `articles.0`; a list also has what its items are.

    Text is compared as it is, everything else as compact JSON: `42`, `true`, `null`. Arguments that cannot be read
    have nothing.
    """
    return readable(payload) and any(value in _texts(found) for found in _found(payload.data, path.split(".")))


def _found(data: Any, path: list[str]) -> Iterator[Any]:
    """What stands at a path; a name may hold dots itself."""
    if not path:
        yield data
    elif isinstance(data, dict):
        for length in range(1, len(path) + 1):
            name = ".".join(path[:length])
            if name in data:
                yield from _found(data[name], path[length:])
    elif isinstance(data, list) and path[0].isascii() and path[0].isdigit() and int(path[0][:9]) < len(data):
        yield from _found(data[int(path[0][:9])], path[1:])


def _texts(value: Any) -> Iterator[str]:
    yield _text(value)
    if isinstance(value, list):
        yield from map(_text, value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
