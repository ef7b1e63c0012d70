"""Live updates in a real Chromium: soon when something changed, never under a hand, and honest when the line is bad."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import Product
from tests.browser.test_accessibility import violations
from tests.browser.ticking import break_off, calm, failed_jobs, tick, tick_until, until

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
WAITS = """() => [0, 1, 2, 3, 9].map((misses) => {
  live.misses = misses;
  schedule();
  return live.next - Date.now();
})"""


def test_a_change_is_shown_long_before_the_next_tick(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["first"])
    page = new_page(failed_jobs(queue_name))
    page.mouse.move(0, 0)
    until(page, "events.healthy")
    page.evaluate("() => { live.every = 600000; live.full = Date.now(); schedule(); }")
    with page.expect_request(lambda request: "jobs=" in request.headers.get("live-regions", "")) as asked:
        product.fail(queue_name, ["second"])
    assert "live-hold" not in asked.value.headers
    expect(page.locator("#jobs tbody tr")).to_have_count(2)
    assert page.evaluate("live.next - Date.now()") > 0


def test_the_stream_is_open_only_while_somebody_looks(new_page: Open) -> None:
    page = new_page("/queues")
    until(page, "events.healthy")
    page.get_by_role("button", name="Pause live updates").click()
    assert page.evaluate("[events.source, events.healthy]") == [None, False]
    page.get_by_role("button", name="Pause live updates").click()
    until(page, "events.healthy")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(HIDE, True)
    assert page.evaluate("events.source") is None
    page.evaluate("tick()")
    page.evaluate("() => new Promise((go) => setTimeout(go, 50))")
    assert asked == []
    page.evaluate(HIDE, False)
    until(page, "events.healthy")
    assert any("/navigation" in url for url in asked)


def test_a_server_without_room_for_streams_is_asked_by_ticks(new_page: Open) -> None:
    page = new_page("/healthz")
    page.route("**/events*", lambda route: route.fulfill(status=204))
    page.goto("/queues")
    until(page, "events.again > Date.now()")
    assert page.evaluate("[events.source, events.healthy, interval()]") == [None, False, 5000]
    expect(page.locator("#live")).to_contain_text("Live")


def test_one_tick_is_two_requests_and_unchanged_regions_get_nothing(product: Product, new_page: Open) -> None:
    page = new_page("/")
    calm(page)
    answers: list[int] = []
    tick(page)
    tick(page)
    page.on("response", lambda reply: answers.append(reply.status) if "live-regions" in reply.request.headers else None)
    tick(page)
    assert len(answers) == 2
    assert set(answers) <= {200, 304}


def test_what_someone_is_at_stays_through_live_updates(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, [f"job-{n}" for n in range(30)])
    page = new_page(failed_jobs(queue_name), viewport={"width": 1280, "height": 500})
    calm(page)
    page.locator("#q").fill("type:")
    page.mouse.move(0, 0)
    page.evaluate("document.querySelector('#jobs tbody tr:nth-child(20)').scrollIntoView()")
    before = page.evaluate("document.querySelector('#jobs tbody tr:nth-child(20)').id")
    product.fail(queue_name, ["new-on-top"])
    page.evaluate("() => { window.row = document.querySelector('#jobs tbody tr:nth-child(20)'); }")
    page.evaluate("() => { window.rowPlace = row.getBoundingClientRect().top; }")
    page.evaluate("() => { live.fresh = Date.now() + 60000; }")
    tick_until(page, "#j-new-on-top", 1)
    assert page.evaluate("row.isConnected && row.id") == before
    assert abs(page.evaluate("row.getBoundingClientRect().top - rowPlace")) <= 1
    expect(page.locator("#q")).to_have_value("type:")


def test_focus_selection_details_and_marked_text_survive_a_tick(
    product: Product, new_page: Open, queue_name: str
) -> None:
    product.fail(queue_name, ["a", "b"])
    fingerprint = product.engine(queue_name).dead_page()[0].fingerprint
    page = new_page(f"/dead/{fingerprint}?queue={queue_name}")
    calm(page)
    page.locator("#j-a input[type=checkbox]").check()
    page.locator("details.hours summary").click()
    page.locator("#j-b th a").focus()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.errbox .cls'))")
    page.evaluate("() => { live.fresh = Date.now() + 60000; }")
    for job in ("c", "d"):
        product.fail(queue_name, [job])
        tick_until(page, f"#j-{job}", 1)
    expect(page.locator("#j-a input[type=checkbox]")).to_be_checked()
    expect(page.locator("#j-b th a")).to_be_focused()
    assert page.locator("details.hours").evaluate("el => el.open")
    assert page.evaluate("String(getSelection())") == "ValueError"


def test_an_open_question_holds_the_list_and_stays_open(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["a"])
    page = new_page(f"/dead?queue={queue_name}")
    calm(page)
    page.locator("#groups tbody input").check()
    page.locator("#groups").get_by_role("button", name="Requeue…").click()
    page.locator("#dialog[open]").wait_for()
    page.get_by_label("Reason").fill("half a sentence")
    product.fail(queue_name, ["b"], message="another error")
    tick(page)
    assert page.locator("#groups tbody tr").count() == 1
    expect(page.locator("#dialog")).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_value("half a sentence")


def test_a_held_list_says_how_many_are_new_and_shows_them(product: Product, new_page: Open, queue_name: str) -> None:
    product.fail(queue_name, ["a"])
    page = new_page(failed_jobs(queue_name))
    calm(page)
    page.locator("#j-a input[type=checkbox]").check()
    product.fail(queue_name, ["b", "c"])
    tick_until(page, "#held:has-text('2 new, list held while rows are selected.')", 1)
    product.fail(queue_name, ["d"])
    tick_until(page, "#held:has-text('3 new')", 1)
    assert page.locator("#jobs tbody tr").count() == 1
    page.locator("#held").get_by_role("button", name="Show").click()
    expect(page.locator("#jobs tbody tr")).to_have_count(4)
    expect(page.locator("#jobs tr.is-new")).to_have_count(3)
    expect(page.locator("#held")).to_be_hidden()
    expect(page.locator("#j-a input[type=checkbox]")).to_be_checked()


def test_paused_pages_say_so_with_the_time_and_ask_nothing(new_page: Open) -> None:
    page = new_page("/queues")
    page.keyboard.press("p")
    expect(page.locator("#live")).to_have_text(re.compile(r"Paused · \d\d:\d\d:\d\d"))
    expect(page.get_by_role("button", name="Pause live updates")).to_have_attribute("aria-pressed", "true")
    assert not page.evaluate("document.documentElement.hasAttribute('data-stale')")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("tick()")
    page.evaluate("() => new Promise((go) => setTimeout(go, 50))")
    assert asked == []
    page.keyboard.press("p")
    expect(page.locator("#live")).to_contain_text("Live")


def test_a_bad_line_is_first_stale_then_offline_then_live_again(
    product: Product, new_page: Open, queue_name: str
) -> None:
    product.fail(queue_name, ["one"])
    page = new_page(f"/jobs/main/{queue_name}/one")
    calm(page)
    page.evaluate("() => { live.every = 5000; clearTimeout(live.timer); }")
    break_off(page, lambda route: route.abort())
    tick(page)
    expect(page.locator("#live")).to_contain_text("Stale")
    assert page.locator("html").get_attribute("data-stale") == ""
    tick(page)
    expect(page.locator("#connection")).to_contain_text("These numbers are from")
    tick(page)
    expect(page.locator("#live")).to_contain_text("Offline")
    expect(page.locator("#connection")).to_contain_text("Can’t reach Redrive. Showing")
    assert page.locator("#connection .banner").count() == 1
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.get_by_role("button", name="Requeue", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Not sent")
    assert sent == []
    page.unroute_all(behavior="wait")
    page.locator("#connection").get_by_role("button", name="Try now").click()
    expect(page.locator("#live")).to_contain_text("Live")
    expect(page.locator("#connection .banner")).to_have_count(0)


def test_retries_wait_longer_up_to_a_minute(new_page: Open) -> None:
    page = new_page("/queues")
    waits = page.evaluate(WAITS)
    for wait, middle in zip(waits, (5_000, 10_000, 20_000, 40_000, 60_000), strict=True):
        assert 0.85 * middle < wait < 1.15 * middle


def test_a_part_that_fails_says_why_keeps_its_rows_and_offers_to_try_again(
    product: Product, new_page: Open, queue_name: str
) -> None:
    product.fail(queue_name, ["one"])
    page = new_page(failed_jobs(queue_name))
    calm(page)

    def refuse(route: Route) -> None:
        if "/navigation" in route.request.url:
            route.continue_()
        else:
            route.fulfill(status=503, content_type="text/plain", body="Redis does not answer\nmain: connection refused")

    break_off(page, refuse)
    tick(page)
    failed = page.locator("#jobs .failed")
    expect(failed).to_contain_text("Couldn’t update this part. main: connection refused.")
    expect(page.locator("#jobs tbody tr")).to_have_count(1)
    expect(page.locator("#live")).not_to_contain_text("Offline")
    page.unroute_all(behavior="wait")
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_have_count(0)
    assert page.locator("#jobs").get_attribute("data-failed") is None


@pytest.mark.parametrize(
    ("answer", "leads_to"),
    [
        ({"status": 401, "headers": {"Live-Sign-In": "/login?next=%2Fdead"}}, "/login?next=%2Fdead"),
        ({"status": 302, "headers": {"Location": "https://sso.example.com/"}}, "?state=failed"),
    ],
)
def test_who_is_signed_out_meanwhile_keeps_the_page_and_the_selection(
    product: Product, new_page: Open, queue_name: str, answer: dict[str, object], leads_to: str
) -> None:
    product.fail(queue_name, ["a"])
    page = new_page(failed_jobs(queue_name))
    calm(page)
    page.locator("#j-a input[type=checkbox]").check()
    break_off(page, lambda route: route.fulfill(**answer))  # type: ignore[arg-type]
    tick(page)
    expect(page.locator("#connection")).to_contain_text("Your session ended.")
    link = page.locator("#connection").get_by_role("link", name="Sign in")
    assert (link.get_attribute("href") or "").endswith(leads_to)
    expect(page.locator("#j-a input[type=checkbox]")).to_be_checked()
    page.unroute_all(behavior="wait")
    tick(page)
    expect(page.locator("#connection .banner")).to_have_count(0)


@pytest.mark.parametrize("state", ["stale", "down", "out", "paused", "held"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_whatever_the_state(
    product: Product, new_page: Open, queue_name: str, theme: str, state: str
) -> None:
    product.fail(queue_name, ["one"])
    page = new_page(failed_jobs(queue_name), color_scheme=theme, reduced_motion="reduce")
    calm(page)
    if state == "held":
        page.locator("#j-one input[type=checkbox]").check()
        product.fail(queue_name, ["two"])
        tick_until(page, "#held:has-text('1 new')", 1)
    elif state == "paused":
        page.keyboard.press("p")
    else:
        tick(page)  # so that no answer is on its way
        states = {"stale": {"misses": 2, "every": 5000}, "down": {"misses": 3}, "out": {"out": True}}
        page.evaluate("(now) => { Object.assign(live, now); show(); }", states[state])
        page.locator("#connection .banner").wait_for()
    assert violations(page) == []
