"""Live updates made by the test: one tick at a time, and waiting for what it brings."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route


def failed_jobs(queue: str) -> str:
    return f"/queues/main/{queue}/jobs?state=failed"


def tick(page: Page) -> None:
    """One tick, and wait until all of its answers have been put on the page."""
    page.evaluate("""async () => {
      const pause = (time) => new Promise((go) => setTimeout(go, time));
      htmx.trigger(document.body, "live:tick");
      await pause(0);
      while (busy.size) await pause(10);
    }""")


def until(page: Page, truth: str) -> None:
    """Wait until an expression is true."""
    for _ in range(1_200):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(50)
    raise AssertionError(truth)


def tick_until(page: Page, selector: str, count: int) -> None:
    """Tick until there are so many: viewers share readings for a second."""
    for _ in range(600):
        tick(page)
        if page.locator(selector).count() == count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{selector}: {page.locator(selector).count()} instead of {count}")


def calm(page: Page) -> None:
    """Ticks come only when the test makes them, and nothing hurries them."""
    page.evaluate("() => { live.every = 0; clearTimeout(live.timer); hush(); }")


def break_off(page: Page, how: Callable[[Route], None]) -> None:
    """Answer every tick in another way."""
    page.route(
        lambda _: True, lambda route: how(route) if "live-regions" in route.request.headers else route.continue_()
    )
