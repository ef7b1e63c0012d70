"""Pages fit: nothing scrolls sideways from 320 pixels up, and every target is large enough for a finger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Product
from tests.browser.pages import World, pages

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
Open = Callable[..., Page]
WIDTHS = (320, 360, 390, 768, 1024, 1440)
FINGERS = (390, 1440)
LARGE_TEXT = "html { font-size: 200% }"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => {
  const controls = "button, input:not([type=hidden]), select, textarea, summary, [role=option], .btn, nav a";
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".vh, .skip");
  const at = (x, y) => document.elementFromPoint(x, y);
  const meets = (e, x, y) => e.contains(at(x, y)) || at(x, y)?.closest("label")?.control === e;
  const large = (e) => {
    let box = e.getBoundingClientRect();
    if (!box.width || Math.min(box.width, box.height) > 23.9) return true;
    e.scrollIntoView({ block: "center", inline: "center" });
    box = e.getBoundingClientRect();
    const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    return meets(e, x - 11, y) && meets(e, x + 11, y) && meets(e, x, y - 11) && meets(e, x, y + 11);
  };
  const words = (e) => `${e.outerHTML.slice(0, 100)} ${e.offsetWidth} by ${e.offsetHeight}`;
  return [...document.querySelectorAll(controls)].filter((e) => seen(e) && !large(e)).map(words);
}"""
"""Controls that a finger within 24 by 24 pixels misses; axe-core looks at links in cells and sentences."""


def test_nothing_scrolls_sideways_and_every_target_is_large_enough(
    product: Product, world: World, new_page: Open
) -> None:
    page = new_page("/healthz")
    found: dict[str, Any] = {}
    for path in pages(product.address, world):
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if over := page.evaluate(SIDEWAYS):
                found[f"{path} at {width}"] = f"{over} px too wide"
            if width in FINGERS and (small := page.evaluate(SMALL)):
                found[f"targets of {path} at {width}"] = sorted(set(small))
    assert found == {}


@pytest.mark.parametrize("locale", ["de-DE", "fr-FR", "es-ES"])
def test_longer_words_of_other_languages_fit_the_narrowest_phone(
    product: Product, new_page: Open, queue_name: str, locale: str
) -> None:
    product.fail(queue_name, [f"{queue_name}-job"])
    page = new_page("/", locale=locale, viewport={"width": 320, "height": 640})
    assert page.locator("html").get_attribute("lang") == locale[:2]
    over: dict[str, int] = {}
    for path in ("/", f"/queues/main/{queue_name}", "/dead", "/jobs", "/settings"):
        page.goto(f"{product.address}{path}")
        over[path] = page.evaluate(SIDEWAYS)
    assert {path: pixels for path, pixels in over.items() if pixels} == {}
