"""Whatever lies under BullMQ's keys is shown as far as it can be read, and nothing raises."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from dashboard.adapters.bullmq import workers
from dashboard.adapters.bullmq.product import BullmqProduct
from dashboard.adapters.contract import ActionRefused, Exactness, InvalidRequest, State, UnknownJob, UnknownQueue
from dashboard.adapters.mirrored.product import Fate, Kept
from dashboard.adapters.mirrored.scores import ByScore
from dashboard.adapters.server import Server
from queue_core.connection import Client
from tests.sent_commands import record_commands

HTML = "<img src=x onerror=alert(1)>"


@pytest.fixture
def product(redis_url: str) -> BullmqProduct:
    return BullmqProduct("main", redis_url, {})


def add(client: Client, queue: str, job_id: str, *, at: int = 1_795_553_924_202, **fields: Any) -> None:
    client.hset(f"bull:{queue}:meta", "version", "bullmq:6.7.0")
    client.hset(f"bull:{queue}:{job_id}", mapping={"name": "send", "data": "{}", "finishedOn": at, **fields})
    client.zadd(f"bull:{queue}:failed", {job_id: at})


@pytest.mark.parametrize(
    ("fields", "undecodable"),
    [
        ({"data": "{not json"}, "not JSON"),
        ({"data": b"\x80\x04\x95cos\nsystem\n"}, "not JSON"),
        ({"data": "[" * 20_000}, "not JSON"),
        ({"data": json.dumps({"x": "y" * 100_000})}, "larger"),
        ({"opts": "[1]", "stacktrace": "{}", "timestamp": "soon", "atm": "1e999"}, ""),
        ({"opts": "null", "stacktrace": '[1, null, "x"]', "priority": "nan", "finishedOn": "-1"}, ""),
        ({"name": HTML, "failedReason": HTML, "pb": b"\xff\xfe", "progress": "{}", "delay": "9" * 400}, ""),
    ],
)
def test_damaged_fields_are_left_out(
    product: BullmqProduct, redis_client: Client, fields: dict[str, Any], undecodable: str
) -> None:
    add(redis_client, "paint", "1", **fields)
    (letter,) = product.look("", 10).letters
    assert (undecodable in letter.undecodable) if undecodable else letter.undecodable == ""
    job = product.job("paint", "1")
    assert job.state == State.FAILED
    assert job.payload.undecodable == letter.undecodable


@pytest.mark.parametrize("key", ["meta", "wait", "active", "prioritized", "delayed", "completed", "failed", "paused"])
def test_a_key_of_another_type_costs_its_number_alone(product: BullmqProduct, redis_client: Client, key: str) -> None:
    add(redis_client, "bills", "1")
    add(redis_client, "paint", "1")
    redis_client.delete(f"bull:paint:{key}")
    redis_client.set(f"bull:paint:{key}", "text")
    queues = {queue.name: queue for queue in product.queues()}
    assert queues["bills"].failed == 1
    assert queues["paint"].failed == (None if key == "failed" else 1)
    assert {letter.queue for letter in product.look("", 10).letters} >= {"bills"}
    for state in State:
        product.page("bills", state)


@pytest.mark.parametrize("name", [HTML, "a queue", "*", "[a-z]", "é" * 100])
def test_queues_of_any_name_are_found(product: BullmqProduct, redis_client: Client, name: str) -> None:
    add(redis_client, name, HTML)
    assert [queue.name for queue in product.queues()] == [name]
    (letter,) = product.look("", 10).letters
    assert (letter.queue, letter.id) == (name, HTML)
    assert product.requeue(name, [Kept(HTML, "send", 0.0, None, {})], "") == [True]


def test_what_is_no_job_and_what_is_no_queue_is_said(product: BullmqProduct, redis_client: Client) -> None:
    add(redis_client, "paint", "1")
    for job_id in ("2", "failed", "", "1:lock", "not an\nid{}"):
        with pytest.raises(UnknownJob):
            product.job("paint", job_id)
    with pytest.raises(UnknownQueue):
        product.job("nothing", "1")
    for cursor in ("x", "9.1", "0.", "0.-1", "0.1.1", "1." + "9" * 30):
        with pytest.raises(InvalidRequest):
            product.page("paint", State.PENDING, cursor=cursor)
    assert product.fates("paint", [Kept("2", "", 0.0, None, {})]) == [Fate.GONE]
    assert product.requeue("paint", [Kept("2", "", 0.0, None, {})], "") == [False]


@pytest.mark.parametrize("version", ["bullmq:4.17.0", "bullmq:7.0.0", "", "x" * 1_000])
def test_jobs_of_a_version_that_is_not_known_are_shown_and_left_where_they_are(
    product: BullmqProduct, redis_client: Client, version: str
) -> None:
    add(redis_client, "paint", "1")
    redis_client.hset("bull:paint:meta", "version", version)
    (letter,) = product.look("", 10).letters
    assert "BullMQ 5 and 6" in letter.requeueable
    assert [offer.exactness for offer in product.offers(letter.requeueable)] == [
        Exactness.IMPOSSIBLE, Exactness.EXACT, Exactness.IMPOSSIBLE,
    ]  # fmt: skip
    with pytest.raises(ActionRefused):
        product.requeue("paint", [Kept("1", "send", 0.0, None, {})], "")
    assert product.still_failed("paint", ["1"]) == [True]


def test_another_prefix_and_named_queues_are_looked_at_alone(redis_url: str, redis_client: Client) -> None:
    add(redis_client, "paint", "1")
    redis_client.hset("shop:bills:meta", "version", "bullmq:6.7.0")
    other = BullmqProduct("main", redis_url, {"namespace": "shop"})
    assert [queue.name for queue in other.queues()] == ["bills"]
    named = BullmqProduct("main", redis_url, {"options": {"queues": ("paint", "glue")}})
    assert [(queue.name, queue.failed) for queue in named.queues()] == [("glue", 0), ("paint", 1)]


def test_many_failures_are_looked_at_in_bounded_turns(product: BullmqProduct, redis_client: Client) -> None:
    for number in range(450):
        add(redis_client, ("paint", "bills")[number % 2], str(number), at=1_795_553_924_000 + number // 100)
    seen, place, turns = [], "", 0
    while True:
        sighting = product.look(place, 100)
        assert len(sighting.letters) <= 100
        seen += [letter.id for letter in sighting.letters]
        place, turns = sighting.place, turns + 1
        if sighting.whole:
            break
    assert sorted(seen, key=int) == [str(number) for number in range(450)]
    assert turns >= 5
    assert product.look(place, 100).letters == ()
    add(redis_client, "paint", "new", at=1_795_553_925_000)
    assert [letter.id for letter in product.look(place, 100).letters] == ["new"]


def test_a_failure_that_comes_when_the_one_before_it_is_gone_is_found(
    product: BullmqProduct, redis_client: Client
) -> None:
    add(redis_client, "paint", "1", at=1_000)
    add(redis_client, "paint", "2", at=1_000)
    place = product.look("", 100).place
    redis_client.zrem("bull:paint:failed", "1", "2")
    add(redis_client, "paint", "3", at=1_000)
    add(redis_client, "paint", "4", at=1_001)
    assert [letter.id for letter in product.look(place, 100).letters] == ["3", "4"]


@pytest.mark.parametrize("place", ["x", "[]", "1", '{"paint": 1}', '{"paint": ["-inf", 1, 2]}', '{"a": [[], {}, "x"]}'])
def test_a_place_that_was_damaged_begins_anew(product: BullmqProduct, redis_client: Client, place: str) -> None:
    add(redis_client, "paint", "1")
    assert [letter.id for letter in product.look(place, 100).letters] == ["1"]


def test_what_a_late_clock_wrote_behind_is_found_when_all_is_gone_through_again(
    redis_url: str, redis_client: Client
) -> None:
    now = [0.0]
    walk = ByScore(Server("main", redis_url), lambda: now[0])
    sets = {"paint": "bull:paint:failed"}
    add(redis_client, "paint", "1", at=2_000)
    place = walk.look(sets, "", 100).place
    add(redis_client, "paint", "late", at=1_000)
    assert walk.look(sets, place, 100).members == ()
    now[0] = 11.0
    assert [each.member for each in walk.look(sets, place, 100).members] == [b"late", b"1"]


def test_a_source_that_nobody_looks_at_costs_few_commands(
    product: BullmqProduct, redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(120):
        add(redis_client, f"queue-{number}", "1")
    product.queues()
    place = product.look("", 5_000).place
    sent = record_commands(monkeypatch)
    product._finding.forget()
    product.queues()
    product.look(place, 200)
    product.fates("queue-1", [Kept("1", "", 0.0, None, {})] * 64)
    assert len(sent) <= 10, sent


def test_only_connections_that_are_named_as_workers_are_workers() -> None:
    name = base64.b64encode(HTML.encode()).decode()
    names = [f"bull:{name}:w:{HTML}", f"bull:{name}", f"bull:{name}:qe", "bull:", "bull:*", "bull:/w==", "redrive", ""]
    found = workers.of_clients("main", "bull", [{"name": each, "addr": "[::1]:5", "age": "x"} for each in names], 9.0)
    assert [(worker.queues, worker.started_at) for worker in found] == [((HTML,), None)] * 2
