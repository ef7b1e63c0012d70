"""What a screen reader is told of news, when somebody chose to be told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Product
from tests.browser.ticking import calm, failed_jobs, tick, tick_until

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_new_dead_letters_are_announced_to_who_chose_that_in_one_sentence_in_half_a_minute(
    product: Product, new_page: Open, queue_name: str
) -> None:
    product.fail(queue_name, ["first"])
    page = new_page("/settings")
    page.locator("#set-announcements").select_option("on")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    page.goto(failed_jobs(queue_name))
    calm(page)
    said = page.locator("#announcer")
    expect(said).to_be_empty()
    product.fail(queue_name, ["second", "third"])
    tick_until(page, f"#announcer:has-text('Dead letters: 2 new in {queue_name}')", 1)
    product.fail(queue_name, ["fourth"])
    for _ in range(600):
        tick(page)
        if page.evaluate("announced.news.size"):
            break
        page.wait_for_timeout(100)
    assert page.evaluate("[...announced.news.values(), announced.timer > 0]") == [1, True]
    expect(said).to_contain_text("2 new in")


def test_nothing_is_announced_unless_it_was_chosen(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["first"])
    page = new_page(failed_jobs(queue_name))
    calm(page)
    product.fail(queue_name, ["second"])
    tick_until(page, "#j-second", 1)
    expect(page.locator("#announcer")).to_be_empty()
    assert page.locator("#navigation").get_attribute("data-deaths") is None
