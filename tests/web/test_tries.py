"""How often a job was tried is said as far as it is known."""

from __future__ import annotations

import pytest

from dashboard.adapters.contract import Job, State
from dashboard.tries import tries


@pytest.mark.parametrize(
    ("state", "attempts", "max_retries", "said"),
    [
        (State.PENDING, 0, 2, "0 of 3"),
        (State.FAILED, 3, 2, "3 of 3"),
        (State.FAILED, 3, None, "3"),
        (State.FAILED, 0, 2, "–"),
        (State.PROCESSING, 0, None, "–"),
        (State.PENDING, 0, None, "–"),
        (State.RETRYING, 1_200, None, "1,200"),
    ],
)
def test_what_a_product_does_not_tell_is_not_made_up(
    state: State, attempts: int, max_retries: int | None, said: str
) -> None:
    assert tries(Job("a", "main", "mail", "send", state, attempts=attempts, max_retries=max_retries)) == said
