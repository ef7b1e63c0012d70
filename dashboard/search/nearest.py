"""What to offer instead of a value that matches nothing: the known value that is most like it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace

from dashboard.adapters.sources import Sources
from dashboard.search import known
from dashboard.search.bar import Bar
from dashboard.search.grammar import Term, word

MOST = 3
_FIELDS = ("queue", "type", "source", "worker", "version", "error")


def nearest(sources: Sources, bar: Bar) -> list[tuple[str, str]]:
    """Known values that are most like unknown ones of the filter, as they are typed, and the list each leads to."""
    found = []
    for term in bar.terms:
        if term.name in _FIELDS and not term.negated:
            near = _near(term, (each.text for each in known.values(sources, term.name)))
            if near:
                found.append((word(near), bar.url(without=term, instead=near)))
    return found[:MOST]


def _near(term: Term, values: Iterable[str]) -> Term | None:
    texts = {text.casefold(): text for text in values if text}
    if term.value.casefold() in texts:
        exact = texts[term.value.casefold()]
        return replace(term, value=exact) if exact != term.value and term.name != "error" else None
    close = difflib.get_close_matches(term.value.casefold(), texts, n=1, cutoff=0.6)
    return replace(term, value=texts[close[0]]) if close else None
