"""Signing in with a browser: the form, what it answers, the cookie, and the way out."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.auth import passwords
from dashboard.services import Services, build_services
from dashboard.settings import AlertSettings, AuthSettings, LimitSettings
from tests.accounts import PASSWORD, add_users, sign_in, token_of
from tests.background import Clock
from tests.conftest import RealServer
from tests.web.accounts import app, bundle, clock, settings, settings_with_users, stranger
from tests.web.conftest import form_to, words

__all__ = ["app", "bundle", "clock", "settings", "stranger"]

RIGHT = {"name": "kim", "password": PASSWORD}
WRONG = {"name": "kim", "password": "something else"}


def cookies(answer: TestResponse) -> list[str]:
    return [each for each in answer.headers.getlist("Set-Cookie") if "session" in each]


def test_the_form_signs_in_and_goes_on_to_the_address_asked_for(stranger: FlaskClient) -> None:
    asked = stranger.get("/dead?q=type:a%20b&since=24h")
    assert asked.status_code == 303
    form = form_to(stranger.get(asked.location), "/login")
    fields = dict(form.fields) | RIGHT
    answer = stranger.post(form.action, data=fields)
    assert (answer.status_code, answer.location) == (303, "/dead?q=type:a%20b&since=24h")
    page = stranger.get(answer.location)
    assert page.status_code == 200
    assert "Kim operator" in words(page)


def test_browsers_and_password_managers_know_the_fields(stranger: FlaskClient) -> None:
    page = stranger.get("/login").text
    name, password = (re.search(f'<input[^>]*id="{each}"[^>]*>', page) for each in ("name", "password"))
    assert name
    assert password
    assert all(
        each in name[0] for each in ('autocomplete="username"', 'autocapitalize="none"', "autofocus", "required")
    )
    assert all(each in password[0] for each in ('autocomplete="current-password"', 'type="password"', "required"))
    assert '<label for="name">' in page
    assert '<label for="password">' in page


def test_the_name_counts_in_any_case_and_with_spaces_around_it(stranger: FlaskClient) -> None:
    assert stranger.post("/login", data=RIGHT | {"name": " KIM "}).status_code == 303


@pytest.mark.parametrize(
    "sent", [WRONG, RIGHT | {"password": ""}, RIGHT | {"name": "lee"}, RIGHT | {"name": ""}, {}, {"name": "é" * 500},
             RIGHT | {"password": "x" * 50_000}, RIGHT | {"name": "kim\x00"}],
)  # fmt: skip
def test_what_is_wrong_gets_one_answer_that_does_not_tell_which(stranger: FlaskClient, sent: dict[str, str]) -> None:
    answer = stranger.post("/login", data=sent)
    assert answer.status_code == 401
    assert "Wrong name or password." in words(answer)
    assert cookies(answer) == []
    assert stranger.get("/").status_code == 303


def test_after_a_failure_the_name_and_the_way_on_are_kept_and_the_password_is_not(stranger: FlaskClient) -> None:
    answer = stranger.post("/login", data=WRONG | {"next": "/workers"})
    assert dict(form_to(answer, "/login").fields) == {"next": "/workers", "name": "kim", "password": ""}
    assert "something else" not in answer.text
    assert re.search(r'<input[^>]*id="password"[^>]*autofocus', answer.text)
    assert 'role="alert"' in answer.text


def test_a_hostile_name_is_shown_as_it_is(stranger: FlaskClient) -> None:
    answer = stranger.post("/login", data={"name": '"><script>alert(1)</script>', "password": "x"})
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)",
             "/login", "/login?next=/login", "x"],
)  # fmt: skip
def test_signing_in_never_leads_away(stranger: FlaskClient, away: str) -> None:
    assert "evil.example" not in stranger.get("/login", query_string={"next": away}).text
    assert stranger.post("/login", data=RIGHT | {"next": away}).location == "/"


def test_who_is_signed_in_already_goes_on(stranger: FlaskClient) -> None:
    sign_in(stranger, "kim")
    assert stranger.get("/login?next=/dead").location == "/dead"
    assert stranger.get("/login?next=//evil.example").location == "/"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger: FlaskClient) -> None:
    (cookie,) = cookies(stranger.post("/login", data=RIGHT))
    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Max-Age=604800" in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie


def test_over_tls_the_cookie_is_sent_over_tls_only(app: Flask) -> None:
    client = app.test_client()
    (cookie,) = cookies(client.post("/login", data=RIGHT, base_url="https://localhost"))
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert client.get("/", base_url="https://localhost").status_code == 200


def test_behind_a_proxy_that_speaks_tls_too(redis_url: str, bundle: Services) -> None:
    public = AlertSettings(base_url="https://jobs.example.org")
    client = create_app(settings_with_users(redis_url, alerts=public)).test_client()
    (cookie,) = cookies(client.post("/login", data=RIGHT, headers={"Host": "jobs.example.org"}))
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie


def test_with_a_prefix_the_cookie_and_all_addresses_have_it(redis_url: str, bundle: Services) -> None:
    client = create_app(settings_with_users(redis_url, prefix="/ops")).test_client()
    asked = client.get("/ops/dead?q=x")
    assert asked.location == "/ops/login?next=/ops/dead?q%3Dx"
    answer = client.post("/ops/login", data=RIGHT | {"next": "/ops/dead?q=x"})
    assert answer.location == "/ops/dead?q=x"
    assert "Path=/ops" in cookies(answer)[0]
    assert client.get("/ops/dead").status_code == 200
    assert client.post("/ops/login", data=RIGHT | {"next": "/dead"}).location == "/ops/"


def test_two_dashboards_on_one_host_do_not_sign_each_other_out(stranger: FlaskClient) -> None:
    first, second = "http://localhost:8080", "http://localhost:8081"
    assert stranger.post("/login", data=RIGHT, base_url=first).status_code == 303
    assert stranger.post("/login", data=RIGHT, base_url=second).status_code == 303
    assert stranger.get("/", base_url=first).status_code == 200
    assert stranger.get("/", base_url=second).status_code == 200


def test_an_id_that_was_there_before_is_never_taken_over(app: Flask) -> None:
    client = app.test_client()
    planted = "a" * 43
    client.set_cookie("session", planted)
    (cookie,) = cookies(client.post("/login", data=RIGHT))
    assert planted not in cookie
    client.set_cookie("session", planted)
    assert client.get("/").status_code == 303


def test_signing_in_again_gives_a_new_id_and_ends_the_old_one(app: Flask) -> None:
    client = app.test_client()
    (old,) = cookies(client.post("/login", data=RIGHT))
    (new,) = cookies(client.post("/login", data=RIGHT | {"name": "vera"}))
    value = old.partition("=")[2].partition(";")[0]
    assert value not in new
    assert "vera viewer" in words(client.get("/settings"))
    client.set_cookie("session", value)
    assert client.get("/").status_code == 303


def test_signing_out_ends_the_session_and_forgets_the_cookie(app: Flask) -> None:
    client = app.test_client()
    (cookie,) = cookies(client.post("/login", data=RIGHT))
    page = client.get("/dead")
    form = form_to(page, "/logout")
    answer = client.post(form.action, data=dict(form.fields))
    assert (answer.status_code, answer.location) == (303, "/login?signed_out=1")
    assert "session=;" in cookies(answer)[0]
    assert "You are signed out." in words(client.get(answer.location))
    client.set_cookie("session", cookie.partition("=")[2].partition(";")[0])
    assert client.get("/dead").status_code == 303


def test_signing_out_twice_is_no_mistake(stranger: FlaskClient) -> None:
    assert stranger.post("/logout").location == "/login?signed_out=1"


def test_signing_in_and_out_is_written_down_with_the_name(stranger: FlaskClient, bundle: Services) -> None:
    token = sign_in(stranger, "KIM")
    stranger.post("/logout", data={"csrf_token": token})
    out, enter = bundle.audit.page().items[:2]
    assert (out.action, out.actor, out.target) == ("sign out", "Kim", "Kim")
    assert (enter.action, enter.actor, enter.target) == ("sign in", "Kim", "Kim")


def test_too_many_failures_say_when_to_try_again(stranger: FlaskClient, clock: Clock) -> None:
    for _ in range(10):
        assert stranger.post("/login", data=WRONG).status_code == 401
    clock.forward(125)
    answer = stranger.post("/login", data=RIGHT)
    assert answer.status_code == 429
    assert "Too many failed attempts. Try again in 13 minutes." in words(answer)
    assert answer.headers["Retry-After"] == str(15 * 60 - 125)
    clock.forward(15 * 60 - 125)
    assert stranger.post("/login", data=RIGHT).status_code == 303


def test_a_session_that_was_not_used_asks_to_sign_in_again(stranger: FlaskClient, clock: Clock) -> None:
    sign_in(stranger, "kim")
    clock.forward(11 * 3_600)
    assert stranger.get("/dead").status_code == 200
    clock.forward(12 * 3_600)
    assert stranger.get("/dead?q=x").location == "/login?next=/dead?q%3Dx"


def test_without_any_user_the_form_says_how_to_make_one(redis_url: str) -> None:
    client = create_app(settings_with_users(redis_url)).test_client()
    page = client.get("/login")
    assert "There is no user yet." in words(page)
    assert "redrive users add NAME --role admin" in words(page)
    assert client.get("/").status_code == 303


def test_with_users_it_does_not(stranger: FlaskClient) -> None:
    assert "no user yet" not in words(stranger.get("/login"))


def test_when_too_many_sign_in_at_once_the_form_says_so(stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    for _ in range(passwords.AT_ONCE):
        passwords._turns.acquire()
    try:
        answer = stranger.post("/login", data=RIGHT)
    finally:
        for _ in range(passwords.AT_ONCE):
            passwords._turns.release()
    assert answer.status_code == 503
    assert "Too many people sign in" in words(answer)
    assert answer.headers["Retry-After"] == "60"


def test_while_redis_is_down_the_form_says_that_signing_in_is_not_possible(
    make_server: type[RealServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server().start()
    settings = settings_with_users(server.url, limits=LimitSettings(redis_timeout=0.3))
    services = build_services(settings)
    add_users(services)
    client = create_app(settings, services).test_client()
    server.kill()
    page = client.get("/login")
    assert page.status_code == 200
    assert "Redis does not answer." in words(page)
    answer = client.post("/login", data=RIGHT)
    assert answer.status_code == 503
    assert "Sign-in works again as soon as it does." in words(answer)
    assert cookies(answer) == []


def test_where_nobody_has_to_sign_in_the_form_leads_on(redis_url: str, bundle: Services) -> None:
    client = create_app(settings_with_users(redis_url, auth=AuthSettings())).test_client()
    assert client.get("/login?next=/dead").location == "/dead"
    answer = client.post("/login", data=RIGHT | {"next": "/dead"})
    assert answer.location == "/dead"
    assert cookies(answer) == []
    assert "Sign out" not in words(client.get("/"))


def test_another_site_cannot_sign_a_browser_in(stranger: FlaskClient) -> None:
    answer = stranger.post("/login", data=RIGHT, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert cookies(answer) == []


def test_a_read_only_dashboard_lets_users_in_and_out(redis_url: str, bundle: Services) -> None:
    client = create_app(settings_with_users(redis_url, read_only=True)).test_client()
    sign_in(client, "kim")
    assert client.post("/logout", data={"csrf_token": token_of(client)}).status_code == 303
