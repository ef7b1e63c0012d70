"""Loads the Lua scripts: one file is one atomic operation, after the functions that all of them share."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_COMMENT = re.compile(r"\s+--.*$|^--.*$")
_USED = re.compile(r"^-- uses: (?P<parts>[\w, ]+)$", re.MULTILINE)


@cache
def source(name: str) -> str:
    """The complete text of one script, ready for EVAL; comments are left out.

    Args:
        name: a script's file name without `.lua`; it names the shared parts that it needs in a line `-- uses: …`.
    """
    text = _read(f"{name}.lua")
    used = _USED.search(text)
    parts = ["head", *(part.strip() for part in used["parts"].split(","))] if used else ["head"]
    return "\n".join(_bare(_read(f"shared/{part}.lua")) for part in parts) + "\n" + _bare(text)


def _read(path: str) -> str:
    return files(__package__).joinpath("lua").joinpath(*path.split("/")).read_text(encoding="utf-8")


def _bare(text: str) -> str:
    lines = (_COMMENT.sub("", line).rstrip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
