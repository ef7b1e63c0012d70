"""The trash with something in it, in every theme and width."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.axe import WIDTHS, violations_everywhere
from tests.browser.conftest import Product

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_axe_finds_nothing_in_a_trash_with_rows_selected_and_its_question(
    product: Product, new_page: Open, queue_name: str
) -> None:
    ids = [f"{queue_name}-{number}" for number in range(3)]
    product.fail(queue_name, ids)
    for job_id in ids:
        product.engine(queue_name).control_job("purge", job_id)
    page = new_page(f"/trash?queue={queue_name}", viewport=WIDTHS["wide"])
    page.locator("#jobs tbody input[type=checkbox]").first.check()
    assert violations_everywhere(page) == {}
    page.locator(".bulk button[value=restore]").click()
    page.locator("#dialog[open]").wait_for()
    assert violations_everywhere(page) == {}
