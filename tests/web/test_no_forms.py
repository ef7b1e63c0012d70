"""Who may change nothing is shown no form that would: on any page of the URL map, and is told whom to ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.services import Services
from dashboard.settings import Settings, SourceSettings
from tests.accounts import sign_in
from tests.browser.pages import NO_PAGES, World
from tests.contract.seeders.queue_core import Seeder
from tests.web.accounts import app, bundle, clock, settings, stranger
from tests.web.conftest import forms, seeder, words
from tests.web.pages import FINGERPRINT, furnish

__all__ = ["app", "bundle", "clock", "seeder", "settings", "stranger"]

OWN = {"/settings", "/login", "/logout", "/account"}


@pytest.fixture(autouse=True)
def jobs(seeder: Seeder) -> None:
    """There before anyone looks: what was read once is shared for a second."""
    seeder.failed("mail", 3, fingerprint=FINGERPRINT)


@pytest.fixture
def world(app: Flask, bundle: Services, seeder: Seeder) -> World:
    """Something to act on, on every page."""
    operator = app.test_client()
    operator.environ_base["HTTP_X_CSRF_TOKEN"] = sign_in(operator, "kim")
    operation = furnish(operator, seeder)
    purged = seeder.failed("mail", 1)[0]
    seeder.engine("mail").control_job("purge", purged)
    bundle.sources.forget()
    return World("main", "mail", "mail-1", FINGERPRINT, operation, "mail:nightly")


def addresses(app: Flask, world: World) -> Iterator[str]:
    """Every page of the URL map, filled in."""
    queries = {"plans.new": {"action": "requeue", "queue": "mail"}, "palette.index": {"q": "requeue"}}
    with app.test_request_context("/"):
        urls = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.endpoint.startswith(NO_PAGES):
                values = {each: asdict(world)[each] for each in rule.arguments} | queries.get(rule.endpoint, {})
                yield urls.build(rule.endpoint, values)


def changing(client: FlaskClient, addresses: Iterator[str]) -> tuple[dict[str, list[str]], int]:
    """The forms and controls of pages that would change something, by address; and how many pages were looked at."""
    found, seen = {}, 0
    for address in addresses:
        page = client.get(address)
        if page.mimetype != "text/html":
            continue
        seen += page.status_code == 200
        posting = [form.action for form in forms(page) if form.method == "post" and form.action not in OWN]
        asking = [word for word in ("hx-post", "hx-put", "hx-delete", "hx-patch", "formmethod") if word in page.text]
        if posting or asking:
            found[address] = posting + asking
    return found, seen


def test_a_viewer_is_shown_no_form_that_changes_anything(app: Flask, world: World) -> None:
    viewer = app.test_client()
    sign_in(viewer, "vera")
    found, seen = changing(viewer, addresses(app, world))
    assert found == {}
    assert seen >= 20


def test_a_read_only_dashboard_shows_none_either(app: Flask, world: World, redis_url: str) -> None:
    only = create_app(Settings(sources=(SourceSettings(name="main", url=redis_url),), read_only=True))
    found, seen = changing(only.test_client(), addresses(only, world))
    assert found == {}
    assert seen >= 20


def test_an_operators_pages_would_be_found(app: Flask, world: World) -> None:
    operator = app.test_client()
    sign_in(operator, "kim")
    found, _ = changing(operator, addresses(app, world))
    assert {"/dead", "/jobs", "/trash", "/queues/main/mail", "/jobs/main/mail/mail-1", "/schedules"} <= found.keys()


def test_a_viewer_is_told_whom_to_ask(app: Flask, world: World) -> None:
    viewer = app.test_client()
    sign_in(viewer, "vera")
    assert 'href="/settings#may-h">needs the operator role</a>' in viewer.get("/jobs/main/mail/mail-1").text
    told = words(viewer.get("/settings"))
    assert "With the viewer role you see everything and change nothing." in told
    assert "redrive users role vera operator" in told


@pytest.mark.parametrize(
    "path", ["/jobs/main/mail/mail-1", "/queues/main/mail", f"/dead/{FINGERPRINT}", "/schedules/main/mail:nightly", "/"]
)
def test_a_read_only_dashboard_says_so_and_how_to_act(world: World, redis_url: str, path: str) -> None:
    client = create_app(Settings(sources=(SourceSettings(name="main", url=redis_url),), read_only=True)).test_client()
    page = client.get(path)
    assert 'href="/settings#may-h"' in page.text
    assert path == "/" or "read-only dashboard" in words(page)
    assert "This dashboard is read-only: it shows everything and changes nothing." in words(client.get("/settings"))


def test_who_may_act_is_told_nothing_of_that(client: FlaskClient) -> None:
    assert "may-h" not in client.get("/settings").text
