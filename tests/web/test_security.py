"""What protects the dashboard from other sites: headers, host and origin checks, limits, read-only mode."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dashboard.adapters.contract import State
from dashboard.app import create_app
from dashboard.security import MAX_BODY_BYTES
from dashboard.services import Services
from dashboard.settings import AlertSettings, Settings, SourceSettings
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, words
from tests.web.pages import FINGERPRINT, PAGES, furnish

ACTIONS = (
    "/queues/main/mail/pause",
    "/queues/main/mail/resume",
    "/jobs/main/mail/mail-1/requeue",
    "/jobs/main/mail/mail-1/purge",
    "/jobs/main/mail/mail-1/edit",
    "/operations",
    "/settings",
)
FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:81"},
    {"Origin": "null"},
)
OWN: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
)


def settings_for(url: str, **options: object) -> Settings:
    return Settings(sources=(SourceSettings(name="main", url=url),), **options)  # type: ignore[arg-type]


def state(bundle: Services, job_id: str) -> State:
    return bundle.sources.get("main").job("mail", job_id).state


def paused(bundle: Services) -> bool | None:
    return bundle.sources.get("main").queue("mail").paused


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/navigation", "/healthz", "/readyz", "/metrics", "/api/v1/stats",
                                  "/static/old/css/app.css", "/static/old/nothing.js"])  # fmt: skip
def test_every_answer_carries_the_headers_that_keep_it_to_itself(
    client: FlaskClient, seeder: Seeder, path: str
) -> None:
    answer = client.get(path.format(operation=furnish(client, seeder)))
    rules = dict(rule.strip().split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == rules["form-action"] == "'self'"
    assert rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_what_the_policy_forbids(client: FlaskClient, seeder: Seeder, path: str) -> None:
    page = client.get(path.format(operation=furnish(client, seeder))).text
    for forbidden in (" style=", "<style", " onclick=", " onload=", "javascript:", "hx-on", "http://", "https://"):
        assert forbidden not in page
    assert page.count("<script") == page.count("<script defer src=")


@pytest.mark.parametrize("path", ACTIONS)
def test_a_change_asked_for_by_another_site_is_refused_and_changes_nothing(
    client: FlaskClient, seeder: Seeder, bundle: Services, path: str
) -> None:
    seeder.failed("mail")
    for headers in FOREIGN:
        answer = client.post(path, data={"data": "{}", "theme": "dark"}, headers=headers)
        assert answer.status_code == 403, headers
        assert "nothing was changed" in words(answer)
        assert "Set-Cookie" not in answer.headers
    assert state(bundle, "mail-1") == State.FAILED
    assert paused(bundle) is False


def test_another_site_cannot_resume_with_delete_either(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    seeder.pending("mail")
    assert client.post("/queues/main/mail/pause").status_code == 303
    assert client.delete("/queues/main/mail/pause", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert paused(bundle) is True


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_the_dashboards_own_forms_and_clients_without_a_browser_may_act(
    client: FlaskClient, seeder: Seeder, bundle: Services, headers: dict[str, str]
) -> None:
    seeder.failed("mail")
    assert client.post("/jobs/main/mail/mail-1/requeue", headers=headers).status_code == 303
    assert state(bundle, "mail-1") == State.PENDING


def test_behind_a_proxy_the_public_address_may_act(redis_url: str, seeder: Seeder) -> None:
    seeder.failed("mail")
    settings = settings_for(redis_url, alerts=AlertSettings(base_url="https://jobs.example.org"))
    client = create_app(settings).test_client()
    headers = {"Origin": "https://jobs.example.org"}
    assert client.post("/jobs/main/mail/mail-1/requeue", headers=headers).status_code == 303
    assert client.get("/", headers={"Host": "jobs.example.org"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:80",
                                  "[::2]", "10.0.0.1"])  # fmt: skip
def test_on_loopback_a_foreign_host_name_reads_nothing_and_changes_nothing(
    client: FlaskClient, seeder: Seeder, bundle: Services, host: str
) -> None:
    seeder.failed("mail")
    seeder.failed("payroll")
    page = client.get("/", headers={"Host": host})
    assert page.status_code == 421
    assert "payroll" not in page.text
    assert "alerts.base_url" in words(page)
    assert client.get("/api/v1/jobs", headers={"Host": host}).status_code == 421
    assert client.post("/jobs/main/mail/mail-1/requeue", headers={"Host": host}).status_code == 421
    assert state(bundle, "mail-1") == State.FAILED


def test_a_foreign_host_name_is_not_told_the_names_of_the_queues(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail-of-ann")
    for path in ("/", "/queues", "/navigation", "/jobs/main/mail-of-ann/mail-of-ann-1"):
        assert "mail-of-ann-1" not in client.get(path, headers={"Host": "evil.example"}).text
        assert "/queues/main/" not in client.get(path, headers={"Host": "evil.example"}).text


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "jobs.localhost"])
def test_on_loopback_every_name_of_this_machine_is_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_a_server_for_the_network_answers_to_every_name(redis_url: str) -> None:
    client = create_app(settings_for(redis_url, host="0.0.0.0")).test_client()
    assert client.get("/", headers={"Host": "jobs.example.org"}).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_read_only_dashboard_shows_no_form_that_changes_anything(redis_url: str, seeder: Seeder, path: str) -> None:
    operation = furnish(create_app(settings_for(redis_url)).test_client(), seeder)
    client = create_app(settings_for(redis_url, read_only=True)).test_client()
    page = client.get(path.format(operation=operation))
    asks_for_a_change = path.startswith("/operations/new") or path.endswith(("/edit", "/new"))
    assert page.status_code == (403 if asks_for_a_change else 200)
    assert page.text.count('method="post"') == page.text.count('method="post" action="/settings"')
    assert "hx-post" not in page.text
    assert "hx-delete" not in page.text
    assert asks_for_a_change or "/operations/new" not in page.text
    assert "Read-only" in words(page)


def test_a_viewer_of_a_read_only_dashboard_may_choose_how_pages_look(redis_url: str) -> None:
    client = create_app(settings_for(redis_url, read_only=True)).test_client()
    assert client.post("/settings", data={"theme": "dark"}).status_code == 303
    assert 'data-theme="dark"' in client.get("/settings").text


@pytest.mark.parametrize("headers", [{}, PARTIAL], ids=["form", "htmx"])
@pytest.mark.parametrize("path", [path for path in ACTIONS if path != "/settings"])
def test_a_read_only_dashboard_refuses_every_change(
    redis_url: str, seeder: Seeder, bundle: Services, path: str, headers: dict[str, str]
) -> None:
    seeder.failed("mail")
    client = create_app(settings_for(redis_url, read_only=True)).test_client()
    answer = client.post(path, data={"data": "{}"}, headers=headers)
    assert answer.status_code == 403
    assert "read-only" in answer.text
    assert state(bundle, "mail-1") == State.FAILED
    assert paused(bundle) is False


@pytest.mark.parametrize("path", ["/jobs/main/mail/mail-1/edit", "/operations/new", "/operations"])
def test_a_body_that_is_too_large_is_refused_and_says_so(
    client: FlaskClient, seeder: Seeder, bundle: Services, path: str
) -> None:
    seeder.failed("mail")
    answer = client.post(path, data={"data": "x" * (MAX_BODY_BYTES + 1)})
    assert answer.status_code == 413
    assert "Nothing was changed" in words(answer)
    assert state(bundle, "mail-1") == State.FAILED


def test_as_many_fields_as_an_attacker_likes_are_refused(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail")
    answer = client.post("/operations/new", data={"action": "purge", "job": ["main/mail/mail-1", *("x" * 5_000)]})
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("POST", "/", "GET"), ("DELETE", "/dead", "GET"), ("PUT", "/settings", "POST"),
     ("GET", "/queues/main/mail/resume", "POST"), ("PATCH", "/operations", "POST"),
     ("DELETE", f"/dead/{FINGERPRINT}", "GET")],
)  # fmt: skip
def test_a_method_that_an_address_does_not_take_is_405_and_says_which_it_takes(
    client: FlaskClient, method: str, path: str, allowed: str
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert allowed in answer.headers["Allow"].split(", ")
    assert "This address does not take that" in words(answer)


def test_looking_at_an_action_changes_nothing(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    seeder.failed("mail")
    for path in ("/jobs/main/mail/mail-1/purge", "/queues/main/mail/pause", "/queues/main/mail/resume"):
        assert client.get(path).status_code in (404, 405)
    assert state(bundle, "mail-1") == State.FAILED
    assert paused(bundle) is False
