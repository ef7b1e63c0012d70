"""Viewers see everything and change nothing; operators act; what a role does not allow stays visible and says why."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.adapters.contract import State
from dashboard.auth import permission
from dashboard.auth.permission import OWN, SAFE_METHODS
from dashboard.auth.roles import Role
from dashboard.services import Services
from tests.accounts import sign_in
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands
from tests.web.accounts import addresses, app, bundle, clock, settings, stranger
from tests.web.conftest import PARTIAL, forms, seeder, words
from tests.web.pages import FINGERPRINT, PAGES, furnish

__all__ = ["app", "bundle", "clock", "seeder", "settings", "stranger"]

ASKS = re.compile(r"^/operations/new|^/alerts/.*/new$|/edit$|/move$")
_OFF = re.compile(r'<button[^>]*aria-disabled="true"[^>]*>')
_ACTING = re.compile(r'<button[^>]*type="submit"|<a[^>]*(?:hx-target="#dialog"|/edit"|href="/alerts/rules/new)')


@pytest.fixture(autouse=True)
def jobs(seeder: Seeder) -> None:
    """There before anyone looks: what was read once is shared for a second."""
    seeder.failed("mail", 3, fingerprint=FINGERPRINT)


def browser(app: Flask, name: str) -> FlaskClient:
    """A browser of that user, which sends the token along."""
    client = app.test_client()
    client.environ_base["HTTP_X_CSRF_TOKEN"] = sign_in(client, name)
    return client


@pytest.fixture
def viewer(app: Flask) -> FlaskClient:
    return browser(app, "vera")


@pytest.fixture
def operator(app: Flask) -> FlaskClient:
    return browser(app, "kim")


def furnished(operator: FlaskClient, seeder: Seeder) -> str:
    """Something to act on, read anew although the clock stands still."""
    operation = furnish(operator, seeder)
    operator.application.extensions["redrive"].sources.forget()
    return operation


def test_each_role_may_what_the_one_before_may() -> None:
    assert [[role.covers(needed) for needed in Role] for role in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_managing_users_is_for_admins_also_when_it_only_looks() -> None:
    assert permission.needed("users.index", "GET") == Role.ADMIN
    assert permission.needed("api_users.add", "POST") == Role.ADMIN
    assert permission.needed(None, "POST") == Role.OPERATOR
    assert permission.needed("dead.index", "GET") == Role.VIEWER


def test_every_address_that_changes_something_refuses_a_viewer(app: Flask, viewer: FlaskClient) -> None:
    walked = 0
    for endpoint, method, address in addresses(app):
        if method in SAFE_METHODS or endpoint in OWN:
            continue
        answer = viewer.open(address, method=method)
        assert answer.status_code == 403, (endpoint, method, answer.status_code)
        assert "needs the operator role" in answer.text
        walked += 1
    assert walked > 20


def test_what_a_viewer_may_change_is_the_own_browser_and_account_alone() -> None:
    assert {"settings.save", "sign_in.enter", "sign_in.leave", "account.change"} == OWN


@pytest.mark.parametrize("headers", [{}, PARTIAL], ids=["form", "htmx"])
def test_a_viewers_change_is_refused_in_words_and_not_made(
    viewer: FlaskClient, bundle: Services, seeder: Seeder, headers: dict[str, str]
) -> None:
    answer = viewer.post("/jobs/main/mail/mail-1/requeue", headers=headers)
    assert answer.status_code == 403
    assert "This needs the operator role; vera has the viewer role. Nothing was changed." in answer.text
    assert bundle.sources.get("main").job("mail", "mail-1").state == State.FAILED


def test_a_viewer_may_choose_how_pages_look(viewer: FlaskClient) -> None:
    assert viewer.post("/settings", data={"theme": "dark"}).status_code == 303


def test_an_operator_acts_and_the_audit_log_knows_who(operator: FlaskClient, bundle: Services, seeder: Seeder) -> None:
    assert operator.post("/jobs/main/mail/mail-1/requeue").status_code == 303
    assert operator.post("/api/v1/jobs/main/mail/mail-2/requeue").status_code == 200
    body = {"action": "purge", "selector": {"queue": "mail", "source": "main"}}
    assert operator.post("/api/v1/operations", json=body).status_code == 202
    found = bundle.audit.page().items[:3]
    assert {each.actor for each in found} == {"Kim"}
    assert bundle.operations.list().items[0].actor == "Kim"


@pytest.mark.parametrize("path", PAGES)
def test_a_viewers_page_shows_the_controls_and_why_they_do_not_work(
    viewer: FlaskClient, operator: FlaskClient, seeder: Seeder, path: str
) -> None:
    path = path.format(operation=furnished(operator, seeder))
    acting, page = operator.get(path), viewer.get(path)
    assert acting.status_code == 200
    if ASKS.search(path):
        assert page.status_code == 403
        return
    assert page.status_code == 200
    sending = {form.action for form in forms(page) if form.method == "post"}
    assert sending <= {"/logout", "/settings"}
    assert 'hx-get="/operations/new' not in page.text
    off = _OFF.findall(page.text)
    working, left = (_ACTING.findall(each.text.partition('id="palette"')[0]) for each in (acting, page))
    assert len(off) == len(working) - len(left)
    assert all("needs the operator role" in each for each in off)


def test_an_operators_page_has_no_control_that_does_not_work(operator: FlaskClient, seeder: Seeder) -> None:
    operation = furnished(operator, seeder)
    for path in PAGES:
        assert "aria-disabled" not in operator.get(path.format(operation=operation)).text, path


def test_a_viewers_palette_offers_no_change(viewer: FlaskClient, operator: FlaskClient, seeder: Seeder) -> None:
    furnish(operator, seeder)
    path = "/palette?q=requeue&at=/jobs/main/mail/mail-1"
    assert "Requeue this job" in words(operator.get(path))
    assert "Requeue this job" not in words(viewer.get(path))


def test_another_role_counts_from_the_next_second_on(app: Flask, bundle: Services, clock: object) -> None:
    client = browser(app, "kim")
    bundle.auth.users.set_role("kim", Role.VIEWER)
    bundle.auth.sessions.forget()
    assert client.get("/").status_code == 303


def test_being_signed_in_costs_one_command(
    viewer: FlaskClient, bundle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle.auth.sessions.forget()
    sent = record_commands(monkeypatch)
    assert viewer.get("/login?next=/dead").location == "/dead"  # nothing is read but the session
    assert sent == ["EVALSHA"]
    assert viewer.get("/login?next=/dead").location == "/dead"
    assert sent == ["EVALSHA"]
