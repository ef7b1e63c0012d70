"""The one way of tests to wait for something: long enough for a busy machine, and no longer than it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 120.0
"""Seconds. It decides only when a test that fails gives up, so it is far more than anything here takes."""


def until(check: Callable[[], T], what: str | Callable[[], object] = "it did not happen", *, every: float = 0.02) -> T:
    """Ask again until the answer is true, and give it back.

    Args:
        check: what is asked.
        what: says what was waited for in vain, or tells more when it is called.
        every: seconds between two questions.
    """
    deadline = time.monotonic() + PATIENCE
    while not (found := check()):
        assert time.monotonic() < deadline, what() if callable(what) else what
        time.sleep(every)
    return found
