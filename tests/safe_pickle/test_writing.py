"""A pickled dict with other values for some keys, which its application unpickles as if it had written it."""

from __future__ import annotations

import datetime as dt
import pickle
import zoneinfo
from typing import Any

import pytest

from dashboard.safe_pickle import Global, Opaque, UnsafePickle, append_items, decode
from tests.safe_pickle.classes import Money

WHEN = dt.datetime(2030, 2, 3, 4, 5, 6, 7, tzinfo=dt.UTC)
JOB: dict[str, Any] = {"id": "j", "next_run_time": WHEN, "big": "y" * 70_000, "n": 1, "held": [1, (2,)]}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_changed_keys_are_unpickled_with_all_others_as_they_were(protocol: int) -> None:
    changes = {"next_run_time": None, "name": "né", "n": -7, "part": 0.5, "on": True, "off": False, "at": WHEN}
    changed = append_items(pickle.dumps(JOB, protocol), changes)
    assert pickle.loads(changed) == {**JOB, **changes}
    assert decode(changed) == {**JOB, **changes}


def test_a_change_may_follow_a_change() -> None:
    once = append_items(pickle.dumps(JOB), {"next_run_time": None})
    assert pickle.loads(append_items(once, {"next_run_time": WHEN})) == JOB


def test_objects_of_the_application_are_kept() -> None:
    changed = pickle.loads(append_items(pickle.dumps({"pay": Money(3, "EUR"), "n": 1}), {"n": 2}))
    assert (changed["pay"].amount, changed["n"]) == (3, 2)


def test_a_time_of_any_zone_is_the_same_instant() -> None:
    when = dt.datetime(2026, 7, 1, 12, tzinfo=zoneinfo.ZoneInfo("Asia/Tokyo"))
    assert pickle.loads(append_items(pickle.dumps({}), {"at": when}))["at"] == when


def test_an_object_of_a_class_that_is_made_of_its_state_is_unpickled() -> None:
    made = Opaque(Global("tests.safe_pickle.classes", "Money"), state={"amount": 3, "currency": "EUR"})
    changed = append_items(pickle.dumps({"pay": None}), {"pay": made})
    pay = pickle.loads(changed)["pay"]
    assert isinstance(pay, Money)
    assert vars(pay) == {"amount": 3, "currency": "EUR"}
    assert decode(changed)["pay"].state == vars(pay)
    with pytest.raises(TypeError):
        append_items(pickle.dumps({}), {"pay": Opaque(Global("os", "system"), ("echo",))})


@pytest.mark.parametrize("value", [[], ["a"], Money(1, "EUR"), "text", None])
def test_what_is_no_dict_is_refused(value: Any) -> None:
    with pytest.raises(UnsafePickle, match="no dict"):
        append_items(pickle.dumps(value), {"a": 1})


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, dt.datetime(2026, 1, 1), [1], b"x"])  # noqa: DTZ001
def test_a_value_that_cannot_be_written_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        append_items(pickle.dumps({}), {"a": value})
