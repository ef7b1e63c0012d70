"""One reading of many queues: few commands, each queue for itself, and on a cluster too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import redis

from queue_core import scripts
from queue_core.connection import Client, connect
from queue_core.errors import ServerUnavailable
from queue_core.many import Many
from queue_core.stats import parse_stats
from tests.conftest import RealServer, free_port
from tests.engine.queue_under_test import QueueUnderTest
from tests.sent_commands import record_commands
from tests.waiting import until

CHANGING = {
    "bulk", "bulk_start", "cancel", "checkpoint", "configure", "cron", "edit", "enqueue", "extend", "mirror_done",
    "mirror_end", "mirror_fail", "mirror_refuse", "move", "pause", "promote", "purge", "release_lost", "requeue",
    "restore", "resume", "schedule", "schedule_delete", "schedule_pause", "schedule_resume", "schedule_run",
    "select", "settle", "steer", "tick", "undo",
}  # fmt: skip
READING = sorted(set(scripts.names()) - CHANGING)


def _queues(client: Client, count: int) -> list[QueueUnderTest]:
    queues = [QueueUnderTest(client, f"queue-{number}") for number in range(count)]
    for number, queue in enumerate(queues):
        queue.enqueue(number + 1)
    return queues


def test_each_queue_has_its_own_reply_in_the_order_of_the_calls(
    redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [queue.engine.name for queue in _queues(redis_client, 40)]
    many = Many(redis_client)
    many.call("stats", [(names[0], [0])])
    sent = record_commands(monkeypatch)
    replies = many.call("stats", [(name, [number % 3]) for number, name in enumerate(names)])
    assert sent == ["EVALSHA", "EVALSHA"]
    found = [parse_stats(name, reply) for name, reply in zip(names, replies, strict=True)]
    assert [each.pending for each in found] == list(range(1, 41))
    assert [len(each.minutes["dead"]) for each in found] == [number % 3 for number in range(40)]


def test_a_damaged_queue_has_an_error_and_hides_none_of_the_others(redis_client: Client) -> None:
    first, second, third = _queues(redis_client, 3)
    redis_client.delete(second.keys.pending)
    redis_client.set(second.keys.pending, "no sorted set")
    replies = Many(redis_client).call("stats", [(queue.engine.name, [0]) for queue in (first, second, third)])
    assert isinstance(replies[1], redis.ResponseError)
    assert "WRONGTYPE" in str(replies[1])
    assert parse_stats("first", replies[0]).pending == 1
    assert parse_stats("third", replies[2]).pending == 3


def test_an_error_of_the_script_itself_is_that_queues_own(redis_client: Client) -> None:
    first, second = _queues(redis_client, 2)
    replies = Many(redis_client).call("jobs", [(first.engine.name, ["none", "job-0001"]), (second.engine.name, [0])])
    assert isinstance(replies[0], redis.ResponseError)
    assert replies[1] == []


def test_a_server_that_forgot_its_scripts_gets_them_again(redis_client: Client) -> None:
    (queue,) = _queues(redis_client, 1)
    many = Many(redis_client)
    many.call("stats", [(queue.engine.name, [0])])
    redis_client.script_flush()
    assert parse_stats("queue-0", many.call("stats", [(queue.engine.name, [0])])[0]).pending == 1


def test_no_queue_asks_nothing_and_a_server_that_is_gone_is_said_to_be(redis_client: Client) -> None:
    assert Many(redis_client).call("stats", []) == []
    with pytest.raises(ServerUnavailable):
        Many(connect("redis://127.0.0.1:1/0", timeout=0.5)).call("stats", [("mail", [0])])


def test_on_a_cluster_each_queue_is_asked_by_itself(make_server: type[RealServer], tmp_path: Path) -> None:
    options = ("--cluster-port", str(free_port()), "--cluster-config-file", str(tmp_path / "nodes.conf"))
    server = make_server("--cluster-enabled", "yes", *options).start()
    client: Any = connect(server.url)
    client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    until(lambda: b"cluster_state:ok" in client.execute_command("CLUSTER", "INFO"))
    queues = _queues(client, 3)
    slots = {client.execute_command("CLUSTER", "KEYSLOT", queue.keys.meta) for queue in queues}
    assert len(slots) == 3
    many = Many(client)
    for _ in range(2):
        replies = many.call("stats", [(queue.engine.name, [0]) for queue in queues])
        assert [parse_stats("queue", reply).pending for reply in replies] == [1, 2, 3]


@pytest.mark.parametrize("name", READING)
def test_a_reading_script_writes_nothing(redis_client: Client, name: str) -> None:
    source = scripts.source(name)
    for command in ("SET", "DEL", "UNLINK", "HSET", "HINCRBY", "HDEL", "ZADD", "ZREM", "ZPOPMIN", "RPUSH", "EXPIRE"):
        assert f"rc('{command}'" not in source


def test_every_reading_script_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs/redis-data.md").read_text()
    assert [name for name in READING if f"`{name}`" not in text] == []
