"""A stock Firefox for the browser tests, driven by WebDriver BiDi: `make test-firefox`."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, Playwright

NAMES = ("firefox-esr", "firefox")
NO_SCRIPTING = "this driver cannot switch JavaScript off in Firefox"
NOT_DRIVEN = {
    "test_a_mistake_is_marked_at_its_line_and_a_change_is_shown": "this driver fills by keys, so lines are indented",
    "test_without_javascript_the_form_searches_and_chips_are_taken_away": NO_SCRIPTING,
    "test_a_tap_reads_a_value_on_a_phone": "this driver's taps reach no page in Firefox",
    "test_what_htmx_sends_carries_the_token_in_header_and_field": "this driver does not tell what a request sent",
}
"""Tests that the driver cannot carry out in Firefox, with the reason."""
_OF_FIREFOX = ("Firefox can’t establish a connection", "The connection to http")


def wanted() -> bool:
    """Whether the tests are to run in Firefox."""
    return os.environ.get("TEST_BROWSER") == "firefox"


def is_notice(text: str) -> bool:
    """Whether a line is what Firefox writes when a stream of events ends with its page, or is answered by 204."""
    return wanted() and text.startswith(_OF_FIREFOX) and "/events" in text


def find() -> str | None:
    """Path of a Firefox: named by TEST_FIREFOX or on PATH; None when there is none."""
    named = os.environ.get("TEST_FIREFOX")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """Start it. Raises RuntimeError when there is none."""
    path = find()
    if path is None:
        raise RuntimeError("no Firefox: apt-get install firefox-esr, or name one by TEST_FIREFOX")
    return playwright.firefox.launch(channel="moz-firefox", executable_path=path)
