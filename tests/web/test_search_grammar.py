"""The grammar of the search: what is read, written and read again means the same, and nothing is ever dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from dashboard import selectors
from dashboard.adapters import terms as quotation
from dashboard.adapters.contract import InvalidRequest, Selector, State
from dashboard.search import grammar
from dashboard.search.grammar import Term

NOW = 1_764_000_000.0

_VALUES = st.text(min_size=1, max_size=12)
_ODD = st.sampled_from(["queue:x", '"', "-", "--a", "a b", "args.x:1", "\\", 'a"b', "-type:", ":", "http://x", '\\"'])
_ANY_VALUE = _VALUES | _ODD
_PATHS = st.sampled_from(["customer.id", "to", "a b", "x:y", 'q"q', "-"]) | _VALUES
_NAMES = st.sampled_from([*grammar.FIELDS, grammar.WORD])
_TERMS = st.builds(Term, _NAMES | _PATHS.map(lambda path: f"args.{path}"), _ANY_VALUE, st.booleans())


def meant(q: str, **more: str) -> Selector:
    return selectors.parse({"q": q, **more}, NOW)


@given(st.lists(_TERMS, max_size=8, unique=True))
def test_terms_that_are_written_are_read_as_they_were(terms: list[Term]) -> None:
    assert grammar.terms(grammar.text(terms)) == tuple(terms)


@given(st.text(max_size=40))
def test_any_text_is_refused_or_keeps_its_meaning(text: str) -> None:
    try:
        terms = grammar.terms(text)
    except InvalidRequest:
        return
    assert grammar.terms(grammar.text(terms)) == terms


@st.composite
def filters(draw: st.DrawFn) -> Selector:
    single = {name: draw(st.just("") | _ANY_VALUE) for name in selectors.TEXT_FIELDS}
    excluded = draw(st.lists(st.tuples(st.sampled_from([*selectors.TEXT_FIELDS, "q", "args.a.b"]), _ANY_VALUE)))
    return Selector(
        **single,  # type: ignore[arg-type]
        state=draw(st.sampled_from([None, *State])),
        since=draw(st.none() | st.integers(0, 2_000_000_000).map(float)),
        until=draw(st.none() | st.integers(0, 2_000_000_000).map(float)),
        q=grammar.text(Term("q", each) for each in dict.fromkeys(draw(st.lists(_ANY_VALUE, max_size=3)))),
        args=tuple(draw(st.dictionaries(_PATHS, st.just("") | _ANY_VALUE, max_size=3)).items()),
        excluded=tuple(dict.fromkeys(each for each in excluded if single.get(each[0]) != each[1])),
    )


@given(filters())
def test_a_filter_keeps_its_meaning_through_a_query_string(selector: Selector) -> None:
    assert selectors.parse(selectors.to_query(selector), NOW + 500) == selector


@given(filters())
def test_no_field_of_a_filter_is_left_out_of_its_words(selector: Selector) -> None:
    words = selectors.described(selector)
    assert words == "everything" or selector.narrowed(state=None) != Selector()
    for name in selectors.TEXT_FIELDS:
        assert bool(getattr(selector, name)) <= (f"{name}:" in words)
    for path, value in selector.args:
        assert grammar.word(Term(f"args.{path}", value)) in words
    for name, value in selector.excluded:
        assert grammar.word(Term(name, value, negated=True)) in words


def test_words_narrow_and_a_minus_leaves_out() -> None:
    found = meant('queue:billing -type:sync error:"timed out" args.customer.id:42 -args.plan:free refund -"try again"')
    assert found == Selector(
        queue="billing", error="timed out", q="refund", args=(("customer.id", "42"),),
        excluded=(("type", "sync"), ("args.plan", "free"), ("q", "try again")),
    )  # fmt: skip


def test_worker_and_version_have_parameters_of_their_own() -> None:
    assert meant("worker:mail-1 version:2.3") == selectors.parse({"worker": "mail-1", "version": "2.3"}, NOW)


def test_bare_words_are_terms_and_quotation_marks_keep_them_together() -> None:
    assert quotation.split(meant("KeyError tax").q) == ("KeyError", "tax")
    assert quotation.split(meant('"tax region"').q) == ("tax region",)
    assert quotation.split(meant('"queue:x" http://example.com:80 KeyError:').q) == (
        "queue:x", "http://example.com:80", "KeyError:",
    )  # fmt: skip


def test_a_backslash_in_a_quotation_is_kept() -> None:
    assert quotation.split(meant(r'"C:\temp \"x\""').q) == (r'C:\temp "x"',)


def test_times_can_be_left_out_like_everything_else() -> None:
    assert meant("-since:1h").until == pytest.approx(NOW - 3_600, abs=0.001)
    assert meant("-until:1764000000 until:1764000100").since == pytest.approx(NOW, abs=0.001)


def test_several_search_parameters_are_one_search() -> None:
    assert selectors.parse(MultiDict([("q", "-type:sync"), ("q", "tax")]), NOW) == meant("-type:sync tax")


@pytest.mark.parametrize(
    ("q", "says"),
    [("quue:billing", "did you mean queue:"), ("-foo:x", "no word of the search"), ("queue:", "needs a value"),
     ("args.:x", "path of an argument"), ('error:"open', "not closed"), ('"a"b', "space after"), ('""', "text between"),
     ("queue:a queue:b", "given twice"), ("queue:a -queue:a", "both wanted and left out"), ("state:dead", "use one of"),
     ("-state:dead", "use one of"),  ("since:soon", "such as 24h"), ("x" * 501, "at most 500"),
     (" ".join(f"w{number}" for number in range(41)), "at most 40"), ("args.a:1 args.a:2", "given twice"),
     ("since:9999999999d", "such as 24h")],
)  # fmt: skip
def test_what_is_not_understood_is_refused_and_says_what_to_do(q: str, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        meant(q)


def test_what_the_address_holds_cannot_be_searched_away() -> None:
    with pytest.raises(InvalidRequest, match="given twice"):
        selectors.parse({"q": "queue:other"}, NOW, fixed={"queue": "billing"})
    assert selectors.parse({"queue": "other"}, NOW, fixed={"queue": "billing"}).queue == "billing"
