"""What Redrive asks of a Redis with RQ in it: few commands, none that grows with a queue."""

from __future__ import annotations

import time

import pytest

from dashboard.adapters.contract import State
from dashboard.adapters.rq.product import RQProduct
from tests.adapters.rq import tasks
from tests.adapters.rq.real import RealRQ, everything, kept
from tests.sent_commands import record_commands

QUEUES = 300
MOST = 10


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return record_commands(monkeypatch)


@pytest.fixture
def many_queues(real: RealRQ) -> None:
    real.failed(3)
    pipeline = real.connection.pipeline()
    for number in range(QUEUES):
        pipeline.sadd("rq:queues", f"rq:queue:queue-{number}")
        pipeline.rpush(f"rq:queue:queue-{number}", "job")
    pipeline.execute()


@pytest.mark.usefixtures("many_queues")
def test_queues_and_workers_of_any_number_are_read_in_few_commands(product: RQProduct, sent: list[str]) -> None:
    product.queues()  # connected, scripts loaded
    sent.clear()
    assert len(product.queues()) == QUEUES + 1
    assert len(sent) <= MOST, sent


@pytest.mark.usefixtures("many_queues")
def test_a_look_and_a_page_send_few_commands(product: RQProduct, real: RealRQ, sent: list[str]) -> None:
    place = product.look("", 200).place
    for _ in range(5):
        place = product.look(place, 200).place
    sent.clear()
    product.look(place, 200)
    assert len(sent) <= 4, sent
    (job_id, *_) = real.failed(1)
    product.page("mail", State.PENDING), product.job("mail", job_id)
    sent.clear()
    product.page("mail", State.PENDING)
    product.job("mail", job_id)
    assert len(sent) <= MOST, sent
    assert not {"KEYS", "SCAN", "SMEMBERS", "HGETALL"} & {name.upper() for name in sent}


def test_no_command_takes_long_with_a_million_jobs(product: RQProduct, real: RealRQ) -> None:
    """By the server's own log of commands that took longer than 20 ms: a machine of tests may be slow."""
    (failed,) = real.failed(1)
    (letter,) = everything(product)
    for key, template in (("rq:queue:mail", "list"), ("rq:failed:mail", "zset"), ("rq:finished:mail", "zset")):
        for start in range(0, 1_000_000, 50_000):
            ids = [f"filler-{number:07}" for number in range(start, start + 50_000)]
            if template == "list":
                real.connection.rpush(key, *ids)
            else:
                real.connection.zadd(key, dict.fromkeys(ids, time.time() + 1e6))
    waiting = real.add(tasks.send)
    before = real.connection.config_get("slowlog-log-slower-than")["slowlog-log-slower-than"]
    real.connection.config_set("slowlog-log-slower-than", 20_000)
    real.connection.slowlog_reset()
    try:
        product.queues(), product.workers()
        for state in State:
            page = product.page("mail", state)
            product.page("mail", state, cursor=page.next_cursor or "")
        place = ""
        for _ in range(5):
            place = product.look(place, 200).place
        product.still_failed("mail", [failed, waiting])
        for move in (product.requeue, product.take_back):
            assert list(move("mail", [kept(letter)], move.__name__)) == [True]
        assert list(product.purge("mail", [kept(letter)], "purge", 60)) == [True]
        product.cancel("mail", waiting)
        slow = [entry["command"][:80] for entry in real.connection.slowlog_get(50)]
    finally:
        real.connection.config_set("slowlog-log-slower-than", before)
    assert slow == []
