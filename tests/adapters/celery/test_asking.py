"""Workers are asked in the background, again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from dashboard.adapters.celery import roster
from tests.adapters.celery.running import Shop


def test_an_asking_whose_thread_cannot_start_does_not_stop_all_later_ones(
    make_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    asked = make_shop().product._application.roster
    with monkeypatch.context() as patch:
        patch.setattr(roster.threading.Thread, "start", none)
        with pytest.raises(RuntimeError):
            asked.seen()
    monkeypatch.setattr(roster, "FIRST_SECONDS", 30.0)
    assert asked.seen().asked_at is not None
