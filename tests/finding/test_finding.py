"""Which kinds of queues a Redis holds is found by itself, within bounds, and by more than the names of keys."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from dashboard.adapters import discovery
from dashboard.adapters.mirrored.mirror import Mirror
from dashboard.adapters.mirrored.product import DeadLetter
from dashboard.finding import Finder, all_signs
from dashboard.finding.finder import COUNT, Found
from queue_core.connection import Client
from tests.contract.seeders.queue_core import Seeder
from tests.finding import applications
from tests.sent_commands import record_commands


def found(client: Client) -> list[tuple[str, str]]:
    return [(each.kind, each.namespace) for each in Finder(client).look()]


def test_an_empty_redis_holds_nothing(redis_client: Client) -> None:
    assert found(redis_client) == []


def test_every_kind_with_an_adapter_has_signs_of_its_own() -> None:
    assert {sign.kind for sign in all_signs()} >= set(discovery.factories())


def test_several_kinds_at_one_redis_are_all_found(redis_client: Client, redis_url: str) -> None:
    Seeder(redis_url).pending("mail", 1)
    applications.rq(redis_url)
    applications.celery(redis_url)
    applications.apscheduler(redis_url)
    assert sorted(found(redis_client)) == [("apscheduler", ""), ("celery", ""), ("queue_core", ""), ("rq", "")]


def test_the_mirror_of_a_products_failures_is_no_source_of_its_own(redis_client: Client, redis_url: str) -> None:
    mirror = Mirror("main-rq", redis_url, {})
    mirror.record([DeadLetter("mail", "a", "send", 1_700_000_000.0, "ValueError", "bad")])
    assert mirror.has("mail")
    assert found(redis_client) == []


def test_prefixes_of_applications_are_found(redis_client: Client, redis_url: str) -> None:
    applications.rq(redis_url, "acme")
    applications.celery(redis_url, "shop-")
    applications.celery(redis_url, "acme")
    applications.celery_result(redis_url, "acme")
    assert sorted(found(redis_client)) == [("celery", "acme"), ("celery", "shop-"), ("rq", "acme")]


def test_results_of_celery_alone_are_found(redis_client: Client, redis_url: str) -> None:
    applications.celery_result(redis_url)
    assert found(redis_client) == [("celery", "")]


def test_other_names_of_a_job_store_are_found_with_both_keys(redis_client: Client, redis_url: str) -> None:
    applications.apscheduler(redis_url, "shop:", ":eu")
    (store,) = Finder(redis_client).look()
    assert store == Found(
        "apscheduler", "APScheduler", "", {"jobs_key": "shop:jobs:eu", "run_times_key": "shop:run_times:eu"},
        "shop:jobs:eu",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("dramatiq", ("ZADD", "dramatiq:__heartbeats__", 1, "b")),
        ("dramatiq", ("HSET", "shop:mail.msgs", "1", '{"actor_name":"send","args":[]}')),
        ("arq", ("ZADD", "arq:queue", 1, "x")),
        ("arq", ("SET", "arq:result:abc", b"\x80\x05")),
        ("huey", ("LPUSH", "huey.redis.shop", "x")),
        ("huey", ("ZADD", "huey.schedule.shop", 1, "x")),
        ("saq", ("ZADD", "saq:mailq:incomplete", 0, "saq:job:mailq:b1")),
        ("taskiq", ("LPUSH", "taskiq", '{"task_id":"1","task_name":"add","labels":{}}')),
        ("taskiq", ("XADD", "my-taskiq", "*", "data", '{"task_id":"1","task_name":"add"}')),
        ("bullmq", ("HSET", "bull:paint:meta", "version", "bullmq:6.7.0")),
        ("sidekiq", ("SET", "stat:processed", 7)),
    ],
)
def test_other_products_are_named(redis_client: Client, kind: str, command: tuple[Any, ...]) -> None:
    redis_client.execute_command(*command)
    assert [each.kind for each in Finder(redis_client).look()] == [kind]


@pytest.mark.parametrize(
    "command",
    [
        ("SADD", "queues", "mail"),
        ("SADD", "rq:queues", "mail"),
        ("SADD", "rq:queues", "other:queue:mail"),
        ("SET", "rq:queues", "rq:queue:mail"),
        ("SADD", "_kombu.binding.celery", "no separator"),
        ("SADD", "_kombu.binding.reply.celery.pidbox", "a\x06\x16b\x06\x16c"),
        ("RPUSH", "celery", "stalks"),
        ("HSET", "unacked", "1", "x"),
        ("SET", "celery-task-meta-x", "text"),
        ("HSET", "apscheduler.jobs", "x", "text"),
        ("HSET", "open-jobs", "x", "carpenter"),
        ("LPUSH", "apscheduler.jobs", "misfire_grace_time"),
        ("HSET", "page:meta", "title", "x"),
        ("RPUSH", "taskiq", "x"),
    ],
)
def test_keys_of_the_same_name_that_hold_something_else_are_not_taken_for_queues(
    redis_client: Client, command: tuple[Any, ...]
) -> None:
    redis_client.execute_command(*command)
    assert found(redis_client) == []


def test_hostile_names_do_no_harm(redis_client: Client, redis_url: str) -> None:
    for number in range(100):
        redis_client.sadd(f"x{number}:queues", f"x{number}:queue:y", "[(")
        redis_client.hset(f"{'(' * number}jobs", "x", "misfire_grace_time")
    redis_client.sadd(b"\xff\xfe:queues", b"\xff")
    redis_client.set("x" * 100_000, "1")
    assert len(Finder(redis_client).look()) <= 50


def test_known_names_are_found_in_a_redis_of_any_size_and_others_within_a_bounded_look(
    redis_client: Client, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis_client.mset({f"session:{number}": "x" for number in range(30_000)})
    for number in range(300):
        redis_client.set(f"celery-task-meta-{number}", json.dumps({"task_id": str(number)}))
    applications.rq(redis_url)
    sent = record_commands(monkeypatch)
    kinds = {each.kind for each in Finder(redis_client).look(slices=10)}
    assert "rq" in kinds
    assert len(sent) < 60
    finder = Finder(redis_client)
    sent.clear()
    assert {each.kind for each in finder.look()} == {"rq", "celery"}
    assert sent.count("SCAN") <= 30_400 // COUNT * 2
    assert not {"KEYS", "SMEMBERS", "HGETALL"} & set(sent)


def test_a_slice_costs_twenty_commands_at_most_and_nothing_is_written(
    redis_client: Client, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Seeder(redis_url).pending("mail", 1)
    for number in range(60):
        redis_client.sadd(f"{number}:queues", "a", "b", "c")
        redis_client.hset(f"jobs-{number}", "x", "y")
    sent = record_commands(monkeypatch)
    finder = Finder(redis_client)
    for _ in range(100):
        sent.clear()
        over = finder.slice(500)
        assert len(sent) <= 20, sent
        assert all(re.fullmatch("SCAN|TYPE|[A-Z]*RAND[A-Z]*|[A-Z]*RANGE", name) for name in sent), sent
        if over:
            break
    assert over


def test_a_redis_that_does_not_answer_holds_nothing_that_is_known() -> None:
    from queue_core.connection import connect  # noqa: PLC0415 - for this one alone

    assert Finder(connect("redis://127.0.0.1:1/0", timeout=0.5)).look() == ()
