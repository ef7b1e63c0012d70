"""Filters of the API: the same grammar as the search, and never wider than what was asked."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import Call
from tests.api.test_reading import problem
from tests.contract.seeders.queue_core import Seeder


def ids(call: Call, query: str) -> list[str]:
    return sorted(job["id"] for job in call("GET", f"/jobs?{query}").get_json()["items"])


def plan(call: Call, **selector: Any) -> int:
    body = {"action": "requeue", "selector": selector, "dry_run": True}
    matched: int = call("POST", "/operations", json=body).get_json()["matched"]
    return matched


def test_jobs_are_found_and_left_out_by_their_arguments(call: Call, seeder: Seeder) -> None:
    paid = seeder.failed("mail", 2, data={"customer": {"id": 42}, "plan": "paid"})
    free = seeder.failed("mail", 1, data={"customer": {"id": 7}, "plan": "free"})
    assert ids(call, "q=args.customer.id:42") == sorted(paid)
    assert ids(call, "q=-args.plan:paid") == free
    assert plan(call, args={"customer.id": 42}) == 2
    assert plan(call, excluded={"args.plan": ["paid"]}) == 1
    assert plan(call, q="args.customer.id:42 -args.plan:paid") == 0


def test_jobs_are_found_by_the_version_they_failed_on(call: Call, seeder: Seeder) -> None:
    old = seeder.failed("mail", 1, app_version="1.0")
    new = seeder.failed("mail", 2, app_version="2.0")
    assert ids(call, "version=1.0") == old
    assert ids(call, "q=-version:1.0") == sorted(new)
    assert plan(call, version="2.0") == 2


def test_every_word_of_a_search_has_to_be_found(call: Call, seeder: Seeder) -> None:
    seeder.failed("mail", 1, error="KeyError: tax region")
    assert len(ids(call, "q=region KeyError")) == 1
    assert ids(call, 'q="region tax"') == []


@pytest.mark.parametrize(
    "selector",
    [{"excluded": {"quue": ["mail"]}}, {"excluded": {"type": []}}, {"excluded": {}}, {"args": {}}, {"args": {"": 1}},
     {"args": {"a": [1]}}, {"q": "-quue:mail"}, {"q": 'error:"open'}, {"worker": ""}, {"queue": "a", "q": "queue:b"},
     {"queue": "a", "excluded": {"queue": ["a"]}}, {"since": -1}],
)  # fmt: skip
def test_a_filter_that_is_not_understood_selects_nothing(
    client: FlaskClient, call: Call, seeder: Seeder, selector: dict[str, Any]
) -> None:
    seeder.failed("mail", 1)
    answer = call("POST", "/operations", json={"action": "requeue", "selector": selector})
    problem(answer, answer.status_code)
    assert answer.status_code in (400, 422)
    assert call("GET", "/operations").get_json()["items"] == []


def test_the_longest_page_goes_on_too(call: Call, seeder: Seeder) -> None:
    seeder.failed("mail", 203)
    first = call("GET", "/jobs?limit=200").get_json()
    assert len(first["items"]) == 200
    assert len(call("GET", f"/jobs?limit=200&cursor={first['next_cursor']}").get_json()["items"]) == 3
