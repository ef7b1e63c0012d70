"""What a page feels like in a real Chromium: when it is there, what it moves, how soon it answers a click."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

KB = 1_000
_OBSERVE = """
window.seen = { paint: 0, shift: 0, shifts: [], events: [] };
const moved = ({ node, previousRect: was, currentRect: is }) => {
  const e = node?.closest ? node : node?.parentElement, name = e?.id || e?.className || e?.nodeName;
  return `${name} by ${Math.round(is.x - was.x)} ${Math.round(is.y - was.y)}`;
};
const watch = (type, take, more = {}) => new PerformanceObserver((list) => list.getEntries().forEach(take))
  .observe({ type, buffered: true, ...more });
watch("largest-contentful-paint", (e) => { seen.paint = e.startTime; });
watch("layout-shift", (e) => { if (!e.hadRecentInput) {
  seen.shift += e.value;
  seen.shifts.push(`${e.value.toFixed(4)}: ${e.sources.map(moved).join(", ")}`);
} });
watch("event", (e) => { if (e.interactionId) seen.events.push(e.duration); }, { durationThreshold: 16 });
"""
_MORPH = """async ([region, rows, times]) => {
  const target = () => document.getElementById(region), body = target().querySelector("tbody"), sample = body.rows[0];
  const grown = (first) => {
    const copy = target().cloneNode(true), own = [...Array(rows).keys()].map((n) => {
      const row = sample.cloneNode(true);
      row.id = `r-${first + n}`;
      row.cells[row.cells.length - 1].textContent = `${first * 7 + n} s`;
      return row;
    });
    copy.querySelector("tbody").replaceChildren(...own);
    return copy.outerHTML;
  };
  const put = async (first) => {
    const text = grown(first), started = performance.now();
    await htmx.swap({ text, target: target(), sourceElement: target(), swap: "outerMorph", request: {} });
    const swapped = performance.now() - started;
    target().getBoundingClientRect();
    return [swapped, performance.now() - started];
  };
  await put(0);
  const found = [];
  for (let n = 1; n <= times; n += 1) {
    found.push(await put(1000 - n * 5));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }
  if (target().querySelectorAll("tbody tr").length !== rows) throw new Error("the morph lost rows");
  return found;
}"""


@dataclass(frozen=True, slots=True)
class Link:
    """A network and a processor.

    latency: milliseconds. down, up: bits per second; 0 is unlimited. slower: how many times slower the processor is.
    """

    name: str
    latency: float = 0
    down: float = 0
    up: float = 0
    slower: float = 1


FAST = Link("local network")
SLOW = Link("1.6 Mbit/s, 150 ms, CPU ÷ 4", 150, 1.6e6, 0.75e6, 4)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A page loaded with an empty cache; milliseconds and bytes as they travelled."""

    paint: float
    requests: int
    html: int
    all: int


def context(browser: Browser, address: str) -> BrowserContext:
    """A new viewer with an empty cache, whose pages keep a record."""
    made = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    made.set_default_timeout(60_000)
    made.add_init_script(_OBSERVE)
    return made


def load(browser: Browser, address: str, path: str, link: Link, times: int) -> Loaded:
    """Load a page several times, each with an empty cache; the median paint."""
    found = [_loaded(browser, address, path, link) for _ in range(times)]
    paint = statistics.median(each.paint for each in found)
    return Loaded(paint, max(each.requests for each in found), found[-1].html, found[-1].all)


def _loaded(browser: Browser, address: str, path: str, link: Link) -> Loaded:
    viewer = context(browser, address)
    page = viewer.new_page()
    sizes: dict[str, int] = {}
    asked: list[str] = []
    session = viewer.new_cdp_session(page)
    session.send("Network.enable")
    _slow_down(session, link)
    session.on(
        "Network.requestWillBeSent", lambda event: None if _is_stream(event) else asked.append(event["requestId"])
    )
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(path)
    paint = 0.0
    while not paint:  # the policy of the pages lets nothing be evaluated in them from within
        page.wait_for_timeout(300)
        paint = float(page.evaluate("seen.paint"))
    viewer.close()
    return Loaded(paint, len(set(asked)), int(sizes.get(asked[0], 0)), int(sum(sizes.values())))


def _is_stream(event: dict[str, Any]) -> bool:
    """The stream of events stays open, and is opened when all else is there."""
    return "/events" in event["request"]["url"]


def _slow_down(session: Any, link: Link) -> None:
    if link.latency or link.down:
        session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": link.latency, "downloadThroughput": link.down / 8,
             "uploadThroughput": link.up / 8},
        )  # fmt: skip
    session.send("Emulation.setCPUThrottlingRate", {"rate": link.slower})


def shift(browser: Browser, address: str, path: str, seconds: float) -> tuple[float, int, list[str]]:
    """Watch a live page: how much moved by itself, how many answers came, and what moved."""
    viewer = context(browser, address)
    page = viewer.new_page()
    answers: list[int] = []
    page.on("response", lambda reply: answers.append(1) if _is_live(reply) and reply.status == 200 else None)
    page.goto(path)
    page.wait_for_timeout(seconds * 1_000)
    seen: dict[str, Any] = page.evaluate("seen")
    viewer.close()
    return float(seen["shift"]), len(answers), list(seen["shifts"])


def _is_live(reply: Any) -> bool:
    return bool(reply.request.headers.get("hx-request"))


def clicks(browser: Browser, address: str, path: str, times: int) -> list[float]:
    """Milliseconds from clicks and keys to the next frame: ticking rows, the palette, the list of keys, the theme."""
    viewer = context(browser, address)
    page = viewer.new_page()
    page.goto(path)
    for _ in range(times):
        page.locator("tbody input[type=checkbox]").first.click()
        page.keyboard.press("Control+k")
        page.locator("#palette[open]").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        page.locator("#keys[open]").wait_for()
        page.keyboard.press("Escape")
        page.locator("[data-theme-toggle]").click()
    page.wait_for_timeout(300)
    found: list[float] = page.evaluate("seen.events")
    viewer.close()
    return sorted(found)


def morph(
    browser: Browser, address: str, path: str, region: str, rows: int, times: int
) -> Sequence[tuple[float, float]]:
    """Milliseconds of each morph of so many rows, five of them new: of the script, and with the layout that follows."""
    viewer = context(browser, address)
    page: Page = viewer.new_page()
    page.goto(path)
    page.evaluate("live.paused = true")
    found: list[list[float]] = page.evaluate(_MORPH, [region, rows, times])
    viewer.close()
    return [(each[0], each[1]) for each in found]
