"""Whatever lies in taskiq's keys is shown or said not to be readable, and nothing is raised or run."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import redis

from dashboard.adapters.contract import (
    Action,
    ActionRefused,
    Selector,
    State,
    UnknownJob,
    UnknownQueue,
    UnknownSchedule,
)
from dashboard.adapters.discovery import create
from dashboard.adapters.mirrored.product import Fate, Kept
from dashboard.adapters.taskiq import pages
from dashboard.adapters.taskiq.product import TaskiqProduct
from tests.adapters.taskiq.real import failures, kept
from tests.sent_commands import record_commands

STREAM, LIST = "<i>taskiq</i>", "taskiq:ü"
ID = "0123456789abcdef" * 2


@pytest.fixture
def product(redis_url: str) -> TaskiqProduct:
    return TaskiqProduct("main", redis_url, {"options": {"queues": [STREAM, LIST]}})


@pytest.fixture
def client(redis_url: str) -> Any:
    return redis.Redis.from_url(redis_url)


class Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.path}",)


def sent(**fields: Any) -> bytes:
    return json.dumps({"task_id": ID, "task_name": "f"} | fields).encode()


CONTENTS = [
    b"", b"\x80", b"\x80\x04.", b"{}", b"[]", b"null", b"\xff\xfe", b'"is_err"', b"[" * 50_000, pickle.dumps([1]),
    sent(), sent(args=5, kwargs=[], labels=3, labels_types="x"), sent(task_name="<b>", labels={"_retries": 10**400}),
    sent(labels={"_retries": "x", "max_retries": [], "queue_name": {}}), sent(task_id=5), sent(args=["x" * 300_000]),
    b'{"is_err": true}', b'{"is_err": true, "error": 5, "labels": []}', b'{"is_err": 1, "error": {}}',
    sent(time="9999-12-31T23:59:59-23:59"), sent(interval="PT" + "9" * 5_000 + "S"),
    sent(interval="P" + "9" * 400 + "D"),
    pickle.dumps({"is_err": True, "error": {"exc_type": 5, "exc_message": {1}, "exc_module": None}}),
    pickle.dumps({"is_err": True, "error": {"exc_type": "<b>", "exc_message": [1, b"x"], "exc_module": "m"}}),
]  # fmt: skip


def fill(client: Any, raw: bytes) -> None:
    client.xadd(STREAM, {"data": raw}, id="1-1")
    client.xgroup_create(STREAM, "taskiq", id="0")
    client.xreadgroup("taskiq", "<worker>", {STREAM: ">"})
    client.xadd(STREAM, {"other": raw, "data": "x"})
    client.xadd(STREAM, {"data": raw})
    client.lpush(LIST, raw)
    client.set(ID, raw)
    client.set(f"schedule:data:{ID}", raw)
    client.rpush("schedule:cron", ID, "gone")


@pytest.mark.parametrize("raw", CONTENTS, ids=range(len(CONTENTS)))
def test_any_message_result_and_schedule_is_shown_and_can_be_moved(
    product: TaskiqProduct, client: Any, raw: bytes
) -> None:
    fill(client, raw)
    assert [each.name for each in product.queues()] == [STREAM, LIST]
    assert [(each.id, each.lost) for each in product.workers()] == [("<worker>", False)]
    for queue in (STREAM, LIST):
        for state in State:
            for job in product.page(queue, state).items:
                with contextlib.suppress(UnknownJob):
                    product.job(queue, job.id)
    for letter in [*map(kept, failures(product)), Kept(ID, "", 1.0, None, {}), Kept(ID, "", 1.0, None, {"entry": "x"})]:
        for move in (product.requeue, product.take_back, product.restore):
            move(STREAM, [letter], "")
        product.purge(STREAM, [letter], "", 60)
        product.still_failed(STREAM, [letter.id])
        product.fates(STREAM, [letter])
    for queue in (STREAM, LIST):
        with contextlib.suppress(ActionRefused, UnknownJob):
            product.discard(queue, ID)
    product.schedules()
    with contextlib.suppress(UnknownSchedule):
        product.delete_schedule(ID)


def test_a_pickle_that_would_run_something_is_a_text(product: TaskiqProduct, client: Any, tmp_path: Path) -> None:
    made = tmp_path / "made"
    evil = Evil(made)
    fill(client, pickle.dumps({"task_id": ID, "task_name": "f", "args": [evil], "kwargs": {}}))
    assert "system" in str(product.job(STREAM, ID).payload.data)
    client.set(ID, pickle.dumps({"is_err": True, "labels": {"a": evil}, "error": {"exc_message": [evil]}}))
    (letter,) = failures(product)
    assert "system" in letter.message
    product.schedules()
    product.requeue(STREAM, [kept(letter)], "")
    assert not made.exists()


@pytest.mark.parametrize("part", [STREAM, LIST, ID, f"schedule:data:{ID}", "schedule:cron"])
def test_keys_of_another_type_break_nothing(product: TaskiqProduct, client: Any, part: str) -> None:
    fill(client, sent())
    client.delete(part)
    client.hset(part, "x", "y")
    assert len(product.queues()) == 2
    product.workers(), product.schedules(), failures(product)
    for queue in (STREAM, LIST):
        for state in State:
            product.page(queue, state)
        with contextlib.suppress(ActionRefused, UnknownJob):
            product.discard(queue, ID)
    letter = Kept(ID, "", 1.0, None, {"entry": "1-1"})
    for move in (product.requeue, product.take_back, product.restore):
        move(STREAM, [letter], "")
    product.fates(STREAM, [letter])


def test_unknown_names_say_so(product: TaskiqProduct, client: Any) -> None:
    fill(client, sent())
    with pytest.raises(UnknownQueue):
        product.page("nothing", State.PENDING)
    for key in ("nothing", "a\x00b", "x" * 10_000):
        for queue in (STREAM, LIST):
            with pytest.raises(UnknownJob):
                product.job(queue, key)


def test_what_is_called_alike_is_no_queue(redis_url: str, client: Any) -> None:
    client.set("autoclaim:taskiq:taskiq", "x")
    client.rpush("my-taskiq-notes", "x")
    client.xadd("taskiq-events", {"kind": "x"})
    client.rpush("{redrive}:mirror:main-taskiq:x", '{"task_name": "x"}')
    product = TaskiqProduct("main", redis_url, {})
    assert product.queues() == []
    assert product.workers() == []


def test_a_long_stream_and_many_results_cost_few_commands(
    client: Any, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = client.pipeline(transaction=False)
    pipeline.xgroup_create("taskiq", "taskiq", id="0", mkstream=True)
    for number in range(5_000):
        pipeline.xadd("taskiq", {"data": sent(task_id=f"{number:032x}")})
        pipeline.set(f"{number + 9_000:032x}", pickle.dumps({"is_err": False}))
    pipeline.set(f"{3:032x}", pickle.dumps({"is_err": True}))
    pipeline.execute()
    product = TaskiqProduct("main", redis_url, {})
    product.queues()
    commands = record_commands(monkeypatch)
    product.queues(), product.page("taskiq", State.PENDING), product.job("taskiq", f"{700:032x}")
    assert len(commands) <= 10, commands
    commands.clear()
    (letter,) = failures(product)
    assert (letter.data, letter.type) == ({"args": None, "kwargs": None}, "f")
    assert len(commands) <= 90, commands
    assert not {"KEYS", "LREM"} & set(commands)


def test_a_task_that_failed_anew_just_as_before_is_told_from_one_that_was_not_put_back_yet(
    product: TaskiqProduct, client: Any
) -> None:
    fill(client, sent())
    client.set(ID, raw := json.dumps({"is_err": True}))
    (letter,) = failures(product)
    assert product.fates(STREAM, [kept(letter)]) == [Fate.UNKNOWN]
    assert product.requeue(STREAM, [kept(letter)], "op") == [True]
    assert product.fates(STREAM, [kept(letter)]) == [Fate.WAITING]
    client.set(ID, raw)
    assert product.fates(STREAM, [kept(letter)]) == [Fate.FAILED]


def test_a_requeued_task_that_fails_with_the_same_result_is_a_dead_letter_again(redis_url: str, client: Any) -> None:
    adapter: Any = create("taskiq", "main", redis_url, {"options": {"queues": [STREAM]}})
    client.xadd(STREAM, {"data": sent()})
    client.xgroup_create(STREAM, "taskiq", id="$")
    client.set(ID, raw := json.dumps({"is_err": True}))
    settle(adapter)
    assert adapter.act(Action.REQUEUE, STREAM, ID) == State.PENDING
    ((_, ((entry, _),)),) = client.xreadgroup("taskiq", "worker", {STREAM: ">"})
    client.set(ID, raw)
    client.xack(STREAM, "taskiq", entry)
    settle(adapter)
    assert [each.id for each in adapter.jobs(Selector(queue=STREAM)).items] == [ID]
    assert adapter.act(Action.REQUEUE, STREAM, ID) == State.PENDING


def test_a_stream_that_was_deleted_takes_its_requeued_tasks_along(product: TaskiqProduct, client: Any) -> None:
    client.xadd("taskiq-gone", {"data": sent()})
    letter = Kept(ID, "", 1.0, None, {"entry": "1-1"})
    client.delete("taskiq-gone")
    assert product.fates("taskiq-gone", [letter]) == [Fate.GONE]


def test_readers_that_are_long_gone_do_not_hide_those_that_live(
    product: TaskiqProduct, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_WORKERS", 2)
    client.xgroup_create(STREAM, "taskiq", id="0", mkstream=True)
    for name in ("a", "b", "c"):
        client.xgroup_createconsumer(STREAM, "taskiq", name)
    client.xadd(STREAM, {"data": sent()})
    client.xreadgroup("taskiq", "z", {STREAM: ">"})
    monkeypatch.setattr(pages, "FORGOTTEN_SECONDS", 0.0)
    assert [each.id for each in product.workers()] == ["z"]
    monkeypatch.setattr(pages, "MOST_READERS", 3)
    assert product.workers() == []


def settle(adapter: Any) -> None:
    """Let the mirror look at everything some times."""
    for _ in range(6):
        adapter._follower.notice()
        adapter.maintain()
