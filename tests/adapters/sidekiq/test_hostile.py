"""Whatever lies under Sidekiq's keys is shown as far as it can be read, and nothing raises."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.adapters.contract import Action, InvalidRequest, State, UnknownJob, UnknownQueue
from dashboard.adapters.mirrored.product import Fate, Kept
from dashboard.adapters.sidekiq.product import SidekiqProduct
from queue_core.connection import Client

HTML = "<img src=x onerror=alert(1)>"


@pytest.fixture
def product(redis_url: str) -> SidekiqProduct:
    return SidekiqProduct("main", redis_url, {})


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\x80\x04cos\nsystem\n", b"[" * 20_000, b"null", b"[1]", b"{}", b'{"jid": 5, "queue": {}, "args": 3}'],
)
def test_what_is_no_job_is_shown_and_not_put_back(product: SidekiqProduct, redis_client: Client, raw: bytes) -> None:
    redis_client.zadd("dead", {raw: 1_795_553_924.5})
    (letter,) = product.look("", 10).letters
    assert letter.requeueable
    kept = Kept(letter.id, letter.type, letter.failed_at, letter.data, letter.memo)
    assert list(product.requeue(letter.queue, [kept], "")) == [False]
    job = product.job(letter.queue, letter.id)
    assert (job.state, job.can(Action.REQUEUE), job.can(Action.PURGE)) == (State.FAILED, False, True)
    assert list(product.purge(letter.queue, [kept], "", 60)) == [True]
    assert list(product.restore(letter.queue, [kept], "")) == [True]
    assert redis_client.zrange("dead", 0, -1) == [raw]


@pytest.mark.parametrize(
    "fields",
    [
        {"error_backtrace": "x"}, {"error_backtrace": {"a": 1}}, {"retry_count": "many", "failed_at": "soon"},
        {"error_class": 5, "error_message": [HTML]}, {"wrapped": {"a": 1}, "args": [None]}, {"enqueued_at": 1e400},
        {"retry": None, "class": HTML},
    ],
)  # fmt: skip
def test_damaged_fields_are_left_out(product: SidekiqProduct, redis_client: Client, fields: dict[str, Any]) -> None:
    job = {"jid": "a", "class": "Charge", "args": [], "queue": HTML, "error_class": "Error", **fields}
    redis_client.zadd("dead", {json.dumps(job): 1_795_553_924.5})
    (letter,) = product.look("", 10).letters
    assert (letter.queue, letter.id) == (HTML, "a")
    assert product.job(HTML, "a").state == State.FAILED


@pytest.mark.parametrize("key", ["queue:paint", "dead", "processes", "host:1:x", "host:1:x:work", "schedule"])
def test_a_key_of_another_type_does_not_hide_the_queues(
    product: SidekiqProduct, redis_client: Client, key: str
) -> None:
    redis_client.sadd("queues", "paint", "bills")
    redis_client.lpush("queue:bills", '{"jid":"a","class":"Charge","args":[]}')
    if key != "processes":
        redis_client.sadd("processes", "host:1:x", "\xff")
    redis_client.set(key, "text")
    if key == "processes":
        redis_client.delete(key)
    assert {queue.name: queue.pending for queue in product.queues()}["bills"] == 1
    product.workers()
    assert product.look("", 10).letters == ()


def test_unknown_names_and_cursors_are_said(product: SidekiqProduct, redis_client: Client) -> None:
    redis_client.sadd("queues", "paint")
    with pytest.raises(UnknownQueue):
        product.job("nothing", "a")
    with pytest.raises(UnknownJob):
        product.job("paint", "a")
    for cursor in ("x", "-1", "1.5", "9" * 20):
        with pytest.raises(InvalidRequest):
            product.page("paint", State.PENDING, cursor=cursor)
    nobody = Kept("a", "", 0.0, None, {})
    assert product.still_failed("paint", ["a"]) == [False]
    assert product.fates("paint", [nobody]) == [Fate.UNKNOWN]
    for moved in (product.requeue("paint", [nobody], "m"), product.take_back("paint", [nobody], "m")):
        assert list(moved) == [False]
