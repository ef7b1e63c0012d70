"""Charts in a real Chromium: read with the keyboard and the pointer, announced, kept through live updates."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dashboard.history.bucket import Bucket
from dashboard.history.readings import Reading
from dashboard.store import Store
from tests.browser.conftest import Product
from tests.browser.test_accessibility import WIDTHS, violations

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
QUEUE = "charted"


@pytest.fixture(scope="module")
def charted(product: Product) -> str:
    """A queue with fifty minutes of history: ten successes a minute, and a failed attempt in every fifth."""
    engine = product.engine(QUEUE)
    product.fail(QUEUE, ["one"])
    engine.pause()
    store, now = Store(product.redis_url), int(time.time())
    for minute in range(now // 60 - 50, now // 60):
        failed = 1 if minute % 5 == 0 else 0
        bucket = Bucket((10, 10, failed, failed, 4, 30), ((6, 10),), ((3, 10),))
        store.client.hset(store.history(60, minute // 60, "main", QUEUE), str(minute % 60), bucket.encoded())
    begun = Reading(float(now), (None,) * 4, since=float(now - 3_600)).stored()
    store.client.hsetnx(store.history_readings, f"main|{QUEUE}", begun)
    return f"/queues/main/{QUEUE}?range=1h"


def tips(page: Page) -> list[str]:
    return page.locator("#traffic .tip").all_inner_texts()


def test_arrow_keys_move_one_line_through_all_charts_and_are_announced(charted: str, new_page: Open) -> None:
    page = new_page(charted)
    chart = page.get_by_role("application", name="Run time: read single values with the arrow keys")
    chart.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#traffic .cross")).to_have_count(3)
    places = page.locator("#traffic .cross").evaluate_all("lines => lines.map((line) => line.getAttribute('x1'))")
    assert len(set(places)) == 1, "one time in all of them"
    before = page.locator("#announcer").inner_text()
    assert before.startswith("Run time, ")
    assert "UTC" in before
    assert "p50 " in before
    page.keyboard.press("PageUp")
    after = page.locator("#announcer").inner_text()
    assert after != before
    assert page.locator("#chart-run .tip").inner_text().split("\n")[0] in after
    page.keyboard.press("Home")
    expect(page.locator("#announcer")).to_contain_text("not read")
    page.keyboard.press("Tab")
    expect(page.locator("#chart-failed-attempts-reader")).to_be_focused()


def test_leaving_a_chart_takes_its_read_out_away(charted: str, new_page: Open) -> None:
    page = new_page(charted)
    page.locator("#chart-wait-reader").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#traffic .tip")).to_have_count(3)
    page.locator("h1").evaluate("() => document.activeElement.blur()")
    expect(page.locator("#traffic .tip")).to_have_count(0)


def test_a_pointer_reads_what_the_server_wrote(charted: str, new_page: Open) -> None:
    page = new_page(charted)
    reader = page.locator("#chart-failed-attempts-reader")
    box = reader.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40)
    said = page.locator("#chart-failed-attempts").get_attribute("data-said") or ""
    assert page.locator("#chart-failed-attempts .tip").inner_text().split("\n")[1] == said.split("|")[30].split(";")[
        0
    ].rstrip("*")
    page.mouse.move(5, 5)
    expect(page.locator("#traffic .tip")).to_have_count(0)


def test_a_tap_reads_a_value_on_a_phone(charted: str, new_page: Open) -> None:
    page = new_page(charted, viewport=WIDTHS["phone"], has_touch=True, is_mobile=True)
    page.locator("#chart-wait-reader").tap()
    expect(page.locator("#chart-wait .tip")).to_be_visible()
    inside = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert inside


def test_what_is_read_stays_at_its_time_when_the_charts_are_updated(charted: str, new_page: Open) -> None:
    page = new_page(charted)
    page.locator("#chart-wait-reader").focus()
    page.keyboard.press("End")
    page.keyboard.press("PageUp")
    before = tips(page)
    page.evaluate("""() => { document.getElementById("chart-wait").dataset.said = "";
      htmx.ajax("GET", location.href, { target: "#traffic", source: "#traffic", swap: "outerMorph" }); }""")
    expect(page.locator("#chart-wait")).not_to_have_attribute("data-said", "")
    expect(page.locator("#traffic .tip")).to_have_count(3)
    assert [tip.split("\n")[0] for tip in tips(page)] == [tip.split("\n")[0] for tip in before]
    expect(page.locator("#chart-wait-reader")).to_be_focused()


def test_without_javascript_the_table_and_the_file_are_there(charted: str, new_page: Open) -> None:
    page = new_page(charted, java_script_enabled=False)
    expect(page.locator(".reader").first).to_be_hidden()
    assert page.locator("#chart-failed-attempts svg[role=img]").get_attribute("aria-label")
    page.get_by_role("link", name="Show as table").click()
    expect(page.locator("#traffic tbody tr").first).to_be_visible()
    page.get_by_role("link", name="Show as charts").click()
    expect(page.locator("#chart-wait")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_charts_tables_and_read_outs(charted: str, new_page: Open, theme: str, width: str) -> None:
    page = new_page(charted, color_scheme=theme, viewport=WIDTHS[width], reduced_motion="reduce")
    assert violations(page) == []
    page.locator("#chart-run-reader").focus()
    page.keyboard.press("ArrowLeft")
    assert violations(page) == []
    page.goto(f"{charted}&as=table")
    assert violations(page) == []
