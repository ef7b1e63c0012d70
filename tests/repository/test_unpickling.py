"""Nothing that reads a Redis may unpickle, and no adapter knows another one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.adapters import discovery

ROOT = Path(__file__).parents[2]
SHIPPED = [path for folder in ("dashboard", "queue_core", "redrive") for path in sorted((ROOT / folder).rglob("*.py"))]
LOADS = {"load", "loads", "Unpickler", "read_pickle"}
MODULES = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}


def loads_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        attribute = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if attribute and node.value.id in MODULES and node.attr in LOADS:  # type: ignore[attr-defined]
            yield f"{node.value.id}.{node.attr}"  # type: ignore[attr-defined]
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            yield from (f"from {node.module} import {each.name}" for each in node.names if each.name in LOADS)


def test_a_use_of_it_would_be_found() -> None:
    assert list(loads_in(ast.parse("import pickle\npickle.loads(b'')"))) == ["pickle.loads"]
    assert list(loads_in(ast.parse("from pickle import loads"))) == ["from pickle import loads"]


def test_nothing_unpickles() -> None:
    found = {str(path.relative_to(ROOT)): list(loads_in(ast.parse(path.read_text()))) for path in SHIPPED}
    assert {path: uses for path, uses in found.items() if uses} == {}


@pytest.mark.parametrize("kind", sorted(discovery.factories()))
def test_an_adapter_imports_no_other_adapter(kind: str) -> None:
    others = {f"dashboard.adapters.{each}" for each in discovery.factories()} - {f"dashboard.adapters.{kind}"}
    imported = {
        node.module
        for path in sorted((ROOT / "dashboard/adapters" / kind).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert imported
    assert (
        sorted(name for name in imported if any(name == each or name.startswith(f"{each}.") for each in others)) == []
    )
