"""The same arguments and filters in the words of every kind: a seeder says how its kind shows arguments.

A seeder without `shown` shows the arguments of a job as they were given to it.
"""

from __future__ import annotations

from typing import Any

from dashboard.adapters.contract import Selector


def shown(seeder: Any, data: dict[str, Any]) -> Any:
    """The arguments of a job as its kind shows them."""
    return seeder.shown(data) if hasattr(seeder, "shown") else data


def plain(seeder: Any, found: Any) -> Any:
    """Shown arguments as they were given."""
    return seeder.plain(found) if hasattr(seeder, "plain") else found


def selector(seeder: Any, **narrowing: Any) -> Selector:
    """A selector that means the same jobs in every kind; skips what a kind does not keep."""
    if hasattr(seeder, "narrowing"):
        narrowing = seeder.narrowing(narrowing)
    return Selector(**narrowing)
