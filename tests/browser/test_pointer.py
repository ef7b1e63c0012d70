"""Nothing moves away from under a pointer that is about to press it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from queue_core.engine import NewJob
from tests.browser.conftest import Product
from tests.browser.ticking import calm, tick

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_what_a_pointer_is_about_to_press_stays_under_it_when_something_needs_attention(
    product: Product, new_page: Open, queue_name: str
) -> None:
    for number in range(4):
        product.engine(f"{queue_name}-{number}").enqueue([NewJob(id="a", type="t", payload=b"j1")])
    page = new_page("/", viewport={"width": 1440, "height": 700})
    calm(page)
    link = page.locator("#queues .sort", has_text="Pending").first
    link.hover()
    before, notes = link.bounding_box(), page.locator("#attention li").count()
    for number in range(4):
        product.engine(f"{queue_name}-{number}").pause()
    for _ in range(600):
        page.mouse.move(*_middle(before), steps=1)
        page.evaluate("live.moved = Date.now()")
        tick(page)
        if page.locator("#attention li").count() != notes or page.locator("#attention .tbl-foot").count():
            break
        page.wait_for_timeout(100)
    after = link.bounding_box()
    assert before
    assert after
    assert abs(after["y"] - before["y"]) < 1
    for number in range(4):
        product.engine(f"{queue_name}-{number}").resume()


def _middle(box: Any) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
