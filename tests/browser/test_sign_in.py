"""Signing in, acting and signing out in a real Chromium, with and without JavaScript, and what a viewer sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from dashboard.app import create_app
from dashboard.services import Services, build_services
from dashboard.settings import AuthSettings, Settings, SourceSettings
from tests.accounts import PASSWORD, add_users, hash_cheaply
from tests.browser.axe import violations_everywhere
from tests.browser.conftest import Product
from tests.browser.test_layout import SIDEWAYS
from tests.conftest import RealServer, free_port
from tests.contract.seeders.queue_core import Seeder

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
QUEUE = "letters"


@pytest.fixture(scope="module")
def bundle() -> Iterator[Services]:
    """A Redis of its own with jobs and one user of each role."""
    with pytest.MonkeyPatch.context() as patch:
        hash_cheaply(patch)
        server = RealServer().start()
        source = SourceSettings(name="main", url=server.url)
        made = build_services(Settings(sources=(source,), auth=AuthSettings(mode="users")))
        add_users(made)
        Seeder(server.url).failed(QUEUE, 12, fingerprint="a" * 16)
        yield made
        server.close()


@pytest.fixture(scope="module")
def product(bundle: Services) -> Iterator[Product]:
    """The dashboard with sign-in, in place of the one without that other tests look at."""
    port = free_port()
    server = make_server("127.0.0.1", port, create_app(bundle.settings, bundle), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Product(f"http://127.0.0.1:{port}", bundle.settings.sources[0].url)
    server.shutdown()


def enter(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()


def failed_job(bundle: Services) -> str:
    """A job that is failed, whatever other tests did to theirs."""
    return Seeder(bundle.settings.sources[0].url).failed(f"own-{free_port()}", 1, fingerprint="b" * 16)[0]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_one_signs_in_with_the_keyboard_acts_and_signs_out(scripts: bool, bundle: Services, new_page: Open) -> None:
    job = failed_job(bundle)
    queue = job.rpartition("-")[0]
    page = new_page(f"/jobs/main/{queue}/{job}", java_script_enabled=scripts)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("kim")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/jobs/main/{queue}/{job}")
    page.get_by_role("button", name="Requeue", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Requeued")
    assert bundle.audit.page().items[0].actor == "Kim"
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto(f"/jobs/main/{queue}/{job}")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_what_htmx_sends_carries_the_token_in_header_and_field(bundle: Services, new_page: Open) -> None:
    job = failed_job(bundle)
    page = new_page(f"/jobs/main/{job.rpartition('-')[0]}/{job}")
    enter(page, "kim")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Requeue", exact=True).click()
    token = sent.value.headers["x-csrf-token"]
    assert len(token) == 64
    assert f"csrf_token={token}" in (sent.value.post_data or "")


def test_the_dialog_of_a_bulk_action_works_with_the_token(bundle: Services, new_page: Open) -> None:
    job = failed_job(bundle)
    queue = job.rpartition("-")[0]
    page = new_page(f"/queues/main/{queue}/jobs?state=failed")
    enter(page, "kim")
    page.locator("tbody input[type=checkbox]").first.check()
    page.locator("#jobs").get_by_role("button", name="Requeue…").click()
    page.locator("#dialog[open]").get_by_role("button", name="Requeue 1 job").click()
    expect(page.locator(".toast")).to_contain_text("Requeue of 1 job started")


def test_a_wrong_password_is_said_and_can_be_corrected(new_page: Open) -> None:
    page = new_page("/login?next=/workers")
    enter(page, "kim", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("Wrong name or password.")
    expect(page.get_by_label("Name")).to_have_value("kim")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/workers")


def test_the_form_says_that_caps_lock_is_on(new_page: Open) -> None:
    page = new_page("/login")
    press = """(on) => document.getElementById("password").dispatchEvent(
      new KeyboardEvent("keydown", { key: "A", modifierCapsLock: on, bubbles: true }))"""
    page.evaluate(press, True)
    expect(page.locator("#caps")).to_have_text("Caps lock is on.")
    page.evaluate(press, False)
    expect(page.locator("#caps")).to_have_text("")


def test_a_viewer_is_told_why_a_control_does_not_work(bundle: Services, new_page: Open) -> None:
    job = failed_job(bundle)
    page = new_page(f"/jobs/main/{job.rpartition('-')[0]}/{job}")
    enter(page, "vera")
    expect(page.locator("#job-acts .why")).to_have_text("needs the operator role")
    off = page.get_by_role("button", name="Requeue, needs the operator role")
    expect(off).to_be_visible()
    off.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Requeue, needs the operator role.")
    page.keyboard.press("e")
    expect(page.locator("#ask")).not_to_be_visible()
    assert bundle.sources.get("main").job(job.rpartition("-")[0], job).state == "failed"


def test_who_is_signed_out_meanwhile_keeps_the_page(bundle: Services, new_page: Open) -> None:
    page = new_page(f"/queues/main/{QUEUE}/jobs?state=failed")
    enter(page, "ada")
    row = page.locator("tbody input[type=checkbox]").first
    row.check()
    with page.expect_response(lambda reply: reply.status == 401):  # the page asks for news by itself
        bundle.auth.users.set_password("ada", PASSWORD)
        bundle.auth.sessions.forget()
    expect(row).to_be_checked()
    expect(page.locator("#connection")).to_contain_text("Your session ended.")
    page.locator("#connection").get_by_role("link", name="Sign in").click()
    enter(page, "ada")
    page.wait_for_url(f"**/queues/main/{QUEUE}/jobs?state=failed")


def test_axe_finds_nothing_before_and_after_signing_in(bundle: Services, new_page: Open) -> None:
    page = new_page("/login")
    found: dict[str, Any] = {"form": violations_everywhere(page)}
    enter(page, "vera", "not the password")
    found["refused"] = violations_everywhere(page)
    page.goto("/login?signed_out=1")
    found["signed out"] = violations_everywhere(page)
    enter(page, "vera")
    job = failed_job(bundle)
    for path in (
        "/",
        f"/queues/main/{QUEUE}",
        f"/dead/{'a' * 16}",
        f"/jobs/main/{job.rpartition('-')[0]}/{job}",
        "/audit",
        "/account",
    ):
        page.goto(path)
        found[path] = violations_everywhere(page)
    page.goto("/dead")
    page.locator("tbody input[type=checkbox]").first.check()
    found["rows selected"] = violations_everywhere(page)
    page.goto("/operations/new?action=requeue")
    found["not allowed"] = violations_everywhere(page)
    assert {where: problems for where, problems in found.items() if problems} == {}


def test_nothing_scrolls_sideways(bundle: Services, new_page: Open) -> None:
    page = new_page("/login", viewport={"width": 320, "height": 640})
    wider = {"form": page.evaluate(SIDEWAYS)}
    enter(page, "vera")
    job = failed_job(bundle)
    for path in ("/", "/dead", "/account", f"/queues/main/{QUEUE}", f"/jobs/main/{job.rpartition('-')[0]}/{job}"):
        for width in (320, 390, 768, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(path)
            wider[f"{path} {width}"] = page.evaluate(SIDEWAYS)
    assert {where: pixels for where, pixels in wider.items() if pixels > 0} == {}
