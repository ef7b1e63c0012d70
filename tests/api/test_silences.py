"""Silences and maintenance windows over the API."""

from __future__ import annotations

import pytest

from tests.api.conftest import Call
from tests.api.test_reading import problem


def test_one_is_made_listed_and_ended(call: Call) -> None:
    given = {"matchers": ["queue=billing", "rule~too-*"], "comment": "restore", "duration_seconds": 1800}
    reply = call("POST", "/alerts/silences", json=given)
    made = reply.get_json()
    assert (reply.status_code, made["state"], made["author"], made["comment"]) == (201, "active", "api", "restore")
    assert made["matchers"][1] == {"name": "rule", "operator": "~", "value": "too-*", "text": "rule~too-*"}
    (listed,) = call("GET", "/alerts/silences").get_json()["items"]
    assert listed == made
    ended = call("DELETE", f"/alerts/silences/{made['id']}").get_json()
    assert (ended["state"], ended["ended_by"]) == ("expired", "api")
    assert call("DELETE", f"/alerts/silences?id={made['id']}").get_json()["ends_at"] == ended["ends_at"]
    problem(call("DELETE", "/alerts/silences/none"), 404)


def test_it_may_end_at_a_time_or_with_what_it_means(call: Call) -> None:
    body = {"matchers": ["queue=a"], "ends_at": "2999-01-01T00:00:00Z"}
    problem(call("POST", "/alerts/silences", json=body), 400)
    until = call("POST", "/alerts/silences", json={"matchers": ["queue=a"], "until_resolved": True}).get_json()
    assert until["until_resolved"] is True


def test_one_gets_another_end_or_reason(call: Call) -> None:
    made = call("POST", "/alerts/silences", json={"matchers": ["queue=a"], "duration_seconds": 1800}).get_json()
    path = f"/alerts/silences/{made['id']}"
    longer = call("PATCH", path, json={"extend_seconds": 3600, "revision": made["revision"]}).get_json()
    assert longer["ends_at"] > made["ends_at"]
    problem(call("PATCH", path, json={"extend_seconds": 3600, "revision": made["revision"]}), 409)
    named = call("PATCH", path, json={"comment": "restore"}).get_json()
    assert (named["comment"], named["ends_at"]) == ("restore", longer["ends_at"])
    both = call("PATCH", path, json={"comment": "more", "extend_seconds": 60}).get_json()
    assert (both["comment"], both["ends_at"] > longer["ends_at"]) == ("more", True)
    until = call("PATCH", path, json={"until_resolved": True}).get_json()
    assert until["until_resolved"] is True
    for further in ({}, {"comment": "other"}):
        problem(call("PATCH", path, json={"extend_seconds": 3600, **further}), 400)
    assert call("GET", "/alerts/silences").get_json()["items"] == [until]
    for wrong in ({}, {"extend_seconds": 60, "until_resolved": True}, {"extend_seconds": 0}, {"matchers": ["queue=b"]}):
        problem(call("PATCH", path, json=wrong), 422)
    call("DELETE", path)
    problem(call("PATCH", path, json={"comment": "late"}), 409)
    problem(call("PATCH", "/alerts/silences/none", json={"comment": "x"}), 404)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"matchers": ["colour=red"], "duration_seconds": 60}, 400),
        ({"matchers": [], "duration_seconds": 60}, 422),
        ({"matchers": ["queue=a"]}, 422),
        ({"matchers": ["queue=a"], "duration_seconds": 60, "until_resolved": True}, 422),
        ({"matchers": ["queue=a"], "duration_seconds": -1}, 422),
        ({"matchers": ["queue=a"], "duration_seconds": 60, "colour": 1}, 422),
    ],
)
def test_what_is_not_possible_is_refused_and_nothing_is_kept(call: Call, wrong: dict[str, object], status: int) -> None:
    problem(call("POST", "/alerts/silences", json=wrong), status)
    assert call("GET", "/alerts/silences").get_json()["items"] == []


def test_a_list_goes_on_with_its_cursor(call: Call) -> None:
    for number in range(3):
        call("POST", "/alerts/silences", json={"matchers": [f"queue=q{number}"], "duration_seconds": 60})
    first = call("GET", "/alerts/silences?limit=2").get_json()
    second = call("GET", f"/alerts/silences?limit=2&cursor={first['next_cursor']}").get_json()
    assert len({each["id"] for each in first["items"] + second["items"]}) == 3
    assert call("GET", "/alerts/windows").get_json() == {"items": [], "next_cursor": None}
