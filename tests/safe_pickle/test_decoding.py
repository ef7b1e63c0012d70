"""A pickle's value is described without unpickling."""

from __future__ import annotations

import datetime as dt
import pickle
import uuid
import zoneinfo
from collections import OrderedDict, deque
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.safe_pickle import Global, Limits, Opaque, UnsafePickle, Zoned, decode
from tests.safe_pickle.classes import Money, Named

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
keys = st.one_of(st.text(), st.integers(), st.binary(), st.booleans(), st.tuples(st.integers(), st.text()))
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary(), st.dates(),
    st.datetimes(), st.datetimes(timezones=st.just(dt.UTC)), st.times(), st.timedeltas(), st.uuids(),
    st.decimals(allow_nan=False), st.complex_numbers(allow_nan=False), st.frozensets(keys, max_size=4),
    st.sets(keys, max_size=4), st.binary().map(bytearray),
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.tuples(inner, inner), st.dictionaries(keys, inner, max_size=5),
        st.lists(inner, max_size=3).map(deque), st.dictionaries(keys, inner, max_size=3).map(OrderedDict),
    ),
    max_leaves=30,
)  # fmt: skip


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(value=values)
def test_a_value_of_builtin_types_comes_back_as_it_was(protocol: int, value: Any) -> None:
    assert decode(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_value_that_is_in_it_many_times_comes_back_once(protocol: int) -> None:
    shared = [uuid.UUID(int=7)]
    first, second, third = decode(pickle.dumps([shared, shared, shared[0]], protocol))
    assert first is second
    assert first == shared
    assert third == shared[0]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_list_that_holds_itself_is_decoded(protocol: int) -> None:
    loop: list[Any] = []
    loop.append(loop)
    found = decode(pickle.dumps(loop, protocol))
    assert found[0] is found


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_object_is_described_and_not_made(protocol: int) -> None:
    found = decode(pickle.dumps({"pay": Money(3, "EUR")}, protocol))["pay"]
    assert isinstance(found, Opaque)
    assert (found.name, found.state) == ("tests.safe_pickle.classes.Money", {"amount": 3, "currency": "EUR"})


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_is_appended_to_an_object_is_described(protocol: int) -> None:
    found = decode(pickle.dumps(Named(a=1), protocol))
    assert isinstance(found, Opaque)
    assert dict(found.pairs) == {"a": 1} or found.args == ({"a": 1},)


def test_a_function_is_a_name() -> None:
    assert decode(pickle.dumps(decode)) == Global("dashboard.safe_pickle.decoding", "decode")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_time_of_a_zone_that_is_not_made_keeps_its_clock_and_its_zone(protocol: int) -> None:
    when = dt.datetime(2026, 11, 24, 9, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    found = decode(pickle.dumps(when, protocol))
    assert isinstance(found, Zoned)
    assert (found.naive, found.zone_name) == (when.replace(tzinfo=None), "Europe/Berlin")
    assert found.text == "2026-11-24T09:30:00 [Europe/Berlin]"


def test_utc_of_any_library_is_utc() -> None:
    when = dt.datetime(2026, 11, 24, 9, 30, tzinfo=zoneinfo.ZoneInfo("UTC"))
    assert decode(pickle.dumps(when)) == when
    assert decode(b"cpytz\n_UTC\n)R.") is dt.UTC


def test_text_of_python_2_is_text() -> None:
    assert decode(b"U\x04caf\xe9q\x00.") == "caf\u00e9"


@pytest.mark.parametrize("size", [0, 1, 30])
def test_what_is_larger_than_allowed_is_refused(size: int) -> None:
    raw = pickle.dumps("x" * size)
    assert decode(raw, Limits(bytes=len(raw))) == "x" * size
    with pytest.raises(UnsafePickle, match="larger than"):
        decode(raw, Limits(bytes=len(raw) - 1))


def test_more_opcodes_than_allowed_are_refused() -> None:
    raw = pickle.dumps(list(range(1_000)))
    assert decode(raw) == list(range(1_000))
    with pytest.raises(UnsafePickle, match="opcodes"):
        decode(raw, Limits(opcodes=500))


def test_a_number_of_seconds_is_not_taken_for_a_decimal_of_a_million_digits() -> None:
    found = decode(pickle.dumps(Decimal("1." + "1" * 2_000)))
    assert isinstance(found, Opaque)
