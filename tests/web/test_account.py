"""Users change their own password, when they know the present one."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.services import Services
from dashboard.settings import AuthSettings
from tests.accounts import PASSWORD, sign_in, token_of
from tests.background import Clock
from tests.web.accounts import app, bundle, clock, settings, settings_with_users, stranger
from tests.web.conftest import form_to, words

__all__ = ["app", "bundle", "clock", "settings", "stranger"]

NEW = "another good one"
GOOD = {"current": PASSWORD, "new": NEW, "again": NEW}


@pytest.fixture
def viewer(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_X_CSRF_TOKEN"] = sign_in(client, "vera")
    return client


def test_the_form_changes_the_password_and_keeps_this_browser_signed_in(
    app: Flask, viewer: FlaskClient, bundle: Services
) -> None:
    other = app.test_client()
    sign_in(other, "vera")
    before = viewer.get_cookie("session")
    form = form_to(viewer.get("/account"), "/account")
    answer = viewer.post(form.action, data=dict(form.fields) | GOOD)
    assert (answer.status_code, answer.location) == (303, "/account")
    after = viewer.get_cookie("session")
    assert before
    assert after
    assert before.value != after.value
    page = viewer.get("/account")
    assert page.status_code == 200
    assert "Changed the password." in words(page)
    bundle.auth.sessions.forget()
    assert other.get("/account").status_code == 303
    assert viewer.get("/account").status_code == 200
    assert app.test_client().post("/login", data={"name": "vera", "password": PASSWORD}).status_code == 401
    assert app.test_client().post("/login", data={"name": "vera", "password": NEW}).status_code == 303
    entry = next(each for each in bundle.audit.page().items if each.action == "change password")
    assert (entry.actor, entry.target) == ("vera", "vera")


@pytest.mark.parametrize(
    ("wrong", "says", "field"),
    [
        ({"current": "something else"}, "The present password is another one.", "current"),
        ({"again": "typed differently"}, "not typed the same way twice", "new"),
        ({"new": "short", "again": "short"}, "too short; use at least 12 characters", "new"),
        ({"new": "", "again": ""}, "too short", "new"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(
    app: Flask, viewer: FlaskClient, wrong: dict[str, str], says: str, field: str
) -> None:
    answer = viewer.post("/account", data=GOOD | wrong)
    assert answer.status_code == 422
    assert says in words(answer)
    assert "Nothing was changed." in words(answer)
    assert f'id="{field}"' in answer.text[: answer.text.index('aria-invalid="true"')]
    assert PASSWORD not in answer.text
    assert viewer.get("/account").status_code == 200
    sign_in(app.test_client(), "vera")


def test_who_took_over_a_browser_cannot_guess_the_password_there(viewer: FlaskClient, clock: Clock) -> None:
    for _ in range(10):
        assert viewer.post("/account", data=GOOD | {"current": "a guess"}).status_code == 422
    answer = viewer.post("/account", data=GOOD)
    assert answer.status_code == 429
    assert "Try again in 15 minutes." in words(answer)
    clock.forward(15 * 60)
    assert viewer.post("/account", data=GOOD).status_code == 303


def test_without_the_token_of_the_session_it_is_refused(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "vera")
    assert client.post("/account", data=GOOD).status_code == 403


def test_where_nobody_signs_in_there_is_no_account(redis_url: str, bundle: Services) -> None:
    client = create_app(settings_with_users(redis_url, auth=AuthSettings())).test_client()
    assert client.get("/account").location == "/settings"
    assert client.post("/account", data=GOOD).location == "/settings"


def test_the_api_tells_who_asks_and_which_token_changes_need(app: Flask, stranger: FlaskClient) -> None:
    assert stranger.get("/api/v1/session").status_code == 401
    sign_in(stranger, "KIM")
    told = stranger.get("/api/v1/session")
    assert told.headers["Cache-Control"] == "no-store"
    known = told.get_json()
    assert (known["name"], known["role"], known["method"]) == ("Kim", "operator", "session")
    assert known["csrf_token"] == token_of(stranger)
    assert stranger.get("/api/v1/session?x=1").status_code == 400


def test_without_sign_in_the_api_says_so(redis_url: str, bundle: Services) -> None:
    client = create_app(settings_with_users(redis_url, auth=AuthSettings())).test_client()
    known = client.get("/api/v1/session").get_json()
    assert known == {"name": "api", "role": "admin", "method": "none", "csrf_token": None}
