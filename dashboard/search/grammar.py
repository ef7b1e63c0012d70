"""The words of the search, read and written: `queue:billing -type:sync error:"timed out" args.customer.id:42 refund`.

Bare words are free text; `name:value` narrows; `-` leaves out; `"…"` keeps what would be read otherwise. `text` and
`terms` are each other's inverse.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.adapters import terms as quotation
from dashboard.adapters.vocabulary import InvalidRequest
from dashboard.language import N_, gettext, number

FIELDS = ("source", "queue", "type", "error", "state", "worker", "version", "fingerprint", "since", "until")
ARGUMENT = "args."
WORD = "q"
"""The name of a term that is free text."""

_DID_YOU_MEAN = N_("%(name)s: is no word of the search; did you mean %(near)s:? As text, write %(whole)s")
_NO_WORD = N_("%(name)s: is no word of the search; use %(known)s or args.PATH: As text, write %(whole)s")
_NEAR_FIELD = N_("%(name)s is no field of a job; did you mean %(near)s?")
_NO_FIELD = N_("%(name)s is no field of a job; use one of %(known)s, q or args.PATH")

MOST_TERMS = 40
LONGEST = 500
LONGEST_SEARCH = 4_000

_NAME = re.compile(rf'(?P<name>args\.(?P<path>{quotation.QUOTED.pattern}|[^\s":]*)|[A-Za-z_]+):', re.DOTALL)
_REST = re.compile(r"\S*")


@dataclass(frozen=True, slots=True)
class Term:
    """One term: a field of FIELDS, `args.PATH` or `q` for free text; its value; whether it is left out."""

    name: str
    value: str
    negated: bool = False

    @property
    def path(self) -> str:
        """The path of an argument, empty for everything else."""
        return self.name.removeprefix(ARGUMENT) if self.name.startswith(ARGUMENT) else ""


def terms(text: str) -> tuple[Term, ...]:
    """The terms of a search.

    Raises:
        InvalidRequest: it is not understood; nothing may be shown or done as if that part were not there.
    """
    if len(text) > LONGEST_SEARCH:
        raise InvalidRequest(
            gettext(
                "the search has %(num)s characters; at most %(most)s are read",
                num=number(len(text)), most=number(LONGEST_SEARCH),
            )
        )  # fmt: skip
    found: list[Term] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        term, at = _term(text, at)
        found.append(checked(term))
    if len(found) > MOST_TERMS:
        raise InvalidRequest(
            gettext("the search has %(num)s terms; at most %(most)s are possible", num=len(found), most=MOST_TERMS)
        )
    return tuple(dict.fromkeys(found))


def text(found: Iterable[Term]) -> str:
    """Terms as they are typed."""
    return " ".join(map(word, found))


def word(term: Term) -> str:
    """One term as it is typed, in quotation marks where it would be read otherwise."""
    sign = "-" if term.negated else ""
    if term.name != WORD:
        value = term.value if quotation.plain(term.value) else quotation.quoted(term.value)
        return f"{sign}{_name(term)}:{value}"
    bare = f"{sign}{term.value}"
    try:
        whole = quotation.plain(term.value) and terms(bare) == (term,)
    except InvalidRequest:
        whole = False
    return bare if whole else f"{sign}{quotation.quoted(term.value)}"


def _name(term: Term) -> str:
    if not term.path:
        return term.name
    simple = quotation.plain(term.path) and ":" not in term.path and '"' not in term.path
    return term.name if simple else f"{ARGUMENT}{quotation.quoted(term.path)}"


def _term(text: str, start: int) -> tuple[Term, int]:
    end = start + len(_REST.match(text, start)[0])  # type: ignore[index]  # it matches the empty text too
    negated = text[start] == "-" and end - start > 1
    at = start + negated
    named = _NAME.match(text, at)
    if named is None:
        value, end = _value(text, at)
        return Term(WORD, value, negated), end
    name, value_at = named["name"], named.end()
    if not _is_field(name):
        _refuse_misspelt(name, text[value_at:end], negated)
        return Term(WORD, text[at:end], negated), end
    value, end = _value(text, value_at)
    if named["path"]:
        path = named["path"]
        name = ARGUMENT + (quotation.quotation(path, 0)[0] if path.startswith('"') else path)
    return Term(name, value, negated), end


def _value(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] == '"':
        return quotation.quotation(text, at)
    found = _REST.match(text, at)
    return (found[0], found.end()) if found else ("", at)


def _is_field(name: str) -> bool:
    return name in FIELDS or name.startswith(ARGUMENT)


def _refuse_misspelt(name: str, value: str, negated: bool) -> None:
    """`quue:billing` as text would find nothing, and `-quue:billing` would leave nothing out; `http://…` is text."""
    if not value or value.startswith("//"):
        return
    near = difflib.get_close_matches(name.lower(), FIELDS, n=1, cutoff=0.75)
    if near or negated or value.startswith('"'):
        known = ", ".join(f"{each}:" for each in FIELDS)
        values = {"name": name[:40], "near": near[0] if near else "", "known": known}
        values["whole"] = quotation.quoted(f"{name}:{value}")[:80]
        raise InvalidRequest(gettext(_DID_YOU_MEAN if near else _NO_WORD, **values))


def checked(term: Term) -> Term:
    """The same term. Raises InvalidRequest when it has no value, is too long or is about no field."""
    if not _is_field(term.name) and term.name != WORD:
        near = difflib.get_close_matches(term.name, FIELDS, n=1)
        values = {"name": repr(term.name[:40]), "near": near[0] if near else "", "known": ", ".join(FIELDS)}
        raise InvalidRequest(gettext(_NEAR_FIELD if near else _NO_FIELD, **values))
    if term.name == ARGUMENT:
        raise InvalidRequest(
            gettext("args. needs the path of an argument, such as %(example)s", example="args.customer.id:42")
        )
    if len(term.name) > LONGEST or len(term.value) > LONGEST:
        raise InvalidRequest(gettext("%(name)s: at most %(num)s characters", name=term.name[:40], num=number(LONGEST)))
    if not term.value and not term.path:
        if term.name == WORD:
            raise InvalidRequest(
                gettext("quotation marks need a text between them; take it out of the search or complete it")
            )
        raise InvalidRequest(
            gettext("%(name)s: needs a value; take it out of the search or complete it", name=term.name)
        )
    return term
