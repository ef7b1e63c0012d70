"""Finds the adapters: every module or package here that offers `KIND` and `create`.

One whose sources have settings of their own says which in `OPTIONS`, a collection of their names; one that can tell how
an application puts its first job there has `first_steps`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from dashboard import adapters, discovery
from dashboard.adapters.contract import Adapter, AdapterError, AdapterFactory
from dashboard.adapters.first_steps import FirstStep


class UnknownKind(AdapterError):
    """No adapter of that kind is installed; the text names the nearest one."""


class UnknownOption(AdapterError):
    """Sources of that kind have no such option; the text names the nearest one."""


@cache
def factories() -> dict[str, AdapterFactory]:
    """Every adapter's factory by kind."""
    return discovery.factories(adapters)


@cache
def known_options() -> dict[str, frozenset[str]]:
    """Names of the options that sources of each kind may have."""
    found = {getattr(module, "KIND", ""): getattr(module, "OPTIONS", ()) for module in discovery.modules(adapters)}
    return {kind: frozenset(found[kind]) for kind in factories()}


def create(kind: str, source: str, url: str, options: dict[str, Any]) -> Adapter:
    """Make the adapter of one source; no connection is opened yet.

    Raises:
        UnknownKind: there is no adapter of that kind.
        UnknownOption: `options["options"]`, the source's own, has one that its kind does not know.
        ValueError: the address is not understood.
    """
    known = factories()
    if kind not in known:
        raise UnknownKind(f"source {source}: unknown kind {kind!r}; {discovery.hint(kind, known)}")
    names = known_options()[kind]
    for name in sorted(options.get("options", ())):
        if name not in names:
            hint = discovery.hint(name, names, f"options of kind {kind}")
            raise UnknownOption(f"source {source}: unknown option {name!r}; {hint}")
    return known[kind](source, url, options)


def first_steps(kind: str, url: str, namespace: str = "") -> tuple[FirstStep, ...]:
    """How an application puts its first job into a source; empty when its kind does not tell.

    Args:
        kind: of the source.
        url: its address, with its password hidden.
        namespace: prefix of its keys.
    """
    tell = next((getattr(each, "first_steps", None) for each in discovery.modules(adapters)
                 if getattr(each, "KIND", None) == kind), None)  # fmt: skip
    return tuple(tell(url, namespace)) if tell else ()
