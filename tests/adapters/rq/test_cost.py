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


def test_a_long_queue_is_neither_listed_nor_searched_through(product: RQProduct, real: RealRQ, sent: list[str]) -> None:
    """As many replies as for a short one, and each of them bounded."""
    (failed,) = real.failed(1)
    (letter,) = everything(product)
    fill(real, 100_000)
    waiting = real.add(tasks.send)
    sent.clear()
    before = int(real.connection.info("stats")["total_net_output_bytes"])
    assert next(queue.pending for queue in product.queues() if queue.name == "mail") == 100_001
    for state in State:
        page = product.page("mail", state)
        product.page("mail", state, cursor=page.next_cursor or "")
    place = ""
    for _ in range(5):
        place = product.look(place, 200).place
    assert list(product.still_failed("mail", [failed, waiting])) == [True, False]
    for move in (product.requeue, product.take_back):
        assert list(move("mail", [kept(letter)], move.__name__)) == [True]
    assert list(product.purge("mail", [kept(letter)], "purge", 60)) == [True]
    assert product.cancel("mail", waiting) == State.CANCELLED
    assert int(real.connection.info("stats")["total_net_output_bytes"]) - before < 2_500_000
    assert len(sent) < 300


def fill(real: RealRQ, count: int) -> None:
    for start in range(0, count, 50_000):
        ids = [f"filler-{number:07}" for number in range(start, start + 50_000)]
        real.connection.rpush("rq:queue:mail", *ids)
        for key in ("rq:failed:mail", "rq:finished:mail"):
            real.connection.zadd(key, dict.fromkeys(ids, time.time() + 1e6))
