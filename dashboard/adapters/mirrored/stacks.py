"""Stacks of JavaScript and Ruby as frames, outermost first, as those of Python are."""

from __future__ import annotations

import re

from queue_core.failure import MAX_FRAMES, Frame

_JAVASCRIPT = re.compile(
    r"^ {2,8}at (?:(?P<function>[^()\n]{1,300}) \()?(?:file://)?(?P<path>[^()\n]{1,1000}?):(?P<line>\d{1,9})(?::\d{1,9})?\)?$"
)
_RUBY = re.compile(r"^\s{0,8}(?:from )?(?P<path>[^:\n]{1,1000}):(?P<line>\d{1,9}):in [`'](?P<function>[^\n]{1,300})'$")
_FIRST = re.compile(r"^(?:Uncaught )?(?P<type>[A-Za-z_$][\w.$:]{0,200}?)(?:: (?P<message>.*))?\Z", re.DOTALL)
_LIBRARIES = ("/node_modules/", "node:", "internal/", "/gems/", "/lib/ruby/", "/share/ruby/", "/rubygems", "<internal:")


def parse(text: str) -> tuple[str, str, tuple[Frame, ...]] | None:
    """Type, message and frames of a stack whose first line names the error; None when it has no frames."""
    lines = text.split("\n")
    found = [(number, frame) for number, line in enumerate(lines) if (frame := _frame(line)) is not None]
    if not found:
        return None
    told = "\n".join(lines[: found[0][0]]).strip()
    first = _FIRST.match(told)
    frames = tuple(frame for _, frame in reversed(found[:MAX_FRAMES]))
    return (first["type"], first["message"] or "", frames) if first else ("", told, frames)


def _frame(line: str) -> Frame | None:
    if len(line) > 2_000:
        return None
    found = _JAVASCRIPT.match(line) or _RUBY.match(line)
    if not found:
        return None
    path = found["path"]
    function = (found["function"] or "<anonymous>").removeprefix("async ")
    return Frame(_short(path), int(found["line"]), function[:100], "", not any(part in path for part in _LIBRARIES))


def _short(path: str) -> str:
    """What follows the folder of packages, else the path as it stands."""
    for folder in ("/node_modules/", "/gems/"):
        if folder in path:
            return path.rpartition(folder)[2][-300:]
    return path[-300:]
