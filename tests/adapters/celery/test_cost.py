"""What Redrive asks of a Redis with Celery in it: few commands, none that grows with a queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dashboard.adapters.celery.product import CeleryProduct
from dashboard.adapters.contract import State
from tests.adapters.celery.running import Shop, kept
from tests.conftest import RealServer
from tests.sent_commands import record_commands

QUEUES = 300
MOST = 10
ROUNDS = 3


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return record_commands(monkeypatch)


def at_rest(product: CeleryProduct) -> CeleryProduct:
    """When all failures were found, and workers were just asked."""
    place = ""
    while place != "rest":
        place = product.look(place, 200).place
    product.workers()
    product.queues()
    return product


def test_queues_of_any_number_are_read_in_few_commands(make_shop: Callable[..., Shop], sent: list[str]) -> None:
    shop = make_shop()
    for number in range(QUEUES):
        shop.broker.sadd(f"_kombu.binding.q{number}", f"q{number}\x06\x16\x06\x16q{number}")
    product = at_rest(shop.product)
    sent.clear()
    assert len(product.queues()) == QUEUES
    assert len(sent) <= MOST, sent


def test_a_look_a_page_and_a_job_send_few_commands(shop: Shop, sent: list[str]) -> None:
    product = at_rest(shop.new_product())
    task_id = shop.send("add", 1, 2, queue="nobody")
    (failed,) = shop.fail()
    product.page("nobody", State.PENDING), product.job("nobody", task_id)
    for read in (
        lambda: product.look("rest", 200),
        lambda: product.look("rest", 200),
        lambda: product.page("nobody", State.PENDING),
        lambda: product.job("nobody", task_id),
        lambda: product.job("celery", failed),
        lambda: product.still_failed("celery", [failed] * 200),
    ):
        sent.clear()
        read()
        assert len(sent) <= MOST, sent
        assert not {"KEYS", "SMEMBERS"} & {name.upper() for name in sent}
    product.discard("nobody", task_id)


def test_no_command_takes_long_with_a_million_messages(
    make_shop: Callable[..., Shop], make_server: type[RealServer]
) -> None:
    """By the server's own log of commands that took longer than 20 ms. A busy machine makes any command slow at times;
    one that grows with the queue is slow every time."""
    shop = make_shop(broker=make_server().start().url)
    shop.worker(pool="threads")
    failed = shop.fail(ROUNDS)
    letters = shop.letters(*failed)
    shop.close()
    firsts = [shop.send("add", 1, 2) for _ in range(ROUNDS)]
    message: bytes = shop.broker.lindex("celery", 0)  # type: ignore[assignment]
    fillers = [message.replace(firsts[-1].encode(), b"filler-%06d" % number) for number in range(1_000)]
    for _ in range(1_000):
        shop.broker.lpush("celery", *fillers)
    last = shop.send("add", 1, 2)
    product = at_rest(shop.new_product())
    shop.broker.config_set("slowlog-log-slower-than", 20_000)
    slow = []
    for letter, first in zip(letters, firsts, strict=True):
        shop.broker.slowlog_reset()
        product.queues(), product.workers(), product.look("", 200)
        for cursor in ("", "50", "500000"):
            product.page("celery", State.PENDING, cursor=cursor)
        product.job("celery", first), product.job("celery", last)
        assert product.requeue("celery", kept(letter), f"op-1-{first}") == [True]
        product.fates("celery", kept(letter))
        assert product.take_back("celery", kept(letter), f"op-2-{first}") == [True]
        product.discard("celery", first)
        slow.append({entry["command"][:48] for entry in shop.broker.slowlog_get(50)})
    assert set.intersection(*slow) == set()
