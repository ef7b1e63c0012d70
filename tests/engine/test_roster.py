"""Who is there: queues and workers by one script, and on a cluster without it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from queue_core import keys
from queue_core.connection import Client, connect
from queue_core.errors import ServerUnavailable
from queue_core.roster import Roster
from tests.conftest import RealServer, free_port
from tests.sent_commands import record_commands
from tests.waiting import until


def _announce(client: Client, workers: int, queues: int) -> None:
    for number in range(workers):
        client.zadd(keys.workers(), {f"worker-{number}": 1_000 + number})
        client.hset(keys.worker(f"worker-{number}"), mapping={"host": "here", "pid": number})
    client.sadd(keys.queues(), "not a name", *(f"queue-{number:04}" for number in range(queues)))


def test_queues_and_workers_cost_one_command(redis_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _announce(redis_client, 40, 700)
    roster = Roster(redis_client)
    roster.read()
    sent = record_commands(monkeypatch)
    roll = roster.read()
    assert sent == ["EVALSHA"]
    assert roll.queues == tuple(f"queue-{number:04}" for number in range(700))
    assert [each.id for each in roll.workers[:2]] == ["worker-39", "worker-38"]
    assert roll.workers[0].fields == {"host": "here", "pid": "39"}
    assert roll.workers[0].alive_until == 1_039
    assert abs(roll.taken_at - time.time()) < 60


def test_more_workers_than_one_script_reads_are_all_there(redis_client: Client) -> None:
    _announce(redis_client, 650, 1)
    found = [each.id for each in Roster(redis_client).read().workers]
    assert (len(found), len(set(found))) == (650, 650)


def test_keys_of_another_kind_are_as_if_empty_and_are_said_to_be_so(redis_client: Client) -> None:
    _announce(redis_client, 2, 1)
    redis_client.delete(keys.worker("worker-0"))
    redis_client.set(keys.worker("worker-0"), "not ours")
    roll = Roster(redis_client).read()
    assert {each.id: bool(each.fields) for each in roll.workers} == {"worker-0": False, "worker-1": True}
    assert {each.id: each.problem[:9] for each in roll.workers} == {"worker-0": "WRONGTYPE", "worker-1": ""}
    assert (roll.workers_problem, roll.queues_problem) == ("", "")
    redis_client.set(keys.workers(), "not ours")
    roll = Roster(redis_client).read()
    assert roll.queues == ("queue-0000",)
    assert (roll.workers_problem[:9], roll.queues_problem) == ("WRONGTYPE", "")
    redis_client.set(keys.queues(), "not ours")
    assert Roster(redis_client).read().queues_problem[:9] == "WRONGTYPE"


def test_nobody_is_there_and_a_server_that_is_gone_is_said_to_be(redis_client: Client) -> None:
    roll = Roster(redis_client).read()
    assert (roll.workers, roll.queues) == ((), ())
    with pytest.raises(ServerUnavailable):
        Roster(connect("redis://127.0.0.1:1/0", timeout=0.5)).read()


def test_on_a_cluster_the_roster_is_the_same(make_server: type[RealServer], tmp_path: Path) -> None:
    options = ("--cluster-port", str(free_port()), "--cluster-config-file", str(tmp_path / "nodes.conf"))
    client: Any = connect(make_server("--cluster-enabled", "yes", *options).start().url)
    client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    until(lambda: b"cluster_state:ok" in client.execute_command("CLUSTER", "INFO"))
    _announce(client, 3, 2)
    roster = Roster(client)
    for _ in range(2):
        roll = roster.read()
        assert roll.queues == ("queue-0000", "queue-0001")
        assert [each.fields["pid"] for each in roll.workers] == ["2", "1", "0"]
    client.set(keys.worker("worker-1"), "not ours")
    client.set(keys.queues(), "not ours")
    roll = roster.read()
    assert [each.problem[:9] for each in roll.workers] == ["", "WRONGTYPE", ""]
    assert (roll.workers_problem, roll.queues_problem[:9]) == ("", "WRONGTYPE")
