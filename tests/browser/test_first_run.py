"""Who has no job yet copies the steps, and sees the page fill by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.ticking import tick, until
from tests.contract.seeders.queue_core import Seeder

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
Serve = Callable[[str], str]


@pytest.mark.parametrize("path", ["/", "/queues", "/jobs", "/dead"])
def test_the_page_fills_by_itself_with_the_first_job_and_says_so(
    path: str, redis_url: str, serve_here: Serve, new_page: Open
) -> None:
    page = new_page(serve_here(redis_url) + path)
    assert page.get_by_role("heading", name="Waiting for the first job").is_visible()
    page.get_by_role("button", name="Copy: Enqueue the first job").focus()
    Seeder(redis_url).failed("mail", 1)
    for _ in range(600):
        tick(page)
        if not page.locator(".first").count():
            break
        page.wait_for_timeout(100)
    assert page.locator("main tr[id]").count() >= 1
    assert page.locator("#announcer").inner_text() == "The first job is here. The page shows it now."
    assert page.evaluate("document.activeElement.id") == "main"
    until(page, "[...document.querySelectorAll('main [hx-get]')].every((each) => each.id !== 'content')")
    page.reload()
    assert page.locator("#announcer").inner_text() == ""


def test_the_steps_are_copied_and_are_there_without_scripts(redis_url: str, serve_here: Serve, new_page: Open) -> None:
    address = serve_here(redis_url)
    page = new_page(address, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy: Save this as tasks.py").click()
    page.get_by_text("Copied.").wait_for()
    assert f'app = App("{redis_url}")' in page.evaluate("navigator.clipboard.readText()")
    plain = new_page(address, java_script_enabled=False)
    assert f'app = App("{redis_url}")' in plain.locator("pre").nth(1).inner_text()
    assert plain.get_by_role("button", name="Copy").count() == 0
