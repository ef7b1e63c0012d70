"""The search box under a real Chromium: a combobox by keyboard and mouse, and a plain form without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Product
from tests.browser.test_accessibility import WIDTHS, violations

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_a_known_value_is_completed_and_searched_by_keyboard(product: Product, new_page: Open, queue_name: str) -> None:
    queue_name = f"completed-{queue_name}"
    product.fail(queue_name, ["one"], message="the mailbox is full")
    page = new_page("/dead")
    page.keyboard.press("/")
    page.keyboard.type(f"queue:{queue_name}"[:-1])
    box = page.get_by_role("combobox", name="Filter dead letters")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#q-status")).to_have_text(re.compile(r"\d+ suggestion"))
    page.locator("#q-values").get_by_role("option", name=queue_name).first.wait_for()
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(box).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_be_focused()
    page.keyboard.type(queue_name[-1])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**queue%3A{queue_name}**")
    expect(page.get_by_role("link", name="ValueError", exact=True)).to_have_count(1)


def test_a_name_is_taken_by_tab_and_a_value_by_the_mouse(product: Product, new_page: Open, queue_name: str) -> None:
    own = f"mouse-{queue_name}"
    product.fail(own, ["one"])
    page = new_page("/jobs")
    page.get_by_label("Filter jobs").focus()
    page.keyboard.type("-que")
    page.locator("#q-values").get_by_role("option", name="queue:").wait_for()
    page.keyboard.press("Tab")
    box = page.get_by_label("Filter jobs")
    expect(box).to_have_value("-queue:")
    page.keyboard.type("mouse-")
    page.locator("#q-values").get_by_role("option", name=own).click()
    expect(box).to_have_value(f"-queue:{own} ")
    expect(box).to_be_focused()


def test_a_word_that_is_begun_shows_no_mistake(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["one"])
    page = new_page(f"/dead?queue={queue_name}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "q=" in request.url else None)
    page.get_by_label("Filter dead letters").focus()
    page.keyboard.type("type:")
    page.locator("#q-values").get_by_role("option", name="emails.send").wait_for()
    page.wait_for_timeout(600)
    expect(page.get_by_text("needs a value")).to_have_count(0)
    assert not [url for url in asked if "/dead?" in url and "type%3A&" in url]


def test_without_javascript_the_form_searches_and_chips_are_taken_away(
    product: Product, browser: Browser, queue_name: str
) -> None:
    product.fail(queue_name, ["one"], type="emails.send")
    context = browser.new_context(base_url=product.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/jobs")
    page.get_by_label("Filter jobs").fill(f"queue:{queue_name} -type:other")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#j-one")).to_be_visible()
    page.get_by_role("link", name="Remove filter: not type other").click()
    assert "other" not in page.url
    expect(page.locator("#j-one")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_with_offers_chips_and_a_mistake(
    theme: str, width: str, product: Product, new_page: Open, queue_name: str
) -> None:
    product.fail(queue_name, ["one"])
    page = new_page("/healthz", color_scheme=theme, viewport=WIDTHS[width], reduced_motion="reduce")
    page.goto(f"/dead?queue={queue_name}&type=emails.send&q=-error%3AOther%20-worker%3Asomebody%20mailbox")
    page.get_by_label("Filter dead letters").fill("queue:")
    page.locator("#q-values").get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for path in ("/jobs?q=-quue:x", "/jobs?queue=nothing-like-it", "/dead?type=nothing-like-it"):
        page.goto(path)
        assert violations(page) == []
