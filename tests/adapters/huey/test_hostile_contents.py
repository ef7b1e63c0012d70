"""Whatever lies in Huey's keys is shown or said not to be readable, and nothing is raised or run."""

from __future__ import annotations

import contextlib
import gzip
import os
import pickle
import zlib
from pathlib import Path
from typing import Any

import pytest
import redis

from dashboard.adapters.contract import ActionRefused, State, UnknownJob, UnknownQueue
from dashboard.adapters.huey.product import HueyProduct
from dashboard.adapters.mirrored.product import Kept
from tests.adapters.huey.real import failures, kept
from tests.contract.seeders.huey import pickled
from tests.sent_commands import record_commands

QUEUE = "<i>q</i>.ü"


@pytest.fixture
def product(redis_url: str) -> HueyProduct:
    return HueyProduct("main", redis_url, {})


@pytest.fixture
def client(redis_url: str) -> Any:
    return redis.Redis.from_url(redis_url)


class Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.path}",)


def error(**noted: Any) -> bytes:
    return pickled("huey.utils", "Error", (noted,))


def message(*fields: Any) -> bytes:
    return pickled("huey.registry", "Message", fields)


CONTENTS = [
    b"", b"\x80", b"\x80\x04.", b"{}", b"\x1f\x8b", b"x\x9c", b"\xff\xfe", pickle.dumps([1]),
    gzip.compress(b"x" * 9_000_000), zlib.compress(pickle.dumps("x")), error(),
    error(error=5, retries="x", traceback=None, task_id=["y"]),
    error(error="<b>", retries=2**200, traceback="Traceback (most recent call last):\n", task_id="x"),
    error(error="ValueError(", retries=0, traceback="", task_id="x"), pickled("huey.utils", "Error", ()),
    pickled("huey.utils", "Error", ("text",)), message(), message(5, b"name", "eta", "x", None, [], 3, 4),
    message("x", "<b>f</b>", None, 2**200, 0, 1e308, ("x" * 1_000_000,), {1: 2}), message(*range(40)),
]  # fmt: skip


def fill(client: Any, queue: str, raw: bytes) -> None:
    client.lpush(f"huey.redis.{queue}", raw)
    client.zadd(f"huey.schedule.{queue}", {raw: 1})
    client.hset(f"huey.results.{queue}", mapping={"x": raw, "r:x": raw, f"{queue}.lock.y": "1"})
    client.set(f"huey.r.{queue}.z", raw)
    client.zadd("huey.redis.urgent", {raw: 1, b"12345678" + raw: 2})


@pytest.mark.parametrize("raw", CONTENTS, ids=range(len(CONTENTS)))
def test_any_task_and_result_is_shown_and_can_be_moved(product: HueyProduct, client: Any, raw: bytes) -> None:
    fill(client, QUEUE, raw)
    assert {each.name for each in product.queues()} >= {QUEUE, "urgent"}
    for queue in (QUEUE, "urgent"):
        for state in State:
            for job in product.page(queue, state).items:
                with contextlib.suppress(UnknownJob):
                    product.job(queue, job.id)
    for letter in [*failures(product), Kept("x", "", 1.0, None, {})]:
        given = letter if isinstance(letter, Kept) else kept(letter)
        for move in (product.take_back, product.restore):
            move(QUEUE, [given], "")
        product.purge(QUEUE, [given], "", 60)
        product.still_failed(QUEUE, [given.id])
        product.fates(QUEUE, [given])
    for key in "xz":
        for act in (product.job, product.discard):
            with contextlib.suppress(ActionRefused, UnknownJob):
                act(QUEUE, key)


def test_a_pickle_that_would_run_something_is_a_text(product: HueyProduct, client: Any, tmp_path: Path) -> None:
    made = tmp_path / "made"
    evil = pickle.dumps(Evil(made), 2)[2:-1]
    fill(
        client,
        "q",
        b"\x80\x02chuey.registry\nMessage\n(X\x01\x00\x00\x00wX\x01\x00\x00\x00fNK\x00K\x00N" + evil + b"}t\x81.",
    )
    client.hset("huey.results.q", "e", b"\x80\x02chuey.utils\nError\n" + evil + b"\x85\x81.")
    assert "system" in str(product.job("q", "w").payload.data)
    for state in State:
        product.page("q", state)
    failures(product)
    assert not made.exists()


@pytest.mark.parametrize("part", ["huey.redis.q", "huey.schedule.q", "huey.results.q", "huey.r.q.z"])
def test_keys_of_another_type_break_nothing(product: HueyProduct, client: Any, part: str) -> None:
    fill(client, "q", error(error="x", retries=0, task_id="x"))
    client.delete(part)
    client.xadd(part, {"x": "y"})
    queue = next(each for each in product.queues() if each.name == "q")
    assert (queue.pending is None) == (part == "huey.redis.q")
    assert (queue.scheduled is None) == (part == "huey.schedule.q")
    for state in State:
        product.page("q", state)
    for letter in [*map(kept, failures(product)), Kept("x", "", 1.0, None, {})]:
        product.purge("q", [letter], "", 60)
        product.restore("q", [letter], "")
    with contextlib.suppress(ActionRefused, UnknownJob):
        product.discard("q", "x")


def test_unknown_names_say_so(product: HueyProduct, client: Any) -> None:
    fill(client, "q", b"x")
    with pytest.raises(UnknownQueue):
        product.page("nothing", State.PENDING)
    for key in ("nothing", "", "a\x00b", "x" * 10_000):
        with pytest.raises(UnknownJob):
            product.job("q", key)


def test_what_is_no_pickle_is_shown_as_such_and_can_be_deleted(product: HueyProduct, client: Any) -> None:
    for queue in ("q", "urgent"):
        fill(client, "q", b'{"name": "send"}')
        job = product.page(queue, State.PENDING).items[-1]
        shown = product.job(queue, job.id).payload
        assert (shown.data, shown.raw) == (None, '{"name": "send"}')
        assert shown.undecodable
        product.discard(queue, job.id)


def test_a_long_queue_and_many_results_cost_few_commands(
    product: HueyProduct, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = [message(f"t{number}", "f", None, 0, 0, None, (number,), {}) for number in range(9_000)]
    client.lpush("huey.redis.q", *tasks)
    client.hset("huey.results.q", mapping={f"s{number}": pickle.dumps(number) for number in range(5_000)})
    client.hset("huey.results.q", "x", error(error="x", retries=0, task_id="x"))
    product.queues()
    sent = record_commands(monkeypatch)
    product.queues(), product.page("q", State.PENDING), product.job("q", "t1999"), product.job("q", "t8500")
    assert len(sent) <= 12, sent
    with pytest.raises(UnknownJob):
        product.job("q", "t4500")
    sent.clear()
    assert [each.id for each in failures(product)] == ["x"]
    assert len(sent) <= 40, sent
    assert not {"KEYS", "HGETALL", "LREM"} & set(sent)
