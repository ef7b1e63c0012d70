"""The editor of one job's arguments, with the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Product

Open = Callable[..., Page]


def test_tab_indents_while_one_types_and_never_traps(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["one"])
    page = new_page(f"/jobs/main/{queue_name}/one/edit")
    text, button = page.locator("#data"), page.get_by_role("button", name="Requeue with these arguments")
    expect(text).to_be_focused()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    text.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("{")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(text).to_be_focused()
    expect(text).to_have_value("{\n    ")
    mistake = page.get_by_role("button", name="Go to line 2")
    expect(mistake).to_be_visible()
    page.keyboard.press("Escape")
    for reached in (page.get_by_role("group", name="Where it is"), mistake, button):
        page.keyboard.press("Tab")
        expect(reached).to_be_focused()


def test_a_mistake_is_marked_at_its_line_and_a_change_is_shown(
    product: Product, new_page: Open, queue_name: str
) -> None:
    product.fail(queue_name, ["one"])
    page = new_page(f"/jobs/main/{queue_name}/one/edit")
    page.locator("#data").fill('{\n  "a": 1,\n  "b": True\n}')
    expect(page.locator("#check-words")).to_contain_text("Line 3, column 8: write true for True")
    expect(page.locator(".gutter .at")).to_have_text("3")
    page.get_by_role("button", name="Go to line 3").click()
    expect(page.locator("#data")).to_be_focused()
    page.locator("#data").fill('{"a": 1}')
    expect(page.locator(".changes")).to_contain_text("added")
    expect(page.locator(".gutter .at")).to_have_count(0)
