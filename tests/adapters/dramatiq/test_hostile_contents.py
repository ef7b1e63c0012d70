"""Whatever lies in Dramatiq's keys is shown or said not to be readable, and nothing is raised."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
import redis

from dashboard.adapters.contract import State, UnknownJob, UnknownQueue
from dashboard.adapters.dramatiq.product import DramatiqProduct
from dashboard.adapters.mirrored.product import Fate
from tests.adapters.dramatiq.real import failures, kept


@pytest.fixture
def product(redis_url: str) -> DramatiqProduct:
    return DramatiqProduct("main", redis_url, {})


@pytest.fixture
def client(redis_url: str) -> Any:
    return redis.Redis.from_url(redis_url)


class Evil:
    def __reduce__(self) -> Any:
        import os  # noqa: PLC0415

        return os.system, ("touch /nonexistent/redrive-was-here",)


CONTENTS = [
    b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b"{}", pickle.dumps(Evil()), b"[" * 50_000,
    b'{"actor_name": 5, "args": "x", "kwargs": 1, "options": []}',
    b'{"actor_name": "a", "options": {"retries": "many", "eta": "soon", "traceback": 5}, "message_timestamp": []}',
    b'{"actor_name": "a", "options": {"retries": 1e400, "eta": 1e300}, "message_timestamp": -5}',
    json.dumps({"actor_name": "<b>x</b>", "args": ["<script>"], "queue_name": "q"}).encode(),
    b'{"args": ["' + b"x" * 300_000 + b'"]}',
]  # fmt: skip


def fill(client: Any, queue: str, raw: bytes) -> None:
    client.hset(f"dramatiq:{queue}.msgs", "w", raw)
    client.rpush(f"dramatiq:{queue}", "w")
    client.hset(f"dramatiq:{queue}.DQ.msgs", "d", raw)
    client.hset(f"dramatiq:{queue}.XQ.msgs", "x", raw)
    client.zadd(f"dramatiq:{queue}.XQ", {"x": 1_700_000_000_000})


@pytest.mark.parametrize("raw", CONTENTS, ids=range(len(CONTENTS)))
def test_any_message_is_shown_and_can_be_moved_there_and_back(
    product: DramatiqProduct, client: Any, raw: bytes
) -> None:
    queue = "<i>q</i> ü"
    fill(client, queue, raw)
    assert [each.name for each in product.queues()] == [queue]
    for state, job_id in ((State.PENDING, "w"), (State.SCHEDULED, "d"), (State.FAILED, "x")):
        assert product.job(queue, job_id).state in (state, State.RETRYING)
        if state != State.FAILED:
            assert len(product.page(queue, state).items) == 1
    found = failures(product)
    assert [each.id for each in found] == ["x"]
    assert found[0].undecodable or isinstance(found[0].data, dict)
    letter = kept(found[0])
    moved = [product.requeue(queue, [letter], "1"), product.take_back(queue, [letter], "2")]
    assert moved == ([[True], [True]] if raw else [[False], [False]])
    assert product.purge(queue, [letter], "3", 60) == [True]
    assert product.restore(queue, [letter], "4") == [True]
    assert product.still_failed(queue, ["x"]) == [True]


@pytest.mark.parametrize("part", ["", ".msgs", ".DQ.msgs", ".XQ", ".XQ.msgs"])
@pytest.mark.parametrize("kind", ["string", "stream"])
def test_keys_of_another_type_break_nothing(product: DramatiqProduct, client: Any, part: str, kind: str) -> None:
    fill(client, "q", b'{"actor_name": "a"}')
    client.delete(f"dramatiq:q{part}")
    (client.set if kind == "string" else client.xadd)(f"dramatiq:q{part}", "x" if kind == "string" else {"a": "b"})
    client.set("dramatiq:__heartbeats__", "x")
    (queue,) = product.queues()
    assert (queue.pending, queue.failed).count(None) == (part in ("", ".XQ"))
    for state in State:
        product.page("q", state)
    failures(product)
    letter = kept(product_letter())
    product.still_failed("q", ["x"])
    assert product.fates("q", [letter])[0] in Fate
    product.requeue("q", [letter], "1")
    product.take_back("q", [letter], "2")
    product.purge("q", [letter], "3", 60)
    product.restore("q", [letter], "4")


def product_letter() -> Any:
    from dashboard.adapters.mirrored.product import DeadLetter  # noqa: PLC0415

    return DeadLetter("q", "x", "a", 1.0, memo={"score": 1.0})


def test_unknown_names_say_so(product: DramatiqProduct, client: Any) -> None:
    fill(client, "q", b"{}")
    with pytest.raises(UnknownQueue):
        product.page("nothing", State.PENDING)
    for job_id in ("nothing", "", "a\x00b", "x" * 10_000):
        with pytest.raises(UnknownJob):
            product.job("q", job_id)


def test_a_queue_that_is_new_is_known_at_once_and_one_that_is_named_always(redis_url: str, client: Any) -> None:
    product = DramatiqProduct("main", redis_url, {"namespace": "ns*", "options": {"queues": ("named",)}})
    assert [queue.name for queue in product.queues()] == ["named"]
    client.hset("ns*:new.msgs", "a", "{}")
    assert product.page("new", State.PENDING).items == ()
    assert [queue.name for queue in product.queues()] == ["named", "new"]


def test_messages_that_lost_workers_had_fetched_are_stalled(product: DramatiqProduct, client: Any) -> None:
    fill(client, "q", b"{}")
    client.zadd("dramatiq:__heartbeats__", {"gone": 1_000, "there": 4e12})
    client.sadd("dramatiq:__acks__.gone.q", "a", "b")
    client.sadd("dramatiq:__acks__.there.q", "c")
    assert product.queues()[0].stalled == 2


def test_many_delayed_messages_are_paged_without_gaps(product: DramatiqProduct, client: Any) -> None:
    made = {
        f"d{number}": json.dumps({"actor_name": "a", "args": ["x" * 80], "options": {"eta": 5e12}})
        for number in range(900)
    }
    client.hset("dramatiq:q.DQ.msgs", mapping=made)
    found: list[str] = []
    cursor = ""
    while True:
        page = product.page("q", State.SCHEDULED, cursor=cursor, limit=70)
        found += [job.id for job in page.items]
        assert len(page.cursors) == len(page.items)
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert len(found) == len(set(found)) == 900
