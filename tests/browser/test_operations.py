"""An operation is watched in a real Chromium: its strip moves every second, is paused, goes on, and stops asking."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Product

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def ask(page: Page, queue: str) -> None:
    """Open the question about all dead letters of a queue, in the dialog."""
    page.goto(f"/dead?queue={queue}")
    page.locator("#groups tbody tr").first.get_by_role("link", name="Requeue").click()
    expect(page.locator("dialog[open]")).to_be_visible()


def test_the_dialog_shows_warnings_and_a_sample_and_keeps_its_button_in_sight(
    product: Product, new_page: Open, queue_name: str
) -> None:
    product.fail(queue_name, [f"job-{n}" for n in range(5)])
    page = new_page("/dead", viewport={"width": 1280, "height": 560})
    ask(page, queue_name)
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_text("is still happening")).to_be_visible()
    dialog.locator("details.sample summary").click()
    expect(dialog.locator("details.sample code").first).to_contain_text('"to": "a@example.com"')
    expect(dialog.get_by_role("button", name="Requeue 5 jobs")).to_be_in_viewport()


def test_the_strip_moves_by_itself_is_paused_goes_on_and_stops_asking_at_the_end(
    product: Product, new_page: Open, queue_name: str
) -> None:
    product.fail(queue_name, [f"job-{n}" for n in range(60)])
    page = new_page("/dead")
    ask(page, queue_name)
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Speed").select_option("10")
    dialog.get_by_label("Stop when").select_option("")
    dialog.get_by_label("Slow down by itself").uncheck()
    dialog.get_by_role("button", name="Requeue 60 jobs").click()
    page.get_by_role("link", name="Follow").click()
    page.wait_for_url("**/operations/*")
    strip, bar = page.locator(".op"), page.locator(".op progress")
    expect(strip).to_contain_text(f"ValueError in {queue_name}")
    expect(bar).to_have_attribute("value", re.compile(r"^([6-9]|[1-5]\d)$"))
    strip.get_by_role("button", name="Pause").click()
    expect(strip).to_contain_text("paused")
    expect(strip).not_to_have_attribute("data-second", "")
    strip.get_by_role("button", name="Resume").click()
    expect(strip).to_have_attribute("data-second", "")
    expect(bar).to_have_attribute("value", "60")
    expect(strip).to_contain_text("60 of 60")
    expect(strip).not_to_have_attribute("data-second", "")
    asked: list[str] = []
    own = strip.get_attribute("id") or ""
    page.on("request", lambda request: asked.append(_target(request)))
    with page.expect_request(lambda request: "operation=" in request.headers.get("live-regions", "")):
        pass  # the page's own next tick; a strip that still asked would have done so several times by then
    assert not [each for each in asked if each.endswith(f"#{own}")]


def _target(request: Request) -> str:
    return request.headers.get("hx-target", "")


def test_the_end_of_an_operation_that_left_jobs_out_is_told_where_it_was_started(
    product: Product, new_page: Open, queue_name: str
) -> None:
    product.fail(queue_name, [f"job-{n}" for n in range(5)])
    page = new_page("/dead")
    ask(page, queue_name)
    for number in range(2):
        product.engine(queue_name).control_job("purge", f"job-{number}")
    page.locator("dialog[open]").get_by_role("button", name="Requeue 5 jobs").click()
    toast = page.locator(".toast", has_text="Requeued 3 of 5 jobs.")
    expect(toast).to_contain_text("2 had already been moved by someone else.")
    expect(toast.get_by_role("link", name="See the operation")).to_be_visible()
    expect(page.locator(".toast", has_text="Requeued 3 of 5 jobs.")).to_have_count(1)
    assert page.evaluate("followed.size") == 0
