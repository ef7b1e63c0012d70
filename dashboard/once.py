"""What several parts of one page show is read once for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from flask import g

from dashboard.adapters.contract import AdapterError

T = TypeVar("T")


def once(name: str, read: Callable[[], T]) -> T:
    """The reading of that name in this request; an AdapterError that `read` raised is raised again."""
    kept: dict[str, tuple[object, AdapterError | None]] = g.setdefault("read_once", {})
    if name not in kept:
        try:
            kept[name] = (read(), None)
        except AdapterError as error:
            kept[name] = (None, error)
    value, problem = kept[name]
    if problem is not None:
        raise problem
    return cast("T", value)
