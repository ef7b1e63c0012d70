"""A queue or a job of any name has an address of its own, on every page and in the API."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import redis
from flask import Flask, url_for
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from rq import Queue

from dashboard.app import create_app
from dashboard.attention import alert_link
from dashboard.names_in_addresses import read, written
from dashboard.settings import Settings, SourceSettings
from tests.web.conftest import words

ODD = ["a/b", "/", "//", "..", ".", "../../etc", "~", "~2F", "a~b", "", " ", "<b>x</b>", "%2F", "a%252Fb", "ä/ö", "\n",
       "\x00", "💥/💥", "a?b#c", "a\\b", "jobs", "x/pause", "a;b", "\u202e/"]  # fmt: skip
USUAL = ["emails", "mail.high-1_x", "8d7e7a3c-2f7a-4b8e-9d0a-3a3f0c1d2e3f", "mail:nightly", "x y", "ä", "a%b", "a+b@c"]


@pytest.fixture(scope="module")
def empty() -> Flask:
    return create_app(Settings())


@given(st.text())
def test_every_name_is_read_as_it_was_written(name: str) -> None:
    part = written(name)
    assert read(part) == name
    assert "/" not in part
    assert part.strip(".")


@pytest.mark.parametrize("name", USUAL)
def test_usual_names_are_written_as_they_are(name: str) -> None:
    assert written(name) == read(name) == name


def test_bytes_that_are_no_text_are_read_as_they_were_written() -> None:
    name = b"\xff/\xfe".decode("utf-8", "surrogateescape")
    assert written(name) == "~FF~2F~FE"
    assert read("~FF~2F~FE") == name


@pytest.mark.parametrize("endpoint", ["alerts.rule", "rules.edit", "rules.ask"])
def test_a_rule_that_is_called_as_the_address_of_the_form_has_an_address_too(empty: Flask, endpoint: str) -> None:
    with empty.test_request_context("/"):
        path = url_for(endpoint, name="new")
        assert empty.url_map.bind("localhost").match(path) == (endpoint, {"name": "new"})


@pytest.mark.parametrize("name", [*ODD, *USUAL])
def test_the_address_of_a_name_leads_to_it_again(empty: Flask, name: str) -> None:
    with empty.test_request_context("/"):
        for endpoint, names in (
            ("queue.show", {"source": "main", "queue": name}),
            ("job.show", {"source": "main", "queue": name, "job_id": name}),
            ("job_actions.act", {"source": "main", "queue": name, "job_id": name, "action": "requeue"}),
            ("queue.pause", {"source": "main", "queue": name}),
            ("schedules.show", {"source": "main", "schedule_id": name}),
        ):
            method = "GET" if endpoint.endswith("show") else "POST"
            address = url_for(endpoint, **names)
            with empty.test_request_context(address, method=method) as context:
                context.match_request()
                assert (context.request.endpoint, context.request.view_args) == (endpoint, names)


@pytest.mark.parametrize("name", ["a/b", "<b>x</b>", "..", "~2F", "ä/ö"])
def test_a_queue_of_any_name_has_its_pages(redis_url: str, name: str) -> None:
    job = Queue(name, connection=redis.Redis.from_url(redis_url)).enqueue("app.send", job_id="job-1")
    client: FlaskClient = create_app(
        Settings(sources=(SourceSettings(name="main", kind="rq", url=redis_url),))
    ).test_client()
    with client.application.test_request_context("/"):
        page = url_for("queue.show", source="main", queue=name)
        at = url_for("job.show", source="main", queue=name, job_id=job.id)
    listed = client.get("/queues")
    assert f'href="{page}"' in listed.text
    shown = client.get(page)
    assert shown.status_code == 200
    assert f'href="{at}"' in shown.text
    assert "app.send" in words(client.get(at))
    assert client.get(f"/api/v1{page}").get_json()["name"] == name
    assert client.get(f"/api/v1{at}").get_json()["queue"] == name


def test_an_alert_leads_to_a_queue_of_any_name(app: Flask) -> None:
    alert: Any = SimpleNamespace(metric="oldest_pending_seconds", source="main", queue="a/b", type="", group="")
    with app.test_request_context("/"):
        assert alert_link(alert) == "/queues/main/a~2Fb"
