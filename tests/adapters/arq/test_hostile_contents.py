"""Whatever lies in arq's keys is shown or said not to be readable, and nothing is raised or run."""

from __future__ import annotations

import contextlib
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import redis

from dashboard.adapters.arq.product import ArqProduct
from dashboard.adapters.contract import ActionRefused, State, UnknownJob, UnknownQueue
from dashboard.adapters.mirrored.product import Fate, Kept
from tests.adapters.arq.real import failures, kept


@pytest.fixture
def client(redis_url: str) -> Any:
    return redis.Redis.from_url(redis_url)


class Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.path}",)


CONTENTS = [
    b"", b"\x80", b"\x80\x04.", b"{", b"[]", b"null", b"\xff\xfe", b"{}", pickle.dumps([1]), pickle.dumps({}),
    pickle.dumps({"s": False}), pickle.dumps({"s": False, "q": 5, "f": [], "a": 3, "k": None, "t": "x", "r": "text"}),
    pickle.dumps({"s": False, "q": "<i>q</i> ü", "f": "<b>f</b>", "a": (1,), "k": {1: 2}, "t": 2**200, "ft": 1e308}),
    pickle.dumps({"s": False, "q": "<i>q</i> ü", "f": "f", "a": (), "k": {}, "r": ValueError("a", 1), "ft": 5}),
    b'{"s": false, "q": "<i>q</i> \xc3\xbc", "f": "f", "a": [1], "k": {}, "t": 1, "r": "x", "ft": 1700000000000}',
    pickle.dumps({"s": False, "q": "q", "a": ("x" * 300_000,)}),
]  # fmt: skip


def fill(client: Any, queue: str, raw: bytes) -> None:
    for key, score in (("w", 1), ("r", 2), ("s", 4e12)):
        client.set(f"arq:job:{key}", raw)
        client.zadd(queue, {key: score})
    client.set("arq:in-progress:r", "1")
    client.set("arq:retry:s", raw)
    client.set("arq:result:x", raw)
    client.set(f"{queue}:health-check", "x")


@pytest.mark.parametrize("raw", CONTENTS, ids=range(len(CONTENTS)))
def test_any_job_and_result_is_shown_and_can_be_moved(product: ArqProduct, client: Any, raw: bytes) -> None:
    queue = "<i>q</i> ü"
    fill(client, queue, raw)
    assert queue in [each.name for each in product.queues()]
    for state in State:
        product.page(queue, state)
    assert [job.id for job in product.page(queue, State.PENDING).items] == ["w"]
    assert [job.id for job in product.page(queue, State.PROCESSING).items] == ["r"]
    for key in "wrsx":
        assert product.job(queue, key).queue == queue
    for letter in [*map(kept, failures(product)), Kept("x", "", 1.0, None, {})]:
        for move in (product.requeue, product.take_back, product.restore):
            move(queue, [letter], "")
        product.purge(queue, [letter], "", 60)
        assert product.fates(queue, [letter])[0] in Fate
    for act in (product.cancel, product.discard):
        for key in "wsr":
            with contextlib.suppress(ActionRefused, UnknownJob):
                act(queue, key)


def test_a_pickle_that_would_run_something_is_a_text(product: ArqProduct, client: Any, tmp_path: Path) -> None:
    made = tmp_path / "made"
    evil = Evil(made)
    fill(client, "q", pickle.dumps({"s": False, "q": "q", "f": "f", "a": (evil,), "k": {}, "r": evil, "ft": 5, "t": 1}))
    (letter,) = failures(product)
    assert "system" in str(letter.data)
    assert letter.requeueable
    for key in "wrsx":
        product.job("q", key)
    for state in State:
        product.page("q", state)
    assert product.requeue("q", [kept(letter)], "") == [False]
    assert not made.exists()


@pytest.mark.parametrize("part", ["q", "arq:job:w", "arq:in-progress:r", "arq:retry:s", "arq:result:x", "arq:queue"])
def test_keys_of_another_type_break_nothing(product: ArqProduct, client: Any, part: str) -> None:
    fill(client, "q", pickle.dumps({"s": False, "q": "q", "f": "f", "a": (), "k": {}, "t": 1, "ft": 5, "r": "x"}))
    client.delete(part)
    client.hset(part, "x", "y")
    queue = next(each for each in product.queues() if each.name == "q")
    assert (queue.pending is None) == (part == "q")
    for state in State:
        product.page("q", state)
    for letter in [*map(kept, failures(product)), Kept("x", "", 1.0, None, {})]:
        for move in (product.requeue, product.take_back, product.restore):
            move("q", [letter], "")
        product.purge("q", [letter], "", 60)
        product.fates("q", [letter])


def test_a_result_with_arguments_that_look_like_its_own_fields_is_understood(product: ArqProduct, client: Any) -> None:
    fill(client, "q", b"{}")
    result = {"t": 1, "f": "f", "a": ("s",), "k": {"s": False}, "et": 1, "s": True, "r": 1, "st": 1, "ft": 5, "q": "q"}
    client.set("arq:result:y", pickle.dumps(result))
    assert failures(product) == []
    assert product.fates("q", [Kept("y", "", 1.0, None, {})]) == [Fate.SUCCEEDED]


def test_unknown_names_say_so(product: ArqProduct, client: Any) -> None:
    fill(client, "q", b"{}")
    with pytest.raises(UnknownQueue):
        product.page("nothing", State.PENDING)
    for key in ("nothing", "", "a\x00b", "x" * 10_000):
        with pytest.raises(UnknownJob):
            product.job("q", key)
