"""Small rooms: no module, function, template or script grows past its limit."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def longer_than(limit: int, paths: list[Path]) -> list[str]:
    lengths = {path: len(path.read_text().splitlines()) for path in paths}
    return [f"{path.relative_to(ROOT)}: {length}" for path, length in lengths.items() if length > limit]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}: {node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_there_is_something_to_measure() -> None:
    assert len(python_files("dashboard", "queue_core", "tests")) > 100
    assert len(list((ROOT / "templates").rglob("*.html"))) > 10


def test_no_module_is_longer_than_300_lines() -> None:
    assert longer_than(300, python_files("dashboard", "queue_core", "tests", "benchmarks")) == []


def test_no_function_is_longer_than_50_lines() -> None:
    found = [each for path in python_files("dashboard", "queue_core") for each in functions(path)]
    assert [name for name, lines in found if lines > 50] == []


def test_no_template_is_longer_than_80_lines() -> None:
    assert longer_than(80, sorted((ROOT / "templates").rglob("*.html"))) == []


def test_no_script_is_longer_than_60_lines() -> None:
    assert longer_than(60, sorted(p for f in ("dashboard", "queue_core") for p in (ROOT / f).rglob("*.lua"))) == []


def test_every_module_says_what_it_owns() -> None:
    paths = [path for path in python_files("dashboard", "queue_core") if path.read_text().strip()]
    assert [str(path.relative_to(ROOT)) for path in paths if not ast.get_docstring(ast.parse(path.read_text()))] == []
