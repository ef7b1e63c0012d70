"""Finds the adapters: every module or package here that offers `KIND` and `create`."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache
from typing import Any

from dashboard import adapters
from dashboard.adapters.contract import Adapter, AdapterError, AdapterFactory


class UnknownKind(AdapterError):
    """No adapter of that kind is installed; the text names the nearest one."""


@cache
def factories() -> dict[str, AdapterFactory]:
    """Every adapter's factory by kind."""
    found: dict[str, AdapterFactory] = {}
    for entry in pkgutil.iter_modules(adapters.__path__):
        module = importlib.import_module(f"{adapters.__name__}.{entry.name}")
        kind, create_adapter = getattr(module, "KIND", None), getattr(module, "create", None)
        if isinstance(kind, str) and callable(create_adapter):
            found[kind] = create_adapter
    return found


def create(kind: str, source: str, url: str, options: dict[str, Any]) -> Adapter:
    """Make the adapter of one source; no connection is opened yet.

    Raises:
        UnknownKind: there is no adapter of that kind.
        ValueError: the address is not understood.
    """
    known = factories()
    if kind in known:
        return known[kind](source, url, options)
    near = difflib.get_close_matches(kind, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known kinds: {', '.join(sorted(known))}"
    raise UnknownKind(f"source {source}: unknown kind {kind!r}; {hint}")
