"""What can follow at the caret: the name of a field, or a known value of the field whose name stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.adapters.sources import Sources
from dashboard.search import known
from dashboard.search.grammar import ARGUMENT, FIELDS, Term, word
from dashboard.search.known import Value

MOST = 8
_NAMES = {
    "source": "a source", "queue": "a queue", "type": "a type of job", "error": "in the error's type or message",
    "state": "a state", "worker": "who ran it last", "version": "of the application at its failure",
    "fingerprint": "a group of failures", "since": "24h, 7d or a date", "until": "24h, 7d or a date",
}  # fmt: skip
_AGES = (Value("1h", "last hour"), Value("24h", "last day"), Value("7d", "last week"))


@dataclass(frozen=True, slots=True)
class Offer:
    """One completion: `text` takes the place of the characters `start` to `end`; after a name, a value goes on."""

    text: str
    shown: str
    note: str
    start: int
    end: int
    goes_on: bool


def complete(sources: Sources, text: str, at: int, *, source: str = "", queue: str = "") -> list[Offer]:
    """What is offered for the word before the caret, best first; nothing when nothing is known."""
    start, end = _begin(text[:at]), at + len(re.match(r"\S*", text[at:])[0])  # type: ignore[index]  # it always matches
    typed = text[start:at]
    negated = typed.startswith("-")
    name, colon, value = typed[negated:].partition(":")
    if not colon:
        if not typed[negated:]:
            return []
        return [_name_offer(each, negated, start, end) for each in _named(sources, name)]
    if name not in FIELDS:
        return []
    values = _AGES if name in ("since", "until") else known.values(sources, name, source=source, queue=queue)
    wanted = value.lstrip('"')
    return [
        Offer(word(Term(name, each.text, negated)), each.text, each.note, start, end, goes_on=False)
        for each in _best(values, wanted)
        if each.text != wanted
    ]


def _name_offer(name: Value, negated: bool, start: int, end: int) -> Offer:
    mark = "" if name.text == ARGUMENT else ":"
    text = f"{'-' if negated else ''}{name.text}{mark}"
    return Offer(text, f"{name.text}{mark or 'PATH:'}", name.note, start, end, goes_on=True)


def _begin(before: str) -> int:
    """Where the word at the end of a text begins; a space between quotation marks ends no word."""
    start, within = 0, False
    for place, sign in enumerate(before):
        if sign == '"':
            within = not within
        elif sign.isspace() and not within:
            start = place + 1
    return start


def _named(sources: Sources, begun: str) -> Sequence[Value]:
    """Names of fields that begin so; paths of arguments once `args` is typed."""
    if begun.startswith(ARGUMENT):
        return _best(known.paths(sources), begun)
    names = [Value(name, note) for name, note in _NAMES.items() if name.startswith(begun.lower())]
    return names + ([Value(ARGUMENT, "an argument, args.customer.id:42")] if "args".startswith(begun.lower()) else [])


def _best(values: Iterable[Value], wanted: str) -> list[Value]:
    """Values that begin with what is typed, then those that have it in them."""
    folded = wanted.casefold()
    matching = [each for each in values if folded in each.text.casefold()]
    return sorted(matching, key=lambda each: not each.text.casefold().startswith(folded))[:MOST]
