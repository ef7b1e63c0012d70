"""A Redis at its memory limit refuses producers, never workers."""

from __future__ import annotations

from typing import Any

import pytest

from queue_core.connection import connect
from queue_core.engine import Engine, NewJob, Outcome
from queue_core.errors import ServerFull
from queue_core.invariants import audit

BACKLOG = 40


def test_a_full_server_refuses_new_jobs_whole_while_workers_empty_the_backlog(make_server: Any) -> None:
    client = connect(make_server("--maxmemory-policy", "noeviction").start().url)
    engine = Engine(client, "full")
    engine.enqueue([NewJob(f"job-{number}", "mail", b"jx" * 100) for number in range(BACKLOG)])
    client.config_set("maxmemory", 1)
    with pytest.raises(ServerFull):
        engine.enqueue([NewJob("refused", "mail", b"jx", unique_key="only", unique_mode="end")])
    assert engine.call("job", "refused") == []
    assert not client.exists(engine.keys.payload("refused"), engine.keys.prefix + "u:only")
    engine.pause()
    engine.resume()
    for _ in range(BACKLOG // 10):
        claims = engine.settle("worker", claim=10).claims
        assert engine.extend("worker", [(each.id, each.token) for each in claims]) == [1] * 10
        half = [Outcome("s" if place % 2 else "p", each.id, each.token) for place, each in enumerate(claims)]
        assert set(engine.settle("worker", half).codes) == {"s", "d"}
        engine.tick()
    assert client.zcard(engine.keys.pending) == client.zcard(engine.keys.leases) == 0
    assert audit(client, "full") == []
    client.config_set("maxmemory", 0)
    assert engine.enqueue([NewJob("refused", "mail", b"jx")]) == [(1, "refused")]


def test_a_full_server_lets_operators_pause_purge_and_empty_the_trash(make_server: Any) -> None:
    client = connect(make_server("--maxmemory-policy", "noeviction").start().url)
    engine = Engine(client, "full")
    engine.enqueue([NewJob(f"job-{number}", "mail", b"jx" * 100) for number in range(BACKLOG)])
    client.config_set("maxmemory", 1)
    engine.pause()
    engine.configure(trash_age=-1)
    assert engine.control_job("cancel", "job-0") == (True, "x")
    assert engine.bulk_start("op", "purge", "pend")
    assert engine.bulk("op").done == BACKLOG - 1
    assert engine.tick().trimmed == BACKLOG - 1
    assert audit(client, "full") == []
