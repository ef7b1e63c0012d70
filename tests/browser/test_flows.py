"""What an operator does, in a real Chromium: requeue one, requeue a group, purge and undo, watch it change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Product

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def group_of(page: Page, queue: str) -> None:
    """Open the one error group of a queue from the dead-letters page."""
    page.goto(f"/dead?queue={queue}")
    page.get_by_role("link", name="ValueError", exact=True).click()
    page.wait_for_url("**/dead/*")


def test_one_dead_letter_is_read_and_requeued_with_one_click(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["one"], message="the mailbox is full")
    page = new_page("/dead")
    group_of(page, queue_name)
    page.goto(f"/jobs/main/{queue_name}/one")
    expect(page.get_by_text("the mailbox is full").first).to_be_visible()
    page.get_by_role("button", name="Requeue", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Requeued")).to_be_visible()
    assert product.engine(queue_name).settle("tester", claim=1).claims[0].id == "one"


def test_a_whole_group_is_requeued_by_a_plan_that_the_collector_carries_out(
    product: Product, new_page: Open, queue_name: str
) -> None:
    ids = [f"job-{n}" for n in range(40)]
    product.fail(queue_name, ids)
    page = new_page("/dead")
    group_of(page, queue_name)
    page.locator(".top").get_by_role("link", name="Requeue…").click()
    dialog = page.locator("#dialog[open]")
    dialog.get_by_label("Speed").select_option(label="No limit")
    dialog.get_by_role("button", name="Requeue 40 jobs").click()
    expect(dialog).to_be_hidden()
    page.goto("/operations")
    page.locator("tr", has_text=queue_name).get_by_role("link", name="Requeue 40 jobs").click()
    expect(page.locator("#operation")).to_contain_text("Done")
    claimed = [c.id for c in product.engine(queue_name).settle("tester", claim=64).claims]
    assert sorted(claimed) == sorted(ids)


def test_selected_jobs_are_purged_and_brought_back(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["a", "b", "c"])
    page = new_page("/dead")
    group_of(page, queue_name)
    for job in ("a", "b"):
        page.locator(f"#j-{job} input[type=checkbox]").check()
    page.locator("#jobs").get_by_role("button", name="Purge…").click()
    page.locator("#dialog[open]").get_by_role("button", name="Purge 2 jobs").click()
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator("#jobs tbody tr")).to_have_count(1)
    page.goto("/operations")
    page.locator("tr", has_text=queue_name).get_by_role("link", name="Purge 2 jobs").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#operation")).to_contain_text("Takes back")
    expect(page.locator("#operation")).to_contain_text("Done")
    page.goto(f"/queues/main/{queue_name}/jobs?state=failed")
    expect(page.locator("#jobs tbody tr")).to_have_count(3)


def test_one_job_is_purged_and_the_toast_takes_it_back(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["one"])
    page = new_page(f"/jobs/main/{queue_name}/one")
    page.get_by_role("button", name="Purge", exact=True).click()
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Requeue", exact=True)).to_be_visible()
    assert product.engine(queue_name).dead_page()[0].id == "one"


def test_a_list_shows_new_failures_by_itself(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["first"])
    page = new_page(f"/queues/main/{queue_name}/jobs?state=failed")
    expect(page.locator("#jobs tbody tr")).to_have_count(1)
    page.mouse.move(0, 0)
    product.fail(queue_name, ["second"])
    expect(page.locator("#jobs tbody tr")).to_have_count(2)


def test_a_live_update_keeps_the_selection_and_the_list_still(
    product: Product, new_page: Open, queue_name: str
) -> None:
    product.fail(queue_name, ["first"])
    page = new_page(f"/queues/main/{queue_name}/jobs?state=failed")
    page.locator("#j-first input[type=checkbox]").check()
    product.fail(queue_name, ["second"])
    with page.expect_response(lambda reply: "live-hold" in reply.request.headers):
        page.evaluate("htmx.trigger(document.body, 'live:tick')")
    expect(page.locator("#held")).to_contain_text("1 new, list held while rows are selected")
    expect(page.locator("#j-first input[type=checkbox]")).to_be_checked()
    expect(page.locator("#jobs tbody tr")).to_have_count(1)
    page.locator("#held").get_by_role("button", name="Show").click()
    expect(page.locator("#jobs tbody tr")).to_have_count(2)
    expect(page.locator("#j-first input[type=checkbox]")).to_be_checked()


def test_a_queue_is_paused_and_resumed(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["one"])
    page = new_page(f"/queues/main/{queue_name}")
    page.get_by_role("button", name="Pause", exact=True).first.click()
    expect(page.get_by_role("button", name="Resume").first).to_be_visible()
    page.get_by_role("button", name="Resume").first.click()
    expect(page.get_by_role("button", name="Pause", exact=True).first).to_be_visible()


def test_everything_works_without_javascript(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["a", "b", "c"])
    page = new_page(f"/dead?queue={queue_name}", java_script_enabled=False)
    page.locator("#groups tbody input[type=checkbox]").check()
    page.locator("#groups").get_by_role("button", name="Requeue…").click()
    page.get_by_role("button", name="Requeue 3 jobs").click()
    page.wait_for_url("**/operations/*")
    for _ in range(240):
        if "Done" in page.locator("#operation").inner_text():
            break
        page.wait_for_timeout(500)
        page.reload()
    assert len(product.engine(queue_name).settle("tester", claim=64).claims) == 3


def test_filters_narrow_the_list_and_stand_in_the_address(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["a"], message=f"needle {queue_name}")
    product.fail(queue_name, ["b"], message="hay")
    page = new_page(f"/dead?queue={queue_name}")
    expect(page.locator("#groups tbody tr")).to_have_count(2)
    page.get_by_label("Filter dead letters").fill("needle")
    expect(page.locator("#groups tbody tr")).to_have_count(1)
    page.wait_for_url("**q=needle*")
    page.reload()
    expect(page.locator("#groups tbody tr")).to_have_count(1)


def test_another_filter_drops_the_selection_and_says_so(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["a"], message=f"needle {queue_name}")
    product.fail(queue_name, ["b"], message="hay")
    page = new_page(f"/dead?queue={queue_name}")
    for box in page.locator("#groups tbody input[type=checkbox]").all():
        box.check()
    expect(page.locator(".bulk .cnt")).to_have_text("2 groups, 2 jobs selected")
    page.locator("[data-scope]").check()
    expect(page.locator(".bulk .cnt")).to_be_hidden()
    page.get_by_label("Filter dead letters").fill("needle")
    expect(page.get_by_text("The filter changed, so nothing is selected any more.")).to_be_visible()
    expect(page.locator("#groups tbody tr")).to_have_count(1)
    expect(page.locator("#groups input:checked")).to_have_count(0)
    expect(page.locator(".bulk")).to_be_hidden()


def test_the_keyboard_is_enough_to_reach_and_tick_a_job(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["one"])
    page = new_page(f"/queues/main/{queue_name}/jobs?state=failed")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#j-one input[type=checkbox]")).to_be_checked()
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/dead")
