"""Addresses that templates make."""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from dashboard.app import create_app
from dashboard.settings import Settings

NAMES = ["plain", "with space", "a/b", "ä%25?#", "..", "<script>", "\u202e", "q" * 200]


@pytest.fixture
def app() -> Flask:
    return create_app(Settings())


@pytest.mark.parametrize("name", NAMES)
def test_a_remembered_address_is_the_one_that_was_made(app: Flask, name: str) -> None:
    remembered = app.jinja_env.globals["url_for"]
    values = {"source": "main", "queue": name, "job_id": f"{name}-1"}
    with app.test_request_context("/"):
        made = url_for("job.show", **values)
        assert [remembered("job.show", **values) for _ in range(3)] == [made] * 3


def test_addresses_of_one_mount_point_are_not_given_at_another(app: Flask) -> None:
    remembered = app.jinja_env.globals["url_for"]
    told = []
    for root in ("", "/ops", ""):
        with app.test_request_context("/", base_url=f"http://localhost{root}"):
            told.append(remembered("dead.index", queue="mail"))
    assert told == ["/dead?queue=mail", "/ops/dead?queue=mail", "/dead?queue=mail"]


def test_a_number_and_a_truth_are_not_mistaken_for_each_other(app: Flask) -> None:
    remembered = app.jinja_env.globals["url_for"]
    with app.test_request_context("/"):
        assert remembered("dead.index", page=1) == "/dead?page=1"
        assert remembered("dead.index", page=True) == "/dead?page=True"
