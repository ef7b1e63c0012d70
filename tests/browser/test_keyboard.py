"""The keyboard alone: the dead-letter desk from the failing group to the undo, the palette, the list of keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Product
from tests.browser.test_accessibility import WIDTHS, violations

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(30):
        if page.evaluate("selector => !!document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {selector}")


def answer(page: Page, question: str) -> None:
    """Read the question that a key opened, and say yes."""
    expect(page.locator("#ask h2")).to_have_text(question)
    tab_to(page, "#ask [data-yes]")
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_be_hidden()


def test_a_group_is_requeued_paused_resumed_cancelled_and_taken_back(
    product: Product, new_page: Open, queue_name: str
) -> None:
    product.fail(queue_name, [f"job-{n}" for n in range(40)])
    page = new_page(f"/dead?queue={queue_name}")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dead/*")
    page.keyboard.press("e")
    page.locator("#dialog[open]").wait_for()
    tab_to(page, "#dialog select[name=canary]")
    page.keyboard.type("20")
    tab_to(page, "#dialog button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/operations")
    row = page.locator("#operations tr", has_text=queue_name).first
    expect(row).to_be_visible()
    for _ in range(60):
        page.keyboard.press("j")
        if row.evaluate("row => row.contains(document.activeElement)"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/operations/*")
    operation = page.locator("#operation")
    page.keyboard.press("h")
    answer(page, "Pause?")
    expect(operation).to_contain_text("Paused")
    page.keyboard.press("h")
    answer(page, "Resume?")
    expect(operation).to_contain_text("20 of 40")  # with none requeued, nothing could be undone
    page.keyboard.press("c")
    answer(page, "Cancel?")
    expect(operation.get_by_role("button", name="Undo")).to_be_visible(timeout=30_000)
    page.keyboard.press("u")
    answer(page, "Undo?")
    expect(operation).to_contain_text("Takes back")


def test_a_purged_job_is_found_in_the_trash_and_restored(product: Product, new_page: Open, queue_name: str) -> None:
    job_id = f"{queue_name}-job-1"
    product.fail(queue_name, [job_id])
    product.engine(queue_name).control_job("purge", job_id)
    page = new_page("/workers")
    page.keyboard.press("Control+k")
    page.keyboard.type("trash")
    expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("Trash")
    page.keyboard.press("Enter")
    page.wait_for_url("**/trash")
    page.goto(f"/trash?queue={queue_name}")
    page.keyboard.press("j")
    page.keyboard.press("u")
    page.locator("#dialog[open]").wait_for()
    expect(page.locator("#dialog")).to_contain_text("Restore 1 job?")
    tab_to(page, "#dialog button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    for _ in range(120):  # the collector restores it; the list is held while the focus is in it, and `r` asks anew
        page.keyboard.press("r")
        page.wait_for_timeout(1_000)
        if "Nothing in the trash matches" in (page.locator("#jobs").text_content() or ""):
            break
    expect(page.locator("#jobs")).to_contain_text("Nothing in the trash matches")


def test_the_palette_leads_to_a_queue_and_to_a_job(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, [f"{queue_name}-job-1"])
    page = new_page("/workers")
    page.keyboard.press("Control+k")
    page.keyboard.type(queue_name)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/queues/main/{queue_name}")
    page.keyboard.press("Control+k")
    page.keyboard.type(f"{queue_name}/{queue_name}-job-1")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/jobs/main/{queue_name}/{queue_name}-job-1")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-list")).to_contain_text("Recent")
    kept = page.evaluate("localStorage.getItem('palette')")
    assert f"/queues/main/{queue_name}" in kept
    assert "/jobs/" not in kept


def test_the_focus_returns_to_what_opened_a_question(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["one"])
    page = new_page(f"/dead?queue={queue_name}")
    page.keyboard.press("j")
    link = page.locator("#groups tbody th a").first
    for keys, opened in (("e", "#dialog[open]"), ("?", "#keys[open]"), ("Control+k", "#palette[open]")):
        page.keyboard.press(keys)
        page.locator(opened).wait_for()
        page.keyboard.press("Escape")
        expect(link).to_be_focused()


def test_the_focus_of_a_row_that_goes_is_on_the_next_row(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["a", "b", "c"])
    page = new_page(f"/queues/main/{queue_name}/jobs?state=failed")
    page.keyboard.press("j")
    gone = page.evaluate("document.activeElement.closest('tr').id").removeprefix("j-")
    page.request.post(f"/jobs/main/{queue_name}/{gone}/requeue", headers={"Origin": product.address})
    page.keyboard.press("r")
    expect(page.locator("#announcer")).to_contain_text("no longer in the list")
    assert page.evaluate("document.activeElement.closest('tr').id") in {f"j-{n}" for n in "abc"} - {f"j-{gone}"}


def test_keys_are_only_text_while_typing_and_off_when_switched_off(
    product: Product, new_page: Open, queue_name: str
) -> None:
    product.fail(queue_name, ["one"])
    page = new_page(f"/dead?queue={queue_name}")
    page.keyboard.press("/")
    page.keyboard.type("e?")
    expect(page.locator("#q")).to_have_value("e?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.goto("/settings")
    page.locator("#set-shortcuts").select_option("off")
    page.get_by_role("button", name="Save").click()
    page.goto(f"/dead?queue={queue_name}")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_palette_and_the_lists_of_keys(
    product: Product, new_page: Open, theme: str, width: str
) -> None:
    product.fail("keyboard", ["job-1"])
    page = new_page("/jobs/main/keyboard/job-1", color_scheme=theme, viewport=WIDTHS[width], reduced_motion="reduce")
    for keys, opened in (("?", "#keys[open]"), ("e", "#ask[open]"), ("Control+k", "#palette[open]")):
        page.keyboard.press(keys)
        page.locator(opened).wait_for()
        assert violations(page) == [], opened
        page.keyboard.press("Escape")


def test_the_palette_is_a_page_without_javascript(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["one"])
    page = new_page("/dead", java_script_enabled=False)
    page.get_by_role("link", name="Find", exact=True).click()
    page.get_by_role("searchbox").fill(queue_name)
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name=queue_name, exact=True).click()
    page.wait_for_url(f"**/queues/main/{queue_name}")
