"""Whatever lies in Redis is shown or said to be unreadable; nothing is executed, and nothing large is read."""

from __future__ import annotations

import base64
import bz2
import json
import lzma
import os
import pickle
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.adapters.celery import encodings, messages, results
from dashboard.adapters.contract import State
from tests.adapters.celery.running import Shop, kept


class Bomb:
    """Creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.path}",)


@pytest.fixture
def quiet_shop(make_shop: Callable[..., Shop]) -> Shop:
    """A shop without workers, with a queue."""
    shop = make_shop()
    shop.product._application.bindings.learn(["celery"])
    return shop


def envelope(body: bytes = b"[[1], {}, {}]", **changes: Any) -> dict[str, Any]:
    made = {
        "body": base64.b64encode(body).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"task": "shop.add", "id": "id-1"},
        "properties": {"delivery_tag": "t-1", "delivery_info": {}, "body_encoding": "base64"},
    }
    return {**made, **changes}


def stored(shop: Shop, message: Any) -> Any:
    shop.broker.lpush("celery", message if isinstance(message, bytes | str) else json.dumps(message))
    (job,) = shop.product.page("celery", State.PENDING).items
    return shop.product.job("celery", job.id)


@pytest.mark.parametrize(
    "message",
    [
        b"", b"\xff\xfe\x00", b"[]", b"null", b"{}", b"[" * 100_000, b'{"headers": 7, "properties": [], "body": {}}',
        envelope(headers={"task": "shop.add"}), envelope(headers={"task": ["x"], "id": {"a": 1}}),
        envelope(properties=None), envelope() | {"body": 5},
    ],
)  # fmt: skip
def test_a_message_that_is_none_or_has_no_id_is_shown_as_undecodable(quiet_shop: Shop, message: Any) -> None:
    quiet_shop.broker.rpush("celery", message if isinstance(message, bytes) else json.dumps(message))
    (job,) = quiet_shop.product.page("celery", State.PENDING).items
    whole = quiet_shop.product.job("celery", job.id)
    assert whole.payload.undecodable or whole.payload.data is not None
    quiet_shop.product.discard("celery", job.id)
    assert quiet_shop.broker.llen("celery") == 0


def test_a_message_without_an_id_says_what_it_does_to_workers(quiet_shop: Shop) -> None:
    job = stored(quiet_shop, envelope(headers={"task": "shop.add"}))
    assert job.id.startswith("message-")
    assert quiet_shop.product.page("celery", State.PENDING).items[0].payload.undecodable == messages.NO_ID


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"body": "not base64!"}, "its body is not base64"),
        ({"body": base64.b64encode(b"{").decode()}, "it is not JSON"),
        ({"body": base64.b64encode(b"[1]").decode()}, "its body is not a list of arguments"),
        ({"content-type": "application/x-yaml"}, "it is neither JSON nor a pickle"),
        ({"headers": {"id": "id-1", "compression": "application/zstd"}}, "it is compressed in a way"),
        ({"headers": {"id": "id-1", "compression": "application/x-gzip"}}, "its compression is damaged"),
    ],
)
def test_a_body_that_cannot_be_read_says_why(quiet_shop: Shop, changes: dict[str, Any], why: str) -> None:
    assert stored(quiet_shop, {**envelope(), **changes}).payload.undecodable.startswith(why)


def test_a_pickled_body_is_shown_and_nothing_of_it_is_executed(quiet_shop: Shop, tmp_path: Path) -> None:
    body = pickle.dumps([[Bomb(tmp_path / "touched"), {1, 2}], {"when": 3}, None])
    job = stored(quiet_shop, envelope(body, **{"content-type": "application/x-python-serialize"}))
    assert job.payload.data["kwargs"] == {"when": 3}
    assert "system" in str(job.payload.data["args"])
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize(
    ("kind", "pack"),
    [
        ("application/x-gzip", zlib.compress),
        ("application/x-bz2", bz2.compress),
        ("application/x-lzma", lzma.compress),
    ],
)
def test_compressed_bodies_are_read_and_bombs_are_not(
    quiet_shop: Shop, kind: str, pack: Callable[[bytes], bytes]
) -> None:
    headers = {"task": "shop.add", "id": "id-1", "compression": kind}
    job = stored(quiet_shop, envelope(pack(b"[[1, 2], {}, {}]"), headers=headers))
    assert job.payload.data == {"args": [1, 2], "kwargs": {}}
    quiet_shop.broker.delete("celery")
    bomb = stored(quiet_shop, envelope(pack(b" " * 40_000_000), headers=headers))
    assert bomb.payload.undecodable == encodings.TOO_LARGE


def test_a_large_message_is_listed_by_its_end(quiet_shop: Shop) -> None:
    job = stored(quiet_shop, envelope(b"[[" + b'"x", ' * 400_000 + b"1], {}, {}]"))
    assert (job.id, job.type, job.payload.undecodable) == ("id-1", "shop.add", encodings.TOO_LARGE)


def test_a_queue_named_with_markup_keeps_its_name(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    name = "<script>alert(1)</script> é/*?[x]"
    task_id = shop.send("add", 1, 2, queue=name)
    assert name in [queue.name for queue in shop.product.queues()]
    assert shop.product.job(name, task_id).queue == name


def test_a_result_of_fifty_megabytes_is_never_read(quiet_shop: Shop) -> None:
    key = quiet_shop.product._application.access.names.result("large")
    quiet_shop.backend.set(key, b'{"status": "SUCCESS", "result": "' + b"x" * 50_000_000 + b'"}')
    before = quiet_shop.backend.info("stats")["total_net_output_bytes"]
    assert quiet_shop.product.look("", 50).letters == ()
    job = quiet_shop.product.job("celery", "large")
    assert (job.state, job.result) == (State.SUCCEEDED, "")
    assert quiet_shop.backend.info("stats")["total_net_output_bytes"] - before < 5_000_000


def test_a_large_failure_is_shown_without_what_was_not_read_and_can_be_purged(quiet_shop: Shop) -> None:
    key = quiet_shop.product._application.access.names.result("large")
    value = b'{"status": "FAILURE", "result": "' + b"x" * 5_000_000 + b'"}'
    quiet_shop.backend.set(key, value)
    (letter,) = quiet_shop.letters("large")
    assert (letter.requeueable, letter.undecodable) == (results.NOT_READ, encodings.TOO_LARGE)
    assert quiet_shop.product.purge(letter.queue, kept(letter), "", 60) == [True]
    assert quiet_shop.backend.exists(key) == 0
    assert quiet_shop.product.restore(letter.queue, kept(letter), "") == [True]
    assert quiet_shop.backend.get(key) == value


@pytest.mark.parametrize(
    "value",
    [
        b'{"status": "FAILURE"', b'{"status": "FAILURE", "result": 5, "traceback": {}, "date_done": 7, "name": ["x"]}',
        b'{"status": "FAILURE", "result": {"exc_type": null, "exc_message": {"a": 1}}, "args": "x", "name": "n"}',
        b'{"status": "FAILURE", "result": null, "retries": 1e400, "queue": {"a": 1}, "args": [NaN], "name": "n"}',
    ],
)  # fmt: skip
def test_a_failure_of_any_content_is_given_as_far_as_it_can_be_read(quiet_shop: Shop, value: bytes) -> None:
    quiet_shop.backend.set("celery-task-meta-odd", value)
    (letter,) = quiet_shop.letters("odd")
    json.dumps([letter.data, letter.memo], allow_nan=False)
    assert letter.requeueable
    assert quiet_shop.product.requeue(letter.queue, kept(letter), "m") == [False]


def test_a_pickled_failure_is_described_and_never_unpickled(quiet_shop: Shop, tmp_path: Path) -> None:
    meta = {
        "status": "FAILURE", "result": ValueError("bad"), "traceback": "Traceback", "name": "shop.add",
        "args": (1, Bomb(tmp_path / "touched")), "kwargs": {}, "queue": "celery", "retries": 0,
    }  # fmt: skip
    quiet_shop.backend.set("celery-task-meta-pickled", pickle.dumps(meta))
    (letter,) = quiet_shop.letters("pickled")
    assert (letter.error_type, letter.message, letter.requeueable) == ("ValueError", "bad", results.PICKLED)
    assert letter.data["args"][0] == 1
    assert not (tmp_path / "touched").exists()


def test_keys_of_another_type_do_no_harm(quiet_shop: Shop) -> None:
    quiet_shop.backend.lpush("celery-task-meta-list", "x")
    quiet_shop.broker.set("celery", "text")
    quiet_shop.broker.sadd("celery\x06\x163", "x")
    quiet_shop.broker.hset("unacked", mapping={"tag": b"\xff", "other": b"[1, 2, 3]", "third": b'[{}, "", ""]'})
    quiet_shop.broker.sadd("_kombu.binding.odd", b"\xff\xfe", b"", b"\x06\x16\x06\x16")
    quiet_shop.product._application.roster.refresh()
    assert quiet_shop.product.look("", 50).letters == ()
    (queue,) = quiet_shop.product.queues()
    assert queue.pending is None
    assert quiet_shop.product.page("celery", State.PENDING).items == ()
