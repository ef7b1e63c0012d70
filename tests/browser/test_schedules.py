"""What an operator does with schedules, in a real Chromium: run one, pause it, take that back, delete it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from queue_core.schedules import Schedules
from tests.browser.axe import WIDTHS
from tests.browser.conftest import Product
from tests.contract.seeders.queue_core import Seeder

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.mark.parametrize("size", WIDTHS)
def test_one_is_run_and_paused_from_the_list_and_the_pause_taken_back(
    product: Product, new_page: Open, queue_name: str, size: str
) -> None:
    Seeder(product.redis_url).schedule(queue_name)
    page = new_page(f"/schedules?queue={queue_name}", viewport=WIDTHS[size])
    row = page.locator("#schedules tbody tr")
    row.get_by_role("button", name="Run nightly now").click()
    toast = page.locator("#toasts .toast").filter(has_text="Enqueued nightly")
    expect(toast.get_by_role("link", name="See the job")).to_be_visible()
    expect(row.get_by_role("img", name="Last run: 1 × Waiting").filter(visible=True)).to_be_visible()
    row.get_by_role("button", name="Pause nightly").click()
    expect(row).to_contain_text("Paused")
    page.locator("#toasts .toast").filter(has_text="Paused nightly").get_by_role("button", name="Undo").click()
    expect(row.get_by_role("button", name="Pause nightly")).to_be_visible()
    (found,) = Schedules(product.engine(queue_name)).read(["nightly"]).schedules
    assert (found.time("paused"), len(found.runs)) == (None, 1)


def test_a_key_asks_before_it_runs_one(product: Product, new_page: Open, queue_name: str) -> None:
    Seeder(product.redis_url).schedule(queue_name)
    page = new_page(f"/schedules/main/{queue_name}:nightly")
    page.keyboard.press("n")
    page.locator("#ask[open]").get_by_role("button", name="Run now").click()
    expect(page.locator("#schedule")).to_contain_text("By hand")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/schedules")


def test_one_that_nobody_registers_is_deleted_after_a_question(
    product: Product, new_page: Open, queue_name: str
) -> None:
    seeder = Seeder(product.redis_url)
    seeder.schedule(queue_name)
    seeder.forsake(queue_name)
    page = new_page(f"/schedules/main/{queue_name}:nightly")
    page.get_by_role("link", name="Delete…").click()
    page.locator("#dialog[open]").get_by_role("button", name="Delete schedule").click()
    page.wait_for_url("**/schedules")
    expect(page.locator("#toasts")).to_contain_text("Deleted nightly")
