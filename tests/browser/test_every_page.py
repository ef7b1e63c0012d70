"""What holds for every page in a real browser: the policy is never broken, no script fails, few requests are made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Response

from tests.browser.conftest import Product
from tests.browser.pages import World, addresses, pages

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
MOST_REQUESTS = 8


class Asked:
    """The requests of live regions that a page has made, and whether all were answered."""

    def __init__(self, page: Page) -> None:
        self._page, self._made, self._open = page, 0, 0
        page.on("request", lambda request: self._count(request, 1))
        page.on("requestfinished", lambda request: self._count(request, -1))
        page.on("requestfailed", lambda request: self._count(request, -1))

    def tick(self) -> None:
        """Fetch every live region anew, and wait until all have answered."""
        before = self._made
        self._page.evaluate("htmx.trigger(document.body, 'live:tick')")
        for _ in range(2_400):
            if self._made > before and not self._open:
                return
            self._page.wait_for_timeout(50)
        raise AssertionError(f"{self._page.url}: {self._open} of {self._made - before} live requests are not answered")

    def _count(self, request: Request, by: int) -> None:
        if "live-regions" in request.headers:
            self._open += by
            self._made += by > 0


def test_every_address_of_the_url_map_can_be_filled_in(world: World) -> None:
    found = list(addresses(world))
    assert len(found) > 25
    assert not [each for each in found if "<" in each]


def test_no_page_breaks_the_policy_or_fails_in_a_script(product: Product, world: World, new_page: Open) -> None:
    """Neither when it is loaded nor when its live regions are fetched anew; `new_page` tells of both."""
    page = new_page("/healthz")
    failed: list[str] = []

    def look(reply: Response) -> None:
        if reply.status >= 500 or (reply.status >= 400 and "/static/" in reply.url):
            failed.append(f"{reply.status} {reply.url}")

    page.on("response", look)
    asked = Asked(page)
    visited = pages(product.address, world)
    assert {"/", "/dead", "/jobs", "/queues", "/workers", "/alerts", "/audit", "/settings"} < set(visited)
    for path in visited:
        page.goto(path)
        asked.tick()
    assert failed == []


def test_a_broken_policy_and_a_script_that_fails_would_be_noticed(new_page: Open, problems: list[str]) -> None:
    page = new_page("/settings")
    page.evaluate("""document.body.insertAdjacentHTML("beforeend", '<p style="color: red">')""")
    with page.expect_event("pageerror"):
        page.evaluate("void setTimeout(() => { throw new Error('a script fails') })")
    assert any("Content Security Policy: style-src-attr" in each for each in problems), problems
    assert any("a script fails" in each for each in problems), problems
    problems.clear()


def test_a_page_makes_few_requests_even_the_first_time(product: Product, world: World, new_page: Open) -> None:
    many = {}
    queue = f"{world.source}/{world.queue}"
    for path in ("/", "/dead", f"/dead/{world.fingerprint}", f"/jobs/{queue}/{world.job_id}", f"/queues/{queue}"):
        asked: list[str] = []
        page = new_page("about:blank")
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(product.address + path)
        assert f"{product.address}{path}" in asked
        asked = [url for url in asked if "/events" not in url]  # the stream, which opens when all is there
        if len(asked) > MOST_REQUESTS:
            many[path] = asked
    assert many == {}
