"""A change needs the token of its session: in a field of the form, or in the header that htmx and scripts send."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.adapters.contract import State
from dashboard.app import create_app
from dashboard.auth.permission import SAFE_METHODS
from dashboard.services import Services
from dashboard.settings import AuthSettings
from tests.accounts import sign_in, token_of
from tests.contract.seeders.queue_core import Seeder
from tests.web.accounts import addresses, app, bundle, clock, settings, settings_with_users, stranger
from tests.web.conftest import form_to, forms, seeder, words
from tests.web.pages import PAGES, furnish

__all__ = ["app", "bundle", "clock", "seeder", "settings", "stranger"]

PATH = "/jobs/main/mail/mail-1/requeue"


@pytest.fixture
def client(app: Flask, seeder: Seeder) -> FlaskClient:
    """An operator's browser."""
    seeder.failed("mail", 3)
    client = app.test_client()
    sign_in(client, "kim")
    return client


def state(bundle: Services) -> State:
    return bundle.sources.get("main").job("mail", "mail-1").state


def test_every_address_that_changes_something_refuses_a_request_without_the_token(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "ada")
    walked = 0
    for endpoint, method, address in addresses(app):
        if method in SAFE_METHODS or endpoint == "sign_in.enter":
            continue
        answer = client.open(address, method=method)
        assert answer.status_code == 403, (endpoint, method, answer.status_code)
        assert "token" in answer.text
        walked += 1
    assert walked > 20
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("token", ["", "x", "é", "0" * 64, "\ud800"])
def test_a_token_that_is_none_is_refused_and_nothing_changes(client: FlaskClient, bundle: Services, token: str) -> None:
    assert client.post(PATH, data={"csrf_token": token.encode(errors="replace")}).status_code == 403
    assert state(bundle) == State.FAILED


def test_the_token_of_another_session_is_refused(app: Flask, client: FlaskClient, bundle: Services) -> None:
    other = sign_in(app.test_client(), "kim")
    answer = client.post(PATH, data={"csrf_token": other})
    assert answer.status_code == 403
    assert "load the page again" in words(answer)
    assert state(bundle) == State.FAILED


def test_the_token_in_a_field_is_enough(client: FlaskClient, bundle: Services) -> None:
    form = form_to(client.get("/jobs/main/mail/mail-1"), "/requeue")
    assert client.post(form.action, data=dict(form.fields)).status_code == 303
    assert state(bundle) == State.PENDING


def test_the_token_in_the_header_is_enough(client: FlaskClient, bundle: Services) -> None:
    assert client.post(PATH, headers={"X-CSRF-Token": token_of(client)}).status_code == 303
    assert state(bundle) == State.PENDING


def test_the_token_in_the_address_is_not(client: FlaskClient, bundle: Services) -> None:
    assert client.post(PATH, query_string={"csrf_token": token_of(client)}).status_code == 403
    assert state(bundle) == State.FAILED


def test_the_api_needs_it_too_when_a_cookie_says_who_asks(client: FlaskClient, bundle: Services) -> None:
    refused = client.post(f"/api/v1{PATH}")
    assert (refused.status_code, refused.mimetype) == (403, "application/problem+json")
    assert "token" in refused.get_json()["detail"]
    assert client.post(f"/api/v1{PATH}", headers={"X-CSRF-Token": token_of(client)}).status_code == 200
    assert state(bundle) == State.PENDING


@pytest.mark.parametrize("path", PAGES)
def test_every_form_of_every_page_carries_it(client: FlaskClient, seeder: Seeder, path: str) -> None:
    token = token_of(client)
    client.environ_base["HTTP_X_CSRF_TOKEN"] = token
    page = client.get(path.format(operation=furnish(client, seeder)))
    assert page.status_code == 200
    posting = [form for form in forms(page) if form.method == "post"]
    assert posting
    for form in posting:
        assert ("csrf_token", token) in form.fields, form.action


@pytest.mark.parametrize("path", ["/", "/dead", "/settings"])
def test_it_stays_out_of_addresses(client: FlaskClient, path: str) -> None:
    page, token = client.get(path).text, token_of(client)
    assert token in page
    assert f"={token}" not in page


def test_without_sign_in_there_is_none(redis_url: str) -> None:
    page = create_app(settings_with_users(redis_url, auth=AuthSettings())).test_client().get("/settings").text
    assert "csrf" not in page
    assert "hx-headers" not in page
