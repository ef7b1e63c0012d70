"""What was found is remembered in the dashboard's store, as long as that answers."""

from __future__ import annotations

import pytest
from redis.connection import Connection

from dashboard.adapters.celery.memory import AGAIN_SECONDS, LEFT_ALONE_SECONDS, Memory, What
from tests.conftest import RealServer


def test_a_store_that_does_not_answer_is_left_alone_and_told_later(
    make_server: type[RealServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, now = make_server().start(), [1_000.0]
    memory = Memory("main", server.url, monotonic=lambda: now[0])
    memory.see(What.QUEUE, ["mail"])
    server.kill()
    memory.see(What.QUEUE, ["orders"])
    tried: list[str] = []
    monkeypatch.setattr(Connection, "connect", lambda _: tried.append("connect"))
    for _ in range(3):
        assert memory.new() == []
        memory.see(What.QUEUE, ["orders"])
        memory.forget(What.QUEUE, ["mail"])
    assert tried == []
    monkeypatch.undo()
    server.start()
    now[0] += LEFT_ALONE_SECONDS + 1
    assert now[0] < 1_000.0 + AGAIN_SECONDS, "what was not told is told at the next occasion"
    memory.see(What.QUEUE, ["orders"])
    assert [each.name for each in memory.new()] == ["orders"]
