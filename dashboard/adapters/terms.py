"""Free text of a search as terms: words apart, `"…"` together; every term has to be found."""

from __future__ import annotations

import re

from dashboard.adapters.vocabulary import InvalidRequest
from dashboard.language import N_

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"\S+")


def split(text: str) -> tuple[str, ...]:
    """The terms of `Selector.q`: `KeyError "tax region"` is two.

    Raises:
        InvalidRequest: a quotation mark is not closed, or encloses nothing.
    """
    terms, at = [], _SPACE.match(text).end()  # type: ignore[union-attr]  # it matches the empty text too
    while at < len(text):
        if text[at] == '"':
            term, at = quotation(text, at)
        else:
            term = _WORD.match(text, at)[0]  # type: ignore[index]  # what is not space is a word
            at += len(term)
        terms.append(term)
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
    return tuple(terms)


def quotation(text: str, at: int) -> tuple[str, int]:
    """What stands between quotation marks from `at` on, and where the text goes on.

    Raises:
        InvalidRequest: the mark is not closed, or something other than a space follows.
    """
    found = QUOTED.match(text, at)
    if found is None:
        raise InvalidRequest(
            N_("the search has a quotation mark that is not closed: %(text)s"), text=text[at : at + 60]
        )
    if text[found.end() : found.end() + 1].strip():
        raise InvalidRequest(
            N_("the search needs a space after the closing quotation mark of %(text)s"), text=found[0][:60]
        )
    return re.sub(r'\\(["\\])', r"\1", found[0][1:-1]), found.end()


def quoted(text: str) -> str:
    """A text in quotation marks, which `split` takes apart again."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def plain(text: str) -> bool:
    """Whether a text is one term without quotation marks."""
    return bool(text) and not text.startswith('"') and not any(sign.isspace() for sign in text)
