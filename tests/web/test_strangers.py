"""Who is not signed in learns nothing and changes nothing, whatever the address and however it is asked."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard import guard
from dashboard.adapters.contract import State
from dashboard.app import create_app
from dashboard.auth.roles import Role
from dashboard.events.streams import Streams
from dashboard.services import Services, build_services
from dashboard.settings import AuthSettings, LimitSettings
from tests.accounts import add_users, sign_in
from tests.conftest import RealServer
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands
from tests.web.accounts import addresses, app, bundle, clock, settings, settings_with_users, stranger
from tests.web.conftest import PARTIAL, seeder, words

__all__ = ["app", "bundle", "clock", "seeder", "settings", "stranger"]

SECRET = "payroll-of-ann"
OPEN = {*guard.UNASKED, *guard.OPEN, "metrics.metrics"}
COOKIE = "a" * 43


@pytest.fixture(autouse=True)
def jobs(seeder: Seeder) -> None:
    seeder.failed("mail", 2)
    seeder.failed(SECRET, 2)


def test_every_address_that_is_not_named_as_open_is_closed(app: Flask) -> None:
    client = app.test_client()
    walked = 0
    for endpoint, method, address in addresses(app):
        if endpoint in OPEN:
            continue
        answer = client.open(address, method=method)
        led = answer.status_code == 303 and answer.location.startswith("/login?next=")
        assert led or answer.status_code == 401, (endpoint, method, answer.status_code)
        assert SECRET not in answer.text
        walked += 1
    assert walked > 60


def test_an_address_that_is_not_there_is_closed_too(stranger: FlaskClient) -> None:
    assert stranger.get("/nowhere").location == "/login?next=/nowhere"
    assert stranger.post("/nowhere").status_code == 401
    assert stranger.get("/api/v1/nowhere").status_code == 401


@pytest.mark.parametrize("cookie", [COOKIE, "", "x", "a" * 3_000, "../../etc", "%00"])
def test_a_cookie_that_is_no_session_opens_nothing(app: Flask, cookie: str) -> None:
    client = app.test_client()
    client.set_cookie("session", cookie)
    assert client.get("/dead").status_code == 303
    assert client.get("/api/v1/stats").status_code == 401


def test_the_api_answers_with_a_problem_and_says_how_to_prove_who_asks(stranger: FlaskClient) -> None:
    for answer in (
        stranger.get("/api/v1/stats"),
        stranger.post("/api/v1/operations", json={}),
        stranger.get("/api/nope"),
    ):
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="dashboard"'
        assert answer.get_json()["status"] == 401


def test_a_live_region_gets_nothing_to_swap_and_the_way_to_sign_in(stranger: FlaskClient) -> None:
    headers = {**PARTIAL, "HX-Target": "section#groups", "HX-Current-URL": "http://localhost/dead?q=type:a%20b"}
    answer = stranger.get("/dead?q=type:a%20b", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["Live-Signed-Out"] == "1"
    assert answer.headers["Live-Sign-In"] == "/login?next=/dead?q%3Dtype:a%2520b"
    assert answer.mimetype == "text/plain"
    assert "<" not in answer.text


def test_an_htmx_change_without_a_session_is_not_made_and_says_so(
    stranger: FlaskClient, bundle: Services, seeder: Seeder
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/jobs/main/mail/mail-1"}
    answer = stranger.post("/jobs/main/mail/mail-1/requeue", headers=headers)
    assert answer.status_code == 401
    assert "Nothing was changed" in answer.text
    assert answer.headers["Live-Sign-In"] == "/login?next=/jobs/main/mail/mail-1"
    assert bundle.sources.get("main").job("mail", "mail-1").state == State.FAILED


def test_a_form_without_a_session_is_not_carried_out_and_leads_to_signing_in(
    stranger: FlaskClient, bundle: Services
) -> None:
    headers = {"Referer": "http://localhost/jobs/main/mail/mail-1?tab=x"}
    answer = stranger.post("/jobs/main/mail/mail-1/purge", headers=headers)
    assert answer.status_code == 401
    assert "nothing was changed" in words(answer)
    assert 'href="/login?next=/jobs/main/mail/mail-1?tab%3Dx"' in answer.text
    assert bundle.sources.get("main").job("mail", "mail-1").state == State.FAILED


@pytest.mark.parametrize("referer", ["https://evil.example/x", "http://[bad", "javascript:x", ""])
def test_where_a_form_came_from_never_leads_away(stranger: FlaskClient, referer: str) -> None:
    for headers in ({"Referer": referer}, {"HX-Request": "true", "HX-Current-URL": referer}):
        answer = stranger.post("/queues/main/mail/pause", headers=headers)
        assert answer.status_code == 401
        assert "evil" not in answer.text + answer.headers.get("Live-Sign-In", "")


def test_a_stream_of_events_is_refused_instead_of_led_to_a_page(stranger: FlaskClient) -> None:
    answer = stranger.get("/events", headers={"Accept": "text/event-stream"})
    assert (answer.status_code, answer.mimetype) == (401, "text/plain")


def test_a_stream_of_events_ends_when_its_session_does(app: Flask, bundle: Services) -> None:
    streams: Streams = app.extensions["streams"]
    streams.most, streams._every, streams._comment_after = 1, 0.01, 0.02
    client = app.test_client()
    sign_in(client, "vera")
    answer = client.get("/events", buffered=False)
    told = answer.iter_encoded()
    assert [next(told) for _ in range(3)]
    bundle.auth.users.set_role("vera", Role.OPERATOR)
    bundle.auth.sessions.forget()
    assert len(list(told)) <= 1
    answer.close()
    assert client.get("/events", headers={"Accept": "text/event-stream"}).status_code == 401


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [("/dead", {"Host": "evil.example"}, 421), ("/operations", {"Sec-Fetch-Site": "cross-site"}, 403),
     ("/login", {"Host": "evil.example"}, 421)],
)  # fmt: skip
def test_error_pages_for_strangers_name_no_source_and_no_queue(
    stranger: FlaskClient, path: str, headers: dict[str, str], status: int
) -> None:
    answer = stranger.post(path, headers=headers) if status == 403 else stranger.get(path, headers=headers)
    assert answer.status_code == status
    for told in (SECRET, "main", "Dead letters", "source"):
        assert told not in words(answer).replace("maintain", "")


def test_health_needs_nobody_and_asks_the_store_for_nobody(
    stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger.get("/healthz")
    stranger.set_cookie("session", COOKIE)
    sent = record_commands(monkeypatch)
    assert stranger.get("/healthz").status_code == 200
    assert stranger.get("/static/x/css/app.css").status_code == 200
    assert sent == []
    assert stranger.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("host", "chosen", "open_"),
    [("127.0.0.1", None, True), ("0.0.0.0", None, False), ("0.0.0.0", True, True), ("127.0.0.1", False, False)],
)
def test_metrics_are_open_on_loopback_or_as_the_setting_says(
    redis_url: str, bundle: Services, host: str, chosen: bool | None, open_: bool
) -> None:
    auth = AuthSettings(mode="users", metrics_open=chosen)
    client = create_app(settings_with_users(redis_url, host=host, auth=auth)).test_client()
    answer = client.get("/metrics")
    assert answer.status_code == (200 if open_ else 401)
    assert ("redrive_jobs" in answer.text) is open_
    if not open_:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        sign_in(client, "vera")
        assert client.get("/metrics").status_code == 200


@pytest.fixture
def fallen(make_server: type[RealServer], monkeypatch: pytest.MonkeyPatch) -> tuple[FlaskClient, RealServer]:
    """A browser that is signed in, and a Redis that has just stopped."""
    server = make_server().start()
    settings = settings_with_users(server.url, limits=LimitSettings(redis_timeout=0.3))
    services = build_services(settings)
    add_users(services)
    client = create_app(settings, services).test_client()
    Seeder(server.url).failed("mail", 2)
    sign_in(client, "kim")
    server.kill()
    services.sources.forget()
    return client, server


def test_who_was_signed_in_when_redis_stopped_sees_what_is_wrong(
    bundle: Services, fallen: tuple[FlaskClient, RealServer]
) -> None:
    page = fallen[0].get("/")
    assert page.status_code == 200
    assert "Redrive can’t reach main." in words(page)


def test_but_changes_nothing(bundle: Services, fallen: tuple[FlaskClient, RealServer]) -> None:
    client = fallen[0]
    bundle_of_client: Services = client.application.extensions["redrive"]
    bundle_of_client.auth.sessions.forget()
    answer = client.post("/queues/main/mail/pause")
    assert answer.status_code == 503
    assert "cannot be checked" in words(answer)


def test_who_is_not_known_gets_a_clear_page_that_tells_nothing(
    bundle: Services, fallen: tuple[FlaskClient, RealServer]
) -> None:
    other = fallen[0].application.test_client()
    other.set_cookie("session", COOKIE)
    page = other.get("/")
    assert page.status_code == 503
    assert "Whether you are signed in cannot be checked" in words(page)
    assert "main" not in words(page)
    assert str(fallen[1].port) not in page.text
    assert other.get("/api/v1/stats").get_json()["status"] == 503
    assert other.get("/dead", headers={**PARTIAL, "HX-Target": "section#groups"}).status_code == 503
    other.delete_cookie("session")
    assert other.get("/").status_code == 303
