"""What can follow at the caret: the name of a field, or a known value of the field whose name stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.adapters.sources import Sources
from dashboard.language import N_, gettext
from dashboard.search import known
from dashboard.search.grammar import ARGUMENT, FIELDS, Term, word
from dashboard.search.known import Value

MOST = 8
_NAMES = {
    "source": N_("a source"), "queue": N_("a queue"), "type": N_("a type of job"),
    "error": N_("in the error's type or message"), "state": N_("a state"), "worker": N_("who ran it last"),
    "version": N_("of the application at its failure"), "fingerprint": N_("a group of failures"),
    "since": N_("24h, 7d or a date"), "until": N_("24h, 7d or a date"),
}  # fmt: skip
_AGES = (("1h", N_("last hour")), ("24h", N_("last day")), ("7d", N_("last week")))


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
    ages = [Value(text, gettext(note)) for text, note in _AGES]
    values = ages if name in ("since", "until") else known.values(sources, name, source=source, queue=queue)
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
    names = [Value(name, gettext(note)) for name, note in _NAMES.items() if name.startswith(begun.lower())]
    if not "args".startswith(begun.lower()):
        return names
    return [*names, Value(ARGUMENT, gettext("an argument, %(example)s", example="args.customer.id:42"))]


def _best(values: Iterable[Value], wanted: str) -> list[Value]:
    """Values that begin with what is typed, then those that have it in them."""
    folded = wanted.casefold()
    matching = [each for each in values if folded in each.text.casefold()]
    return sorted(matching, key=lambda each: not each.text.casefold().startswith(folded))[:MOST]
