"""Answers as JSON."""

from __future__ import annotations

import json

import pytest
from flask import Flask, jsonify

from dashboard.json_answers import JSONAnswers


@pytest.fixture
def app() -> Flask:
    app = Flask("answers")
    app.json = JSONAnswers(app)
    return app


@pytest.mark.parametrize("value", [2**63, 2**200, -(2**64), "\ud800", {"ä": [None, True, 1.5, "€"]}, []])
def test_any_value_that_a_job_may_hold_is_written(app: Flask, value: object) -> None:
    with app.test_request_context():
        response = jsonify(data=value)
    told = json.loads(response.data.decode())
    assert told == {"data": "?" if value == "\ud800" else value}
    assert response.mimetype == "application/json"


def test_what_is_no_number_in_json_is_null(app: Flask) -> None:
    with app.test_request_context():
        assert json.loads(jsonify([float("nan"), float("inf")]).data) == [None, None]


def test_fields_keep_their_order(app: Flask) -> None:
    with app.test_request_context():
        assert app.json.dumps({"b": 1, "a": 2}) == '{"b":1,"a":2}'


def test_what_json_does_not_know_is_refused(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(TypeError):
        jsonify(object())
