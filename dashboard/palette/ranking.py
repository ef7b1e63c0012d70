"""Which entries a text means, and in what order: simple enough to be foreseen.

Every word typed must be found. For a word the start of the title is best, then the start of one of its words, then any
place in it, then the other words of the entry, then its letters in order in the title. Equals are ordered by weight
and then by title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from dashboard.palette.contract import Command

MOST, MOST_OF_A_GROUP = 24, 8
_PARTS = re.compile(r"[^a-z0-9]+|(?<=[a-z])(?=[A-Z])")
_NOT_FOUND = 9


def ranked(commands: Iterable[Command], text: str) -> dict[str, list[Command]]:
    """The entries that match by heading; the heading of the best entry comes first.

    Args:
        commands: all there are.
        text: what was typed; empty keeps every entry in its given order.
    """
    words = text.lower().split()
    rated = [(rating(command, words), command) for command in commands]
    found = [(score, command) for score, command in rated if score is not None]
    if words:
        found.sort(key=lambda each: (each[0], -each[1].weight, each[1].title.lower(), each[1].url))
    groups: dict[str, list[Command]] = {}
    for _, command in found:
        groups.setdefault(command.group, []).append(command)
    left, kept = MOST, {}
    for heading, each in groups.items():
        kept[heading] = each[: min(left, MOST_OF_A_GROUP if words else MOST)]
        left -= len(kept[heading])
    return {heading: each for heading, each in kept.items() if each}


def rating(command: Command, words: list[str]) -> tuple[int, int] | None:
    """The worst and the sum of its words' ratings, 0 being best; None when a word is not found."""
    if command.rate is not None or not words:
        return (command.rate or 0, 0)
    rates = [_rate(command, word) for word in words]
    worst = max(rates)
    return None if worst == _NOT_FOUND else (worst, sum(rates))


def _rate(command: Command, word: str) -> int:
    title = command.title.lower()
    parts = [part.lower() for part in _PARTS.split(command.title) if part]
    others = f"{command.note} {command.words} {command.group}".lower()
    if title == word:
        return 0
    if title.startswith(word):
        return 1
    if any(part.startswith(word) for part in parts):
        return 2
    if word in title:
        return 3
    if word in others:
        return 4
    return 5 if len(word) > 1 and _in_order(word, title) else _NOT_FOUND


def _in_order(word: str, title: str) -> bool:
    letters = iter(title)
    return all(letter in letters for letter in word)
