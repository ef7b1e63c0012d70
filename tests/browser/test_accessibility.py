"""axe-core finds nothing on any page, in both themes and both widths, with a dialog open and with rows selected."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Product

pytestmark = pytest.mark.browser
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDTHS = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
QUEUE = "accessibility"


@pytest.fixture(scope="module")
def fingerprint(product: Product) -> str:
    """A queue with a group of dead letters, a pending job and a pause."""
    engine = product.engine(QUEUE)
    product.fail(QUEUE, [f"job-{n}" for n in range(5)])
    engine.pause()
    return engine.dead_page()[0].fingerprint


def pages(fingerprint: str) -> list[str]:
    return [
        "/",
        "/queues",
        f"/queues/main/{QUEUE}",
        f"/queues/main/{QUEUE}/jobs?state=failed",
        "/jobs",
        f"/jobs/main/{QUEUE}/job-1",
        f"/jobs/main/{QUEUE}/job-1/edit",
        "/dead",
        f"/dead/{fingerprint}",
        f"/operations/new?action=requeue&source=main&queue={QUEUE}",
        "/operations",
        "/workers",
        "/alerts",
        "/settings",
        "/no-such-page",
    ]


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(theme: str, width: str, fingerprint: str, new_page: Callable[..., Page]) -> None:
    page = new_page("/healthz", color_scheme=theme, viewport=WIDTHS[width], reduced_motion="reduce")
    found = {}
    for path in pages(fingerprint):
        page.goto(path)
        if problems := violations(page):
            found[path] = problems
    assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_with_rows_selected_and_a_dialog_open(
    theme: str, fingerprint: str, new_page: Callable[..., Page]
) -> None:
    page = new_page(f"/dead/{fingerprint}", color_scheme=theme, reduced_motion="reduce")
    page.locator("#jobs tbody input[type=checkbox]").first.check()
    assert violations(page) == []
    page.locator("#jobs").get_by_role("button", name="Purge…").click()
    page.locator("#dialog[open]").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_nothing_scrolls_sideways(width: int, fingerprint: str, new_page: Callable[..., Page]) -> None:
    page = new_page("/healthz", viewport={"width": width, "height": 800})
    wider = {}
    for path in pages(fingerprint):
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wider[path] = over
    assert wider == {}
