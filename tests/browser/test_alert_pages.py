"""The pages of alerts, in a product of its own whose channel is a receiver here and where a rule fires."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from queue_core.connection import connect
from tests.alerts.receiver import Receiver
from tests.browser.axe import violations_everywhere
from tests.browser.conftest import Product, _answers
from tests.browser.test_keyboard import tab_to
from tests.conftest import RealServer, free_port
from tests.contract.seeders.queue_core import Seeder

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Open = Callable[..., Page]
FIRES = "too-many-failed"
WINDOW = {"name": "nightly", "match": "queue=elsewhere", "by": "cron", "cron": "0 2 29 2 *", "zone": "UTC", "for": "1h"}


@dataclass
class Alerting(Product):
    """A product with a channel `ops`, and what came there."""

    receiver: Receiver

    def fingerprint(self) -> str:
        """Of the alert that fires."""
        alerts: list[dict[str, Any]] = self.ask("/api/v1/alerts?limit=200")["items"]
        return str(next(each["fingerprint"] for each in alerts if each["rule"] == FIRES))

    def silences(self) -> list[dict[str, Any]]:
        return [each for each in self.ask("/api/v1/alerts/silences")["items"] if each["state"] == "active"]


@pytest.fixture(scope="module")
def product() -> Iterator[Alerting]:
    """In place of the one that other tests share."""
    server, port = RealServer().start(), free_port()
    address = f"http://127.0.0.1:{port}"
    with Receiver() as receiver:
        given = {"REDRIVE_CHANNELS": json.dumps([receiver.settings("ops")]), "CI": "1"}
        command = [sys.executable, "-m", "dashboard", "serve", "--redis", server.url, "--port", str(port)]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **given}
        )
        made = Alerting(address, server.url, receiver)
        deadline = time.monotonic() + 60
        while not _answers(address):
            assert process.poll() is None
            assert time.monotonic() < deadline, "the dashboard did not start"
            time.sleep(0.1)
        Seeder(server.url).failed("billing", 110, fingerprint="a" * 16, type="billing.capture")
        made.engine("billing")
        while not any(each["state"] == "firing" for each in made.ask("/api/v1/alerts?limit=200")["items"]):
            assert time.monotonic() < deadline, "no rule fires"
            time.sleep(0.2)
        yield made
        process.terminate()
        process.wait(30)
    server.close()


def dialog(page: Page, name: str) -> None:
    """Press what asks first, and wait for the question."""
    page.get_by_role("link", name=name).first.click()
    page.locator("#dialog[open]").wait_for()


def test_by_keyboard_alone_from_the_alerts_to_a_rule_and_its_silence(product: Alerting, new_page: Open) -> None:
    page = new_page("/alerts")
    tab_to_link(page, f"#r-{FIRES} a.name")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/alerts/rules/{FIRES}")
    tab_to_link(page, "main a[href*='/silences/new']")
    page.keyboard.press("Enter")
    page.locator("#dialog[open]").wait_for()
    assert page.evaluate("document.getElementById('dialog').contains(document.activeElement)")
    tab_to(page, "#dialog #comment")
    page.keyboard.type("restoring the ledger")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    (silence,) = product.silences()
    assert silence["comment"] == "restoring the ledger"
    page.goto("/alerts")
    expect(page.locator(f"#al-{product.fingerprint()}")).to_contain_text("Silenced")
    expect(page.locator(f"#r-{FIRES}")).to_contain_text("Silenced")
    row = page.locator(f"#s-{silence['id']}")
    row.get_by_role("button", name="One hour more for the silence").click()
    expect(row).to_contain_text("1 h")
    tab_to_link(page, f"#s-{silence['id']} form[action$='/end'] button")
    page.keyboard.press("Enter")
    expect(row).to_be_hidden()
    assert product.silences() == []


def tab_to_link(page: Page, selector: str) -> None:
    """Press Tab until the focus is there; lists are long."""
    for _ in range(150):
        if page.evaluate("selector => !!document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {selector}")


def test_the_preview_of_a_rule_follows_what_is_typed(new_page: Open) -> None:
    page = new_page("/alerts/rules/new?metric=failed")
    expect(page.locator("#preview")).to_contain_text("It changes nothing.")
    page.get_by_label("Fires above").fill("50")
    expect(page.locator("#preview")).not_to_contain_text("It changes nothing.")
    page.get_by_label("Fires above").fill("a lot")
    expect(page.locator("#preview")).to_contain_text("write")
    assert page.get_by_label("Fires above").input_value() == "a lot", "what is typed stays"


def test_a_rule_is_previewed_made_and_deleted_without_javascript(product: Alerting, new_page: Open) -> None:
    page = new_page("/alerts/rules/new?metric=failed", java_script_enabled=False)
    page.get_by_label("Name").fill("plain")
    page.get_by_label("Fires above").fill("5000")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).not_to_contain_text("It changes nothing.")
    assert page.get_by_label("Name").input_value() == "plain"
    page.get_by_role("button", name="Save rule").click()
    page.wait_for_url("**/alerts/rules/plain")
    page.goto("/alerts/rules/plain/delete")
    page.get_by_role("button", name="Delete rule").click()
    page.wait_for_url("**/alerts")
    assert "plain" not in {each["name"] for each in product.ask("/api/v1/alerts/rules?limit=200")["items"]}


def test_a_test_goes_to_a_receiver_of_the_file_and_never_from_a_page_into_this_network(
    product: Alerting, new_page: Open
) -> None:
    page = new_page("/alerts")
    dialog(page, "New channel")
    page.locator("#dialog").get_by_label("Name").fill("near")
    page.locator("#dialog").get_by_label("Address").fill(product.receiver.url)
    page.locator("#dialog .btn-primary, #dialog .btn-danger").click()
    expect(page.locator("#ch-near")).to_be_visible()
    before = len(product.receiver.requests)
    page.get_by_role("button", name="Send a test to near").click()
    expect(page.locator("#toasts")).to_contain_text("near did not take the test message.")
    assert len(product.receiver.requests) == before
    page.get_by_role("button", name="Send a test to ops").click()
    expect(page.locator("#toasts")).to_contain_text("ops accepted the test message.")
    assert [each.json()["type"] for each in product.receiver.requests[before:]] == ["alert.test"]
    dialog(page, "Remove channel near")
    page.locator("#dialog .btn-primary, #dialog .btn-danger").click()
    expect(page.locator("#ch-near")).to_be_hidden()


def test_an_incident_leads_to_its_cause_and_silences_itself(product: Alerting, new_page: Open) -> None:
    page = new_page(f"/alerts/incidents/{product.fingerprint()}")
    dialog(page, "Silence")
    page.locator("#dialog").get_by_text("4 h").click()
    page.locator("#dialog .btn-primary, #dialog .btn-danger").click()
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator("#incident")).to_contain_text("Silenced by")
    (silence,) = product.silences()
    page.locator("#incident").get_by_role("link", name="Dead letters").click()
    page.wait_for_url("**/dead**")
    page.go_back()
    page.get_by_role("link", name="Rule").first.click()
    page.wait_for_url(f"**/alerts/rules/{FIRES}")
    page.goto("/alerts/silences")
    page.locator(f"#s-{silence['id']}").get_by_role("button", name="End the silence").click()
    expect(page.locator("#ended-h")).to_be_visible()


def test_a_window_shows_when_it_opens_while_it_is_written(new_page: Open) -> None:
    page = new_page("/alerts/silences")
    dialog(page, "New window")
    expect(page.locator("#window-next li")).to_have_count(3)
    page.get_by_text("As cron says").click()
    page.get_by_label("Cron expression").fill("0 2 29 2 *")
    expect(page.locator("#window-next li").first).to_contain_text("29 Feb 02:00")
    page.get_by_label("Cron expression").fill("0 0 30 2 *")
    expect(page.locator("#window-next")).to_contain_text("never opens")
    assert page.get_by_label("Cron expression").evaluate("each => each === document.activeElement")
    page.get_by_label("Cron expression").fill("0 2 29 2 *")
    page.locator("#dialog").get_by_label("Name").fill("leap")
    page.locator("#dialog").get_by_label("Which alerts").fill("queue=elsewhere")
    page.locator("#dialog .btn-primary, #dialog .btn-danger").click()
    expect(page.locator("#w-leap")).to_be_visible()
    dialog(page, "Change window leap")
    page.get_by_text("On days of the week").click()
    page.locator("#dialog").get_by_label("From").fill("03:30")
    page.locator("#dialog .btn-primary, #dialog .btn-danger").click()
    expect(page.locator("#w-leap")).to_contain_text("03:30")
    dialog(page, "Delete window leap")
    page.locator("#dialog .btn-primary, #dialog .btn-danger").click()
    expect(page.locator("#w-leap")).to_be_hidden()


def test_a_window_shows_when_it_opens_without_javascript(new_page: Open) -> None:
    page = new_page("/alerts/windows/new", java_script_enabled=False)
    page.get_by_text("As cron says").click()
    page.get_by_label("Cron expression").fill("0 2 29 2 *")
    page.get_by_role("button", name="Show when it opens").click()
    expect(page.locator("#window-next li").first).to_contain_text("29 Feb 02:00")
    assert page.get_by_label("Cron expression").input_value() == "0 2 29 2 *"


def test_axe_finds_nothing_where_something_fires_is_silenced_or_cannot_be_read(
    product: Alerting, new_page: Open
) -> None:
    """What the pages of `test_accessibility` have no rows for."""
    silence = product.ask("/api/v1/alerts/silences", {"matchers": [f"rule={FIRES}"], "duration_seconds": 3600})
    store = connect(product.redis_url)
    store.hset("{redrive}:alerts:rules", "broken", "{")
    store.hset("{redrive}:alerts:channels", mapping={"unread": "{", "team": _slack()})
    page = new_page("/alerts")
    page.request.post("/alerts/windows", form=WINDOW)
    found: dict[str, Any] = {}
    paths = ("/alerts", "/alerts/silences", f"/alerts/rules/{FIRES}", f"/alerts/incidents/{product.fingerprint()}",
             "/alerts/rules/broken/delete", f"/alerts/silences/{silence['id']}/edit", "/alerts/windows/nightly/edit",
             "/alerts/channels/team/edit", "/alerts/channels/unread/remove")  # fmt: skip
    try:
        for path in paths:
            page.goto(path)
            found[path] = violations_everywhere(page)
        for name in ("Change the silence of", "Change window nightly"):
            page.goto("/alerts/silences")
            dialog(page, name)
            found[name] = violations_everywhere(page)
    finally:
        store.hdel("{redrive}:alerts:rules", "broken")
        store.hdel("{redrive}:alerts:channels", "unread", "team")
        store.delete("{redrive}:alerts:silences", "{redrive}:alerts:windows")
    assert {where: problems for where, problems in found.items() if problems} == {}


def _slack() -> str:
    return json.dumps(
        {"channel": {"name": "team", "kind": "slack", "url": "https://hooks.slack.example/services/T/B/x"}}
    )
