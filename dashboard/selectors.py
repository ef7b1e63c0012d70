"""From a query string to the jobs it means, and back: every list and bulk action reads its filter here.

Each field has a parameter of its own; `q` holds what has none: free words, arguments, and what is left out. `q` may
also hold any other field as it is typed in the search, `queue:billing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from dashboard.adapters import terms as quotation
from dashboard.adapters.contract import InvalidRequest, Selector, State
from dashboard.language import gettext, ngettext, number
from dashboard.search import grammar
from dashboard.search.grammar import WORD, Term
from dashboard.search.moments import moment, seconds
from dashboard.search.moments import words as date_words

__all__ = [
    "PARAMETERS", "TEXT_FIELDS", "address", "described", "meant", "moment", "parse", "read", "state", "terms_of",
    "to_query",
]  # fmt: skip

TEXT_FIELDS = ("source", "queue", "type", "fingerprint", "error", "worker", "version")
PARAMETERS = (*TEXT_FIELDS, "state", "since", "until", "q")
_INSTANT = 1e-6
"""Seconds by which `-since:` ends before that time: both bounds of a filter belong to it."""


def parse(
    query: Mapping[str, str],
    now: float,
    *,
    default_state: State | None = None,
    fixed: Mapping[str, str] | None = None,
) -> Selector:
    """The selector a query string means; parameters that are no filters are ignored.

    Args:
        query: `source queue state type fingerprint error worker version q since until`, each once; `q` any number.
        now: unix seconds, for times such as `24h`.
        default_state: the state when none is given.
        fixed: fields that the address itself holds; their parameters are not read.

    Raises:
        InvalidRequest: a value is not understood; nothing may be shown or done as if it were not there.
    """
    return meant(read(query, fixed), now, default_state=default_state)


def read(
    query: Mapping[str, str], fixed: Mapping[str, str] | None = None, more: Iterable[Term] = ()
) -> tuple[Term, ...]:
    """The terms of a query string and `more`, times as they were typed. Raises InvalidRequest."""
    at = dict(fixed or {})
    given = {name: query.get(name, "").strip() for name in PARAMETERS if name not in (WORD, *at)} | at
    for name, value in given.items():
        if len(value) > grammar.LONGEST:
            raise InvalidRequest(
                gettext("%(name)s: at most %(num)s characters", name=name, num=number(grammar.LONGEST))
            )
    texts = query.getlist(WORD) if isinstance(query, MultiDict) else [query.get(WORD, "")]
    typed = grammar.terms(" ".join(texts))
    if "state" not in at and any(term.name == "state" and not term.negated for term in typed):
        given.pop("state", None)  # a typed state wins over the open tab
    own = tuple(Term(name, value) for name, value in given.items() if value)
    return _each_once((*own, *typed, *more))


def meant(terms: Iterable[Term], now: float, *, default_state: State | None = None) -> Selector:
    """The selector of terms. Raises InvalidRequest."""
    words: list[str] = []
    single: dict[str, str] = {}
    arguments: list[tuple[str, str]] = []
    excluded: list[tuple[str, str]] = []
    bounds: dict[str, list[float]] = {"since": [], "until": []}
    for term in terms:
        if term.name in bounds:
            _bound(bounds, term, now)
        elif term.negated:
            excluded.append((term.name, term.value))
        elif term.name == WORD:
            words.append(grammar.word(term))
        elif term.path:
            arguments.append((term.path, term.value))
        else:
            single[term.name] = term.value
    chosen = state(single.pop("state", "")) or default_state
    _refuse_contradiction(single, chosen, excluded)
    return Selector(
        source=single.get("source", ""),
        queue=single.get("queue", ""),
        type=single.get("type", ""),
        fingerprint=single.get("fingerprint", ""),
        error=single.get("error", ""),
        worker=single.get("worker", ""),
        version=single.get("version", ""),
        state=chosen,
        since=max(bounds["since"], default=None),
        until=min(bounds["until"], default=None),
        q=" ".join(words),
        args=tuple(arguments),
        excluded=tuple(excluded),
    )


def _each_once(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Every field has one value, as a job has; what is left out may have many."""
    found = tuple(dict.fromkeys(terms))
    values: dict[str, str] = {}
    for term in found:
        if term.name != WORD and not term.negated and values.setdefault(term.name, term.value) != term.value:
            first, second = values[term.name][:60], term.value[:60]
            raise InvalidRequest(
                gettext(
                    "%(name)s is given twice, as %(first)s and %(second)s; leave one out",
                    name=term.name, first=repr(first), second=repr(second),
                )
            )  # fmt: skip
    return found


def _bound(bounds: dict[str, list[float]], term: Term, now: float) -> None:
    at = moment(term.value, now, term.name)
    if at is None:
        return
    if not term.negated:
        bounds[term.name].append(at)
    elif term.name == "since":
        bounds["until"].append(at - _INSTANT)
    else:
        bounds["since"].append(at + _INSTANT)


def _refuse_contradiction(single: Mapping[str, str], chosen: State | None, excluded: Sequence[tuple[str, str]]) -> None:
    for name, value in excluded:
        if name == "state":
            state(value)
        if value == (chosen if name == "state" else single.get(name)):
            raise InvalidRequest(
                gettext(
                    "%(name)s %(value)s is both wanted and left out; take one of them away",
                    name=name, value=repr(value[:60]),
                )
            )  # fmt: skip


def state(text: str) -> State | None:
    """The state a word names; None for an empty one. Raises InvalidRequest."""
    if not text:
        return None
    try:
        return State(text)
    except ValueError as error:
        raise InvalidRequest(
            gettext("state %(text)s: use one of %(known)s", text=repr(text[:60]), known=", ".join(State))
        ) from error


def terms_of(selector: Selector) -> tuple[Term, ...]:
    """The terms that mean a selector, its ids aside."""
    single = {name: getattr(selector, name) for name in (*TEXT_FIELDS, "state")}
    times = {"since": selector.since, "until": selector.until}
    return (
        *(Term(name, str(value)) for name, value in single.items() if value),
        *(Term(name, seconds(value)) for name, value in times.items() if value is not None),
        *(Term(WORD, each) for each in quotation.split(selector.q)),
        *(Term(f"{grammar.ARGUMENT}{path}", value) for path, value in selector.args),
        *(Term(name, value, negated=True) for name, value in selector.excluded),
    )


def address(terms: Iterable[Term]) -> dict[str, str]:
    """The query string of terms: a parameter for each field that has one, `q` for everything else."""
    own: dict[str, str] = {}
    others: list[Term] = []
    for term in terms:
        if term.name in PARAMETERS and term.name != WORD and not term.negated and term.value == term.value.strip():
            own[term.name] = term.value
        else:
            others.append(term)
    return {**own, WORD: grammar.text(others)} if others else own


def to_query(selector: Selector) -> dict[str, str]:
    """The query string of a selector without its ids; empty fields are left out."""
    return address(terms_of(selector))


def described(selector: Selector) -> str:
    """The selector in words as they are typed in the search: `queue:billing error:KeyError`."""
    shown = [_with_date(term) for term in terms_of(selector) if term.name != "state" or term.negated]
    words = [grammar.word(term) for term in shown]
    words += [ngettext("%(num)s chosen jobs", "%(num)s chosen jobs", len(selector.ids))] if selector.ids else []
    return " ".join(words) or gettext("everything")


def _with_date(term: Term) -> Term:
    return replace(term, value=date_words(float(term.value))) if term.name in ("since", "until") else term
