"""What failed jobs have in common and succeeded ones do not, with answers that are known beforehand."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.contrast.comparison import FEWEST_JOBS, MOST_ROWS, Comparison, compare
from dashboard.contrast.facts import Kind
from dashboard.contrast.sample import Observation
from dashboard.redaction import HIDDEN, Redaction


def jobs(count: int, data: Callable[[int], Any]) -> list[Observation]:
    return [Observation(data(i), 1_000.0 + i) for i in range(count)]


def told(found: Comparison) -> list[tuple[str, Kind, str]]:
    return [(row.fact.path, row.fact.kind, row.fact.value) for row in found.rows]


def test_a_value_that_most_failures_share_is_told_with_both_shares() -> None:
    failed = jobs(200, lambda i: {"tenant": 42 if i < 196 else 7, "order": i})
    succeeded = jobs(200, lambda i: {"tenant": 42 if i < 6 else i % 40, "order": 900 + i})
    (row,) = compare(failed, succeeded).rows
    assert (row.fact.path, row.fact.kind, row.fact.value) == ("tenant", Kind.IS, "42")
    assert (row.failed, row.succeeded, row.failed_share, row.succeeded_share) == (196, 6, 0.98, 0.03)
    assert row.chance < 1e-80


def test_a_field_that_only_succeeded_jobs_have_is_missing() -> None:
    failed = jobs(30, lambda i: {"order": {"customer": {"id": i}}})
    succeeded = jobs(40, lambda i: {"order": {"customer": {"id": i, "tax_region": "DE" if i % 2 else "FR"}}})
    assert told(compare(failed, succeeded)) == [("order.customer.tax_region", Kind.MISSING, "")]


def test_what_an_absent_object_would_hold_is_not_missing_as_well() -> None:
    failed = jobs(30, lambda i: {"id": i})
    succeeded = jobs(30, lambda i: {"id": i, "customer": {"name": f"n{i}", "vat": "x"}})
    assert told(compare(failed, succeeded)) == [("customer", Kind.MISSING, "")]


@pytest.mark.parametrize(
    ("bad", "good", "kind", "value", "quoted"),
    [
        (None, "DE", Kind.IS, "null", False),
        ("", "DE", Kind.EMPTY, "", False),
        (True, 1, Kind.IS, "true", False),
        (1, True, Kind.IS, "1", False),
        ("1", 1, Kind.IS, "1", True),
        ("null", None, Kind.IS, "null", True),
        ([], ["a"], Kind.EMPTY, "", False),
        ({}, {"a": 1}, Kind.EMPTY, "", False),
        (0, 0.5, Kind.IS, "0", False),
        (-0.25, False, Kind.IS, "-0.25", False),
    ],
)
def test_values_of_other_types_are_other_values(bad: Any, good: Any, kind: Kind, value: str, quoted: bool) -> None:
    found = compare(jobs(25, lambda _: {"x": bad}), jobs(25, lambda _: {"x": good}))
    first = found.rows[0].fact
    assert (first.path, first.kind, first.value, first.quoted) == ("x", kind, value, quoted)


@pytest.mark.parametrize(
    ("bad", "good", "kind", "value"),
    [
        ("{}@full.example", "{}@customer.example", Kind.DOMAIN, "full.example"),
        ("https://legacy.example/{}", "https://partner.example/{}", Kind.HOST, "legacy.example"),
        ("products/{}.heic", "products/{}.png", Kind.ENDING, "heic"),
    ],
)
def test_texts_that_all_differ_are_told_by_what_they_share(bad: str, good: str, kind: Kind, value: str) -> None:
    failed = jobs(40, lambda i: {"to": bad.format(i)})
    succeeded = jobs(40, lambda i: {"to": good.format(i)})
    assert told(compare(failed, succeeded)) == [("to", kind, value)]


def test_a_range_of_numbers_that_all_differ_is_told_by_its_limit() -> None:
    chosen = random.Random(5)
    failed = jobs(60, lambda _: {"amount": chosen.randrange(90_000, 99_000)})
    succeeded = jobs(60, lambda _: {"amount": chosen.randrange(100, 80_000)})
    (row,) = compare(failed, succeeded).rows
    assert (row.fact.path, row.fact.kind) == ("amount", Kind.AT_LEAST)
    assert int(row.fact.value.replace(",", "")) > 70_000
    assert row.failed > 50
    assert row.succeeded < 5


def test_numbers_that_only_count_up_say_nothing() -> None:
    succeeded = [Observation({"order": 1_000 + i}, 50.0 + i) for i in range(100)]
    failed = [Observation({"order": 1_100 + i}, 150.0 + i) for i in range(100)]
    assert compare(failed, succeeded).rows == ()


def test_an_item_of_a_list_and_the_length_of_a_list_are_told() -> None:
    failed = jobs(40, lambda i: {"topics": ["Prices", f"t{i}"], "pages": list(range(40))})
    succeeded = jobs(40, lambda i: {"topics": [f"u{i}", f"t{i}"], "pages": list(range(i % 8, 8))})
    (row,) = compare(failed, succeeded).rows
    assert {(fact.path, fact.kind, fact.value) for fact in (row.fact, *row.also)} == {
        ("topics", Kind.HOLDS, "Prices"),
        ("pages", Kind.LENGTH, "32–63"),
    }


def test_values_that_go_together_are_one_line() -> None:
    failed = jobs(30, lambda i: {"tenant": 42, "plan": "gold", "id": i})
    succeeded = jobs(30, lambda i: {"tenant": i, "plan": "free", "id": i})
    (row,) = compare(failed, succeeded).rows
    assert {row.fact.path, *(fact.path for fact in row.also)} == {"tenant", "plan"}


def test_the_biggest_difference_comes_first_and_no_more_than_five() -> None:
    failed = jobs(100, lambda i: {f"k{n}": i >= n * 4 for n in range(12)})
    succeeded = jobs(100, lambda _: {f"k{n}": False for n in range(12)})
    rows = compare(failed, succeeded).rows
    assert len(rows) == MOST_ROWS
    assert [row.failed for row in rows] == sorted((row.failed for row in rows), reverse=True)


def test_a_hidden_value_is_never_compared() -> None:
    redaction = Redaction(("password",))
    failed = jobs(30, lambda i: redaction.value({"password": "same", "id": i}).value)
    succeeded = jobs(30, lambda i: redaction.value({"password": f"p{i}", "id": i}).value)
    assert compare(failed, succeeded).rows == ()
    without = compare(failed, jobs(30, lambda i: {"id": i}))
    assert told(without) == [("password", Kind.GIVEN, "")]
    assert HIDDEN not in str(without)


def test_too_few_jobs_say_nothing_at_all() -> None:
    many = jobs(50, lambda i: {"tenant": i})
    few = jobs(FEWEST_JOBS - 1, lambda _: {"tenant": 42})
    assert not compare(few, many).enough
    assert compare(few, many).rows == compare(many, few).rows == ()
    assert compare([], []).rows == ()


def test_small_differences_are_not_told() -> None:
    failed = jobs(200, lambda i: {"region": "DE" if i < 104 else "FR"})
    succeeded = jobs(200, lambda i: {"region": "DE" if i < 96 else "FR"})
    assert compare(failed, succeeded).rows == ()


def test_chance_alone_is_not_told() -> None:
    chosen = random.Random(11)

    def data(_: int) -> Any:
        return {f"k{n}": chosen.randrange(n + 2) for n in range(40)}

    assert [compare(jobs(60, data), jobs(60, data)).rows for _ in range(10)] == [()] * 10


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4))  # fmt: skip  # noqa: E501


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(JSON, min_size=10, max_size=14), st.lists(JSON, min_size=10, max_size=14))
def test_any_arguments_are_compared_within_bounds(first: list[Any], second: list[Any]) -> None:
    failed, succeeded = jobs(len(first), first.__getitem__), jobs(len(second), second.__getitem__)
    found = compare(failed, succeeded)
    assert len(found.rows) <= MOST_ROWS
    for row in found.rows:
        assert 0 <= row.succeeded_share < row.failed_share <= 1
        assert row.chance < 0.01
        assert len(row.fact.value) <= 81


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(JSON, min_size=10, max_size=20))
def test_the_same_jobs_never_differ(data: list[Any]) -> None:
    assert compare(jobs(len(data), data.__getitem__), jobs(len(data), data.__getitem__)).rows == ()
