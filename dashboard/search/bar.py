"""The filter bar: what is chosen as chips that can be taken away, free words in the box, and the addresses of both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dashboard import selectors
from dashboard.language import N_, gettext
from dashboard.search import grammar
from dashboard.search.grammar import WORD, Term

SINCE_CHOICES = (
    ("", N_("Any time")), ("1h", N_("Last hour")), ("24h", N_("Last 24 hours")), ("7d", N_("Last 7 days")),
)  # fmt: skip
HELP = "source: queue: type: error: worker: version: fingerprint: since: until: args.PATH:"


@dataclass(frozen=True, slots=True)
class Chip:
    """One chosen term: the hidden field that keeps it, how it is shown, and the address without it."""

    name: str
    value: str
    negated: bool
    field: str
    text: str
    remove_url: str

    @property
    def words(self) -> str:
        """The chip for who hears it."""
        said = " ".join((self.name or gettext("text"), self.value))
        return gettext("not %(term)s", term=said) if self.negated else said


class Bar:
    """A filter as it is shown above a list.

    Args:
        terms: the filter, without what the address itself holds.
        here: the address of the list without its query string.
        others: parameters that are no filter and are kept in every link.
        controls: fields that have a control of their own; they are no chips unless they are left out.
    """

    def __init__(
        self, terms: Sequence[Term], here: str, others: Mapping[str, str], controls: Collection[str] = ("state",)
    ) -> None:
        self.terms = tuple(terms)
        self.here = here
        self.others = dict(others)
        self.controls = controls

    @property
    def box(self) -> str:
        """What stands in the search box."""
        return grammar.text(term for term in self.terms if term.name == WORD and not term.negated)

    @property
    def chips(self) -> list[Chip]:
        """What is chosen besides."""
        return [self._chip(term) for term in self.terms if term.negated or term.name not in (*self.controls, WORD)]

    def value(self, name: str) -> str:
        """What a control shows as chosen."""
        return next((term.value for term in self.terms if term.name == name and not term.negated), "")

    def url(self, without: Term | None = None, instead: Term | None = None, **more: str | None) -> str:
        """The list with this filter, without or with another term, and with further parameters."""
        terms = [instead if instead and term == without else term for term in self.terms]
        kept = [term for term in terms if term != without]
        return address(self.here, {**selectors.address(kept), **self.others, **more})

    @property
    def clear_url(self) -> str:
        """The list without its filter, in the same state."""
        return address(self.here, {"state": self.value("state"), **self.others})

    def query(self, **more: str) -> dict[str, str]:
        """The filter as a query string, with further parameters."""
        return {**selectors.address(self.terms), **more}

    @property
    def whole_url(self) -> str:
        """The list of all jobs of these queues in this state."""
        kept = [term for term in self.terms if term.name in ("source", "queue", "state") and not term.negated]
        return address(self.here, {**selectors.address(kept), **self.others})

    def _chip(self, term: Term) -> Chip:
        own = selectors.address([term])
        field, text = next(iter(own.items()))
        name = "" if term.name == WORD else term.name
        return Chip(name, term.value, term.negated, field, text, self.url(without=term))


def bar_of(
    query: Mapping[str, str], terms: Sequence[Term], here: str, *, fixed: Collection[str] = (),
    controls: Collection[str] = ("state",),
) -> Bar:  # fmt: skip
    """The bar of a page: `terms` is its filter, everything else of its query string is kept."""
    shown = [term for term in terms if term.name not in fixed or term.negated]
    ours = {*selectors.PARAMETERS, "cursor", "before", *fixed}
    return Bar(shown, here, {name: value for name, value in query.items() if value and name not in ours}, controls)


def refused(query: Mapping[str, str], here: str, *, fixed: Collection[str] = ()) -> Bar:
    """The bar of a filter that is not understood: its parameters as they are, what was typed back in the box."""
    own = [Term(name, query[name]) for name in selectors.PARAMETERS if query.get(name) and name not in (*fixed, WORD)]
    return bar_of(query, own, here, fixed=fixed)


def since_choices(value: str) -> list[tuple[str, str]]:
    """The choices of the time filter, with the one in use among them."""
    known = [(each, gettext(words)) for each, words in SINCE_CHOICES]
    return known if value in dict(known) else [*known, (value, gettext("Since %(time)s", time=value[:25]))]


def help_words() -> str:
    """What may be typed in the box."""
    return gettext("Words: %(words)s, - leaves out", words=HELP)


def address(here: str, query: Mapping[str, Any]) -> str:
    """An address with its query string; empty values are left out."""
    text = urlencode({name: value for name, value in query.items() if value})
    return f"{here}?{text}" if text else here
