"""Loads the Lua scripts: one file is one atomic operation, prefixed with just the helpers it uses."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

LIBRARY = (
    "clock", "types", "counters", "records", "unique", "schedules", "learned", "dead", "finish", "trash", "moves",
    "single", "failure", "due", "claim", "view", "operation", "mirror",
)  # fmt: skip
_FUNCTION = re.compile(r"^local function (\w+)\(")
_COMMENT = re.compile(r"\s+--.*$|^--.*$")


def _read(name: str) -> str:
    """A file's text without comments: a helper's name in one is no use of it."""
    text = files("queue_core").joinpath("lua", name).read_text(encoding="utf-8")
    lines = (_COMMENT.sub("", line).rstrip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


@cache
def _library() -> dict[str, str]:
    """Every helper function of the library by name, in the order in which they must be defined."""
    functions: dict[str, list[str]] = {}
    current = ""
    for line in "\n".join(_read(f"lib/{part}.lua") for part in LIBRARY).split("\n"):
        start = _FUNCTION.match(line)
        if start and not current:
            functions[start[1]] = [line]
            current = "" if re.search(r"\bend\s*$", line) else start[1]
        elif current:
            functions[current].append(line)
            current = "" if line == "end" else current
    return {name: "\n".join(lines) for name, lines in functions.items()}


def _needed(body: str) -> set[str]:
    found: set[str] = set()
    todo = [body]
    while todo:
        text = todo.pop()
        for name, source in _library().items():
            if name not in found and re.search(rf"\b{name}\(", text):
                found.add(name)
                todo.append(source)
    return found


@cache
def names() -> tuple[str, ...]:
    """Names of all scripts, sorted."""
    folder = files("queue_core").joinpath("lua")
    return tuple(sorted(f.name[:-4] for f in folder.iterdir() if f.name.endswith(".lua")))


@cache
def source(name: str) -> str:
    """The complete text of one script, ready for EVAL; comments are left out.

    Args:
        name: a script's file name without `.lua`.

    Raises:
        FileNotFoundError: there is no such script.
    """
    body = _read(f"{name}.lua")
    used = _needed(body)
    parts = [_read("lib/head.lua"), *(text for key, text in _library().items() if key in used), body]
    return "\n".join(parts)
