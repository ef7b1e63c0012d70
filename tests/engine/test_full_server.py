"""A Redis at its memory limit refuses producers, never workers."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from apscheduler.triggers.date import DateTrigger

from queue_core.connection import connect
from queue_core.engine import Engine, NewJob, Outcome
from queue_core.errors import ServerFull
from queue_core.invariants import audit
from queue_core.schedule import Schedule
from queue_core.scheduler import Scheduler
from tests.waiting import PATIENCE, until

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


def test_a_full_server_lets_operators_requeue_take_back_edit_and_move_dead_letters(make_server: Any) -> None:
    client = connect(make_server("--maxmemory-policy", "noeviction").start().url)
    engine = Engine(client, "full")
    engine.enqueue([NewJob("job", "mail", b"jx" * 100)])
    (claim,) = engine.settle("worker", claim=1).claims
    engine.settle("worker", [Outcome("p", claim.id, claim.token, blob=b"detail")], version="2.4.1")
    client.config_set("maxmemory", 1)
    assert engine.control_job("requeue", "job") == (True, "p")
    assert engine.control_job("undo", "job") == (True, "d")
    assert engine.control_job("edit", "job", b"jy") == (True, "p")
    assert engine.control_job("undo", "job") == (True, "d")
    assert engine.move("job", "other") == (True, "p")
    assert audit(client, "full") == audit(client, "other") == []


def test_a_scheduler_waits_while_the_server_is_full_and_fires_afterwards(make_server: Any) -> None:
    client = connect(make_server("--maxmemory-policy", "noeviction").start().url)
    scheduler = Scheduler(client, [Schedule("once", "full", "mail", DateTrigger("2030-01-01", "UTC"))])
    scheduler.register()
    engine, stop = Engine(client, "full"), threading.Event()
    client.zadd(engine.keys.schedules, {"once": 1_000})
    client.config_set("maxmemory", 1)
    running = threading.Thread(target=scheduler.run, args=(stop,), kwargs={"pause": 0.01}, daemon=True)
    running.start()
    refused = _refused(client)
    until(lambda: _refused(client) > refused + 1)
    assert client.zcard(engine.keys.pending) == 0
    client.config_set("maxmemory", 0)
    until(lambda: client.zcard(engine.keys.pending) == 1)
    stop.set()
    running.join(PATIENCE)
    assert not running.is_alive()
    assert audit(client, "full") == []


def _refused(client: Any) -> int:
    return int(client.info("errorstats").get("errorstat_OOM", {"count": 0})["count"])
