"""What is different between two JSON values: by path, and line by line."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any, Literal

from dashboard.language import gettext

MOST_CHANGES = 200
MOST_LINES = 3_000
_CONTEXT = 3
_SHOWN = 400
_NOTHING = object()

Kind = Literal["added", "removed", "changed"]
Mark = Literal["same", "added", "removed", "gap"]


@dataclass(frozen=True, slots=True)
class Change:
    """One place that differs; before and after are JSON text, empty where there is nothing."""

    path: str
    kind: Kind
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the difference; `gap` stands for equal lines that are left out."""

    mark: Mark
    text: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """All of it; `more` when there are more changes than are listed. lines is empty when the texts are too long."""

    changes: tuple[Change, ...] = ()
    lines: tuple[Line, ...] = ()
    more: bool = False

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.changes)


def between(before: Any, after: Any) -> Difference:
    """The difference of two decoded JSON values; 1, 1.0 and true are not the same here."""
    found = tuple(islice(_changes("", before, after), MOST_CHANGES + 1))
    return Difference(found[:MOST_CHANGES], _lines(before, after) if found else (), len(found) > MOST_CHANGES)


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before is _NOTHING:
        yield Change(path, "added", after=_shown(after))
    elif after is _NOTHING:
        yield Change(path, "removed", before=_shown(before))
    elif isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from _changes(f"{path}{_name(name, path)}", before.get(name, _NOTHING), after.get(name, _NOTHING))
    elif isinstance(before, list) and isinstance(after, list):
        for i, (old, new) in enumerate(zip_longest(before, after, fillvalue=_NOTHING)):
            yield from _changes(f"{path}[{i}]", old, new)
    elif type(before) is not type(after) or before != after:
        yield Change(path or gettext("(all)"), "changed", _shown(before), _shown(after))


def _name(name: str, path: str) -> str:
    """A name as part of a path: `.id`, or `["first name"]` when it is no word."""
    if name.replace("-", "_").isidentifier():
        return f".{name}" if path else name
    return f"[{json.dumps(name, ensure_ascii=False)}]"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _lines(before: Any, after: Any) -> tuple[Line, ...]:
    old, new = (json.dumps(each, indent=2, ensure_ascii=False, default=str).split("\n") for each in (before, after))
    if max(len(old), len(new)) > MOST_LINES:
        return ()
    matcher = difflib.SequenceMatcher(None, old, new)
    return tuple(line for group in matcher.get_grouped_opcodes(_CONTEXT) for line in _group(group, old, new))


def _group(opcodes: list[tuple[str, int, int, int, int]], old: list[str], new: list[str]) -> Iterator[Line]:
    if opcodes[0][1] > 0:
        yield Line("gap")
    for tag, from_old, to_old, from_new, to_new in opcodes:
        if tag == "equal":
            yield from (Line("same", text[:_SHOWN]) for text in old[from_old:to_old])
        else:
            yield from (Line("removed", text[:_SHOWN]) for text in old[from_old:to_old])
            yield from (Line("added", text[:_SHOWN]) for text in new[from_new:to_new])
    if opcodes[-1][2] < len(old):
        yield Line("gap")
