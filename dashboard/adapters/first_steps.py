"""How an application puts its first job into a source: what the module of a kind may offer as `first_steps`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to do. words: marked for the catalogue; `file` stands in them. code: to be copied as it is."""

    words: str
    code: str
    file: str = ""
