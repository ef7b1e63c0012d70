"""Finds the adapters: every module or package here that offers `KIND` and `create`."""

from __future__ import annotations

from functools import cache
from typing import Any

from dashboard import adapters, discovery
from dashboard.adapters.contract import Adapter, AdapterError, AdapterFactory


class UnknownKind(AdapterError):
    """No adapter of that kind is installed; the text names the nearest one."""


@cache
def factories() -> dict[str, AdapterFactory]:
    """Every adapter's factory by kind."""
    return discovery.factories(adapters)


def create(kind: str, source: str, url: str, options: dict[str, Any]) -> Adapter:
    """Make the adapter of one source; no connection is opened yet.

    Raises:
        UnknownKind: there is no adapter of that kind.
        ValueError: the address is not understood.
    """
    known = factories()
    if kind in known:
        return known[kind](source, url, options)
    raise UnknownKind(f"source {source}: unknown kind {kind!r}; {discovery.hint(kind, known)}")
