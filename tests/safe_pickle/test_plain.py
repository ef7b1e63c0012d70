"""A decoded value as JSON, so that filters, comparisons and the hiding of secrets work as for any job."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from dashboard.redaction import Redaction
from dashboard.safe_pickle import as_json, decode, plain, render
from tests.safe_pickle.classes import Money, shell

CLASS = "<tests.safe_pickle.classes.Money>"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def of(value: Any, **bounds: int) -> Any:
    return plain(decode(pickle.dumps(value)), **bounds)


@given(JSON)
def test_what_json_knows_is_exact(value: Any) -> None:
    found = as_json(decode(pickle.dumps(value)))
    assert (found.value, found.whole, found.exact) == (value, True, True)


def test_what_json_does_not_know_becomes_its_text() -> None:
    when = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    made = {
        "when": when, "day": when.date(), "long": dt.timedelta(hours=1), "price": Decimal("9.99"), "id": UUID(int=1),
        "raw": b"\x00x", "nan": float("nan"), "set": {3, 1, 2}, "pair": (1, (2,)), 7: "seven", None: 0,
    }  # fmt: skip
    assert of(made) == {
        "when": "2026-01-02 03:04:05+00:00", "day": "2026-01-02", "long": "1:00:00", "price": "9.99",
        "id": "00000000-0000-0000-0000-000000000001", "raw": "b'\\x00x'", "nan": "nan", "set": [1, 2, 3],
        "pair": [1, [2]], "7": "seven", "None": 0,
    }  # fmt: skip
    found = as_json(decode(pickle.dumps((1,))))
    assert (found.whole, found.exact) == (True, False)


def test_an_object_is_shown_by_its_class_with_its_fields() -> None:
    assert of({"pay": Money(3, "EUR")}) == {"pay": {CLASS: {"amount": 3, "currency": "EUR"}}}
    assert of(shell("echo")) == f"<{shell('').what.__module__}.system('echo')>"


def test_secrets_inside_objects_are_hidden() -> None:
    held = Money(3, "EUR")
    held.password = "hunter2"  # type: ignore[attr-defined]
    shown = Redaction(["password"]).value(of([held, {"password": "hunter2"}]))
    assert shown.hidden == 2
    assert "hunter2" not in repr(shown.value)


def test_members_of_a_set_are_in_one_order() -> None:
    assert of({"b", "a", "d", "c"}) == ["a", "b", "c", "d"]
    assert render(decode(pickle.dumps({"b", "a"}))) == "{'a', 'b'}"


def test_what_is_too_much_is_cut_and_said_to_be() -> None:
    assert of(list(range(10)), items=4) == [0, 1, 2, "…"]
    assert of({"a": "x" * 10}, characters=5) == {"a": "xxxx…"}
    assert of([[[[1]]]], depth=2) == [["[[1]]"]]
    for value in (list(range(9_000)), "x" * 70_000, b"x" * 300):
        assert not as_json(value).whole


def test_numbers_that_take_long_to_write_are_told_by_their_size() -> None:
    assert of(2**100) == 2**100
    assert of(2**10_000) == "<int of 10001 bits>"


def test_a_value_that_holds_itself_is_cut() -> None:
    loop: dict[str, Any] = {}
    loop["self"] = loop
    json.dumps(of(loop))
    assert len(render(decode(pickle.dumps(loop)))) < 200


def test_values_are_rendered_as_python_writes_them() -> None:
    value = {"a": (1,), "b": [1.5, None, True], "c": set(), "d": b"x", "e": "it's", "f": Money(1, "EUR")}
    assert render(decode(pickle.dumps(value))) == (
        "{'a': (1,), 'b': [1.5, None, True], 'c': set(), 'd': b'x', 'e': \"it's\","
        " 'f': <tests.safe_pickle.classes.Money {'amount': 1, 'currency': 'EUR'}>}"
    )
    assert render(list(range(60)), items=3) == "[0, 1, 2, …]"
    assert render("x" * 500, characters=10) == "'xxxxxxxxx…"
