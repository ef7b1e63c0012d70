"""Whatever lies in SAQ's keys is shown or said not to be readable, and nothing is raised."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import redis

from dashboard.adapters.contract import ActionRefused, State, UnknownJob, UnknownQueue
from dashboard.adapters.mirrored.moves import trash_key
from dashboard.adapters.mirrored.product import Fate, Kept
from dashboard.adapters.saq.names import Names
from dashboard.adapters.saq.product import SaqProduct
from tests.adapters.saq.real import failures, kept


@pytest.fixture
def client(redis_url: str) -> Any:
    return redis.Redis.from_url(redis_url)


class Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.path}",)


CONTENTS = [
    b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b"{}", b"[" * 50_000,
    b'{"status": "failed"}',
    b'{"status": "failed", "queue": 5, "function": [], "error": {}, "kwargs": 3}',
    b'{"status": ["failed"], "error": "swept"}',
    b'{"status": "aborted", "error": "swept", "ttl": "x", "completed": 1e400, "attempts": "many", "result": [1]}',
    b'{"queued": -5, "started": [], "progress": "x", "timeout": null, "retries": {}, "worker_id": 7}',
    json.dumps({"function": "<b>x</b>", "status": "failed", "error": "<script>"}).encode(),
    b'{"kwargs": {"x": "' + b"x" * 300_000 + b'"}, "status": "failed"}',
]  # fmt: skip


def fill(client: Any, queue: str, raw: bytes) -> None:
    names = Names()
    for key, target in (("w", names.queued(queue)), ("r", names.active(queue))):
        client.set(names.job(queue, key), raw)
        client.rpush(target, names.job(queue, key))
    client.set(names.job(queue, "x"), raw)
    client.set(names.job(queue, "s"), raw)
    client.zadd(
        names.incomplete(queue), {names.job(queue, "s"): 4e9, names.job(queue, "w"): 0, names.job(queue, "r"): 0}
    )
    client.zadd(names.stats(queue), {f"saq:{queue}:worker_info:u": 4e12, "other": 1})
    client.set(f"saq:{queue}:worker_info:u", raw)


@pytest.mark.parametrize("raw", CONTENTS, ids=range(len(CONTENTS)))
def test_any_job_is_shown_and_can_be_moved(product: SaqProduct, client: Any, raw: bytes) -> None:
    queue = "<i>q</i> ü"
    fill(client, queue, raw)
    assert [each.name for each in product.queues()] == [queue]
    for state in State:
        product.page(queue, state)
    assert len(product.page(queue, State.PENDING).items) == len(product.page(queue, State.PROCESSING).items) == 1
    for key in "wrsx":
        assert product.job(queue, key).queue == queue
    assert len(product.workers()) == 2
    failures(product)
    letter = Kept("x", "", 1.0, None, {"of_run": {"status": "failed"}})
    for move in (product.requeue, product.take_back, product.restore):
        move(queue, [letter], "")
    product.purge(queue, [letter], "", 60)
    product.fates(queue, [letter])
    for act in (product.cancel, product.discard):
        for key in "wsr":
            with contextlib.suppress(ActionRefused, UnknownJob):
                act(queue, key)


def test_a_pickle_is_not_unpickled(product: SaqProduct, client: Any, tmp_path: Path) -> None:
    fill(client, "q", pickle.dumps(Evil(tmp_path / "made")))
    for key in "wrsx":
        assert product.job("q", key).payload.undecodable
    failures(product)
    product.workers()
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("part", ["queued", "active", "incomplete", "stats", "job"])
@pytest.mark.parametrize("kind", ["set", "hash"])
def test_keys_of_another_type_break_nothing(product: SaqProduct, client: Any, part: str, kind: str) -> None:
    fill(client, "q", b'{"status": "failed", "queue": "q"}')
    key = Names().job("q", "x") if part == "job" else f"saq:q:{part}"
    client.delete(key)
    if kind == "set":
        client.sadd(key, "x")
    else:
        client.hset(key, "x", "y")
    (queue,) = product.queues()
    assert (queue.pending, queue.processing, queue.workers).count(None) == (part in ("queued", "active", "stats"))
    assert (queue.scheduled is None) == (part in ("queued", "active", "incomplete"))
    product.workers()
    for state in State:
        product.page("q", state)
    for each in failures(product):
        product.requeue("q", [kept(each)], "1")
        product.take_back("q", [kept(each)], "2")
        product.purge("q", [kept(each)], "3", 60)
        product.restore("q", [kept(each)], "4")
        assert product.fates("q", [kept(each)])[0] in Fate


def test_unknown_names_say_so(product: SaqProduct, client: Any) -> None:
    fill(client, "q", b"{}")
    with pytest.raises(UnknownQueue):
        product.page("nothing", State.PENDING)
    for key in ("nothing", "", "a\x00b", "x" * 10_000):
        with pytest.raises(UnknownJob):
            product.job("q", key)


@pytest.mark.parametrize(
    ("key", "queue"),
    [
        ("saq:job:mail:0f", "mail"), ("saq:job:mail:cron:nightly", "mail"), ("saq:job:a:b:c", None),
        ("saq:a:b:incomplete", "a:b"), ("saq:mail:worker_info:u", "mail"), ("saq:abort:x", None), ("saq:x", None),
        ("other:mail:stats", None), ("saq:job:", None),
    ],
)  # fmt: skip
def test_a_key_tells_its_queue_where_that_is_certain(key: str, queue: str | None) -> None:
    assert Names().queue_of(key) == queue


def test_a_job_that_lost_its_worker_is_a_failure(product: SaqProduct, client: Any) -> None:
    swept = {"function": "send", "queue": "q", "key": "x", "status": "aborted", "error": "swept", "completed": 1_000}
    client.set("saq:job:q:x", json.dumps(swept))
    aborted = swept | {"error": "by hand", "key": "y"}
    client.set("saq:job:q:y", json.dumps(aborted))
    assert [letter.id for letter in failures(product)] == ["x"]
    assert product.still_failed("q", ["x", "y"]) == [True, False]


def test_what_was_purged_when_the_trash_called_it_otherwise_is_restored(product: SaqProduct, client: Any) -> None:
    raw = b'{"key": "saq:job:q:x", "status": "failed", "queue": "q"}'
    client.hset(trash_key("main", "q", "x"), mapping={"job": raw, "left": 60_000})
    assert product.restore("q", [Kept("x", "", 1.0, None, {})], "") == [True]
    assert client.get(Names().job("q", "x")) == raw
    assert not client.exists(trash_key("main", "q", "x"))
