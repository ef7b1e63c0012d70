"""axe-core finds nothing: every page and dialog, light and dark, wide and narrow, with rows selected, without rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.axe import WIDTHS, violations, violations_everywhere
from tests.browser.conftest import Product
from tests.browser.pages import World, pages
from tests.conftest import free_port

__all__ = ["WIDTHS", "violations"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
Open = Callable[..., Page]
PARTS = 6
ASKING = """() => {
  const all = document.querySelectorAll("[hx-target='#dialog']:is(a, button), form[hx-target='#dialog'] [type=submit]");
  return [...all].filter((each) => !each.closest(".dlg"));
}"""
"""All that opens a dialog with what the server answers, also inside menus."""
LISTS = ("/", "/queues", "/jobs", "/dead", "/operations", "/workers", "/schedules", "/alerts", "/audit", "/settings")


@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_on_any_page(part: int, product: Product, world: World, new_page: Open) -> None:
    """Each page is loaded once and looked at in every theme, width and state."""
    page = new_page("/healthz")
    found: dict[str, Any] = {}
    for path in pages(product.address, world)[part::PARTS]:
        page.set_viewport_size(WIDTHS["wide"])  # type: ignore[arg-type]
        page.goto(path)
        found[path] = violations_everywhere(page)
        page.set_viewport_size(WIDTHS["wide"])  # type: ignore[arg-type]
        if page.locator("form[data-select] tbody input[type=checkbox]").count():
            page.locator("form[data-select] tbody input[type=checkbox]").first.check()
            found[f"{path} with rows selected"] = violations_everywhere(page)
    assert {where: problems for where, problems in found.items() if problems} == {}


def test_axe_finds_nothing_in_any_dialog(product: Product, world: World, new_page: Open) -> None:
    """Every kind of button that asks first, found on the pages by its words."""
    page = new_page("/healthz")
    found: dict[str, Any] = {}
    for path in pages(product.address, world):
        page.set_viewport_size(WIDTHS["wide"])  # type: ignore[arg-type]
        page.goto(path)
        words = page.evaluate(f"({ASKING})().map((each) => each.textContent.trim())")
        for each in sorted({text for text in words if text} - found.keys()):
            _open_dialog(page, each)
            found[each] = violations_everywhere(page)
            page.goto(path)
    assert {"Requeue…", "Purge…", "Requeue to another queue…", "Delete…"} <= found.keys()
    assert {where: problems for where, problems in found.items() if problems} == {}


def _open_dialog(page: Page, words: str) -> None:
    page.set_viewport_size(WIDTHS["wide"])  # type: ignore[arg-type]
    box = page.locator("form[data-select] tbody input[type=checkbox]")
    if box.count():
        box.first.check()
    page.evaluate(f"(words) => ({ASKING})().find((each) => each.textContent.trim() === words).click()", words)
    page.locator("#dialog[open]").wait_for()


@pytest.mark.parametrize("dialog", ["keys", "ask", "palette"])
def test_axe_finds_nothing_in_the_dialogs_that_every_page_has(
    dialog: str, product: Product, world: World, new_page: Open
) -> None:
    page = new_page(f"/dead/{world.fingerprint}")
    page.evaluate(f"document.getElementById('{dialog}').showModal()")
    assert violations_everywhere(page) == {}


def test_axe_finds_nothing_in_the_menu_of_a_phone_and_in_open_menus(world: World, new_page: Open) -> None:
    page = new_page(f"/dead/{world.fingerprint}", viewport=WIDTHS["phone"], reduced_motion="reduce")
    page.get_by_role("button", name="Menu").click()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert violations(page, within="#nav") == []
    page.keyboard.press("Escape")
    for number in range(page.locator("main details").count()):
        page.evaluate(
            "(n) => document.querySelectorAll('main details').forEach((e, i) => { e.open = i === n; })", number
        )
        assert violations(page, within="main details[open]") == []


@pytest.mark.parametrize("redis", ["empty", "down"])
def test_axe_finds_nothing_when_there_is_nothing_to_show(
    redis: str, redis_url: str, serve_here: Callable[[str], str], new_page: Open
) -> None:
    address = serve_here(redis_url if redis == "empty" else f"redis://127.0.0.1:{free_port()}/0")
    page = new_page("/healthz")
    found = {}
    for path in LISTS:
        page.goto(address + path)
        found[path] = violations_everywhere(page)
    assert {where: problems for where, problems in found.items() if problems} == {}
