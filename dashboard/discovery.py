"""What a package holds is what it offers: a page, an adapter or a channel is added by adding its file."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Collection, Iterator
from types import ModuleType
from typing import Any


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """Every module and package inside a package."""
    for entry in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{entry.name}")


def factories(package: ModuleType) -> dict[str, Any]:
    """The `create` of every module inside that has a `KIND`, by kind."""
    found = {}
    for module in modules(package):
        kind, create = getattr(module, "KIND", None), getattr(module, "create", None)
        if isinstance(kind, str) and callable(create):
            found[kind] = create
    return found


def hint(word: str, known: Collection[str], what: str = "kinds") -> str:
    """What may have been meant by an unknown kind, or another word."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known {what}: {', '.join(sorted(known)) or 'none'}"
