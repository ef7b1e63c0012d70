"""A reading that is shared while it runs, and one that never began."""

from __future__ import annotations

import threading

import pytest

from dashboard.adapters.shared_reading import SharedReading
from tests.waiting import PATIENCE


def test_a_reading_whose_thread_cannot_start_is_begun_anew_by_the_next_who_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading = SharedReading(lambda: "read")

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as short_of_threads:
        short_of_threads.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError):
            reading.begin()
    assert reading.begin().result(PATIENCE) == "read"
