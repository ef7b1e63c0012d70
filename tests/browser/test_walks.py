"""The main way of an operator, from the overview to the outcome: with the Tab key alone, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Product
from tests.contract.seeders.queue_core import Seeder

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
Open = Callable[..., Page]
JOBS = 130
"""More than other tests let fail for one reason, so that the group is among the top ones."""
SEEN = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect();
  const x = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2;
  const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
  const at = document.elementFromPoint(x, y);
  const { outlineStyle, outlineWidth } = getComputedStyle(e);
  const outlined = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  return { words: e.outerHTML.slice(0, 120), hidden: !at || !(e.contains(at) || at.contains(e)), outlined };
}"""


def failing(product: Product, queue: str) -> Seeder:
    """A queue whose jobs all failed for one reason."""
    seeder = Seeder(product.redis_url)
    seeder.failed(
        queue, JOBS, fingerprint=f"{abs(hash(queue)) % 16**16:016x}", error=f"BrokenPipeError: {queue} is full"
    )
    product.engine(queue)
    return seeder


def run_all(seeder: Seeder, queue: str) -> None:
    """Do what a worker does with everything that is pending: it succeeds now."""
    seeder.processing(queue, 0)
    assert len(seeder.finish(queue)) == JOBS


def tab_to(page: Page, selector: str, most: int = 200) -> None:
    """Press Tab until the focus is there; wherever it is meanwhile, it can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        seen = _seen(page)
        assert seen["outlined"], f"no focus ring: {seen['words']}"
        assert not seen["hidden"], f"the focus is covered: {seen['words']}"
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reached {selector}")


def _seen(page: Page) -> dict[str, Any]:
    """What has the focus, once a live update that moved it has come to rest."""
    for _ in range(50):
        seen: dict[str, Any] = page.evaluate(SEEN)
        if seen["outlined"] and not seen["hidden"]:
            break
        page.wait_for_timeout(200)
    return seen


def choose(page: Page, words: str) -> None:
    """Choose in the focused list by its first letters."""
    page.keyboard.type(words)
    expect(page.locator("select:focus option:checked")).to_contain_text(words)


def test_tab_and_enter_are_enough_from_the_overview_to_the_outcome(
    product: Product, new_page: Open, queue_name: str
) -> None:
    seeder = failing(product, queue_name)
    page = new_page("/", reduced_motion="reduce")
    tab_to(page, ".skip", 1)
    page.keyboard.press("Enter")
    tab_to(page, f"#top a[href*='{queue_name}']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dead/*")
    tab_to(page, ".top a[href*='requeue']")
    page.keyboard.press("Enter")
    page.locator("#dialog[open]").wait_for()
    expect(page.get_by_label("Speed")).to_be_focused()
    choose(page, "No limit")
    tab_to(page, "#dialog select[name=canary]", 40)
    choose(page, "All")
    tab_to(page, "#dialog button[type=submit]", 40)
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    tab_to(page, "#toasts a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/operations/*")
    expect(page.locator("#operation")).to_contain_text("Done")
    run_all(seeder, queue_name)
    expect(page.locator("#operation tr", has_text="Succeeded")).to_contain_text(str(JOBS))


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, {"width": 390, "height": 844}])
def test_without_javascript_pages_lead_from_the_overview_to_the_outcome(
    viewport: dict[str, int], product: Product, new_page: Open, queue_name: str
) -> None:
    seeder = failing(product, queue_name)
    page = new_page("/", java_script_enabled=False, viewport=viewport)
    group = page.locator(f"#top a[href*='{queue_name}']")
    _until(page, lambda: group.count() > 0)
    group.click()
    page.locator(".top").get_by_role("link", name="Requeue…").click()
    expect(page.get_by_role("heading", name=f"Requeue {JOBS} jobs?")).to_be_visible()
    page.get_by_label("Speed").select_option(label="No limit")
    page.get_by_label("Try first").select_option(label="All at once")
    page.get_by_role("button", name=f"Requeue {JOBS} jobs").click()
    page.get_by_role("link", name="Follow").click()
    _until(page, _says(page, "Done"))
    run_all(seeder, queue_name)
    _until(page, _says(page, f"Succeeded {JOBS}"))


def _says(page: Page, words: str) -> Callable[[], bool]:
    return lambda: words in " ".join(page.locator("#operation").inner_text().split())


def _until(page: Page, shown: Callable[[], bool]) -> None:
    """Load the page anew until it shows that, as one does without JavaScript."""
    for _ in range(600):
        if shown():
            return
        page.wait_for_timeout(200)
        page.reload()
    raise AssertionError(f"{page.url} never shows it")
