"""Queues are found by names that are known, and what one process found all others know at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dashboard.adapters.celery import bindings
from dashboard.adapters.celery.memory import What
from dashboard.adapters.celery.product import CeleryProduct
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from dashboard.adapters.reading import SourceReader
from tests.adapters.celery.running import Shop
from tests.adapters.celery.test_requeue_from_the_page import Desk
from tests.sent_commands import record_commands
from tests.waiting import until

SEPARATOR = "\x06\x16"
OTHER_KEYS = 20_000


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return record_commands(monkeypatch)


@pytest.fixture
def crowded(make_shop: Callable[..., Shop]) -> Shop:
    """A shop in a database with many keys of others, and with a queue that no worker serves."""
    shop = make_shop()
    shop.broker.mset({f"other:{number}": 1 for number in range(OTHER_KEYS)})
    shop.broker.sadd("_kombu.binding.nightly", f"reports{SEPARATOR}{SEPARATOR}reports")
    return shop


def searched(product: CeleryProduct) -> CeleryProduct:
    """When all keys were looked at."""
    bindings = product._application.bindings
    until(lambda: bindings.search(5))
    return product


def names(product: CeleryProduct) -> list[str]:
    return [each.name for each in product.queues()]


def test_what_one_process_found_the_next_one_knows_without_looking_at_all_keys(crowded: Shop, sent: list[str]) -> None:
    first = crowded.new_product()
    assert first.searching()
    assert "reports" in names(searched(first))
    assert not first.searching()
    sent.clear()
    second = crowded.new_product()
    assert "reports" in names(second)
    assert second._application.bindings.search(5)
    assert not second.searching()
    assert "SCAN" not in sent


def test_a_process_that_runs_already_learns_what_another_one_found(crowded: Shop) -> None:
    second = crowded.new_product()
    bindings = second._application.bindings
    bindings._recall()
    assert "reports" not in bindings.queues()
    searched(crowded.new_product())
    bindings._recalled = -1e9
    bindings.search(0)
    assert "reports" in bindings.queues()
    assert not second.searching()


def test_an_exchange_that_is_gone_is_no_longer_believed(crowded: Shop) -> None:
    searched(crowded.new_product())
    crowded.broker.delete("_kombu.binding.nightly")
    assert "reports" not in names(crowded.new_product())
    assert crowded.broker.zscore("{redrive}:mirror:main:known", "enightly") is None


def test_other_queues_of_an_exchange_that_workers_consume_from_are_read_by_its_name(
    crowded: Shop, sent: list[str]
) -> None:
    crowded.broker.sadd("_kombu.binding.shop", f"order.archived{SEPARATOR}{SEPARATOR}archive")
    crowded.worker("orders", pool="threads", slots=1)
    product = crowded.new_product()
    product._application.bindings.search = lambda *_: False  # type: ignore[method-assign]
    sent.clear()
    product._application.roster.refresh()
    assert {"orders", "archive"} <= set(product._application.bindings.queues())
    assert "reports" not in product._application.bindings.queues()
    assert "SCAN" not in sent


def test_configured_queues_and_the_default_one_are_read_by_name(crowded: Shop, sent: list[str]) -> None:
    crowded.broker.sadd("_kombu.binding.celery", f"slow{SEPARATOR}{SEPARATOR}slow")
    crowded.broker.sadd("_kombu.binding.mail", f"bulk{SEPARATOR}{SEPARATOR}bulk-mail")
    assert crowded.new_product(queues=["mail"])._application.bindings.queues() == ["bulk-mail", "mail", "slow"]
    assert "SCAN" not in sent


def test_a_failure_of_a_known_queue_is_given_while_others_are_still_looked_for(crowded: Shop) -> None:
    crowded.worker("celery", pool="threads", slots=1)
    (task_id,) = crowded.fail()
    product = crowded.new_product()
    product._application.bindings._step = lambda cursor: 1  # type: ignore[method-assign]
    (letter,) = crowded.letters(task_id, product=product)
    assert letter.queue == "celery"
    assert product.searching()


def test_a_store_that_does_not_answer_only_remembers_nothing(crowded: Shop) -> None:
    product = CeleryProduct("main", crowded.settings["broker"], {"store_url": "redis://127.0.0.1:1/0"})
    assert "reports" in names(searched(product))


def test_the_reading_of_a_source_says_whether_some_of_its_queues_may_be_missing(crowded: Shop) -> None:
    product = crowded.new_product()
    adapter = MirroredAdapter(product, crowded.settings["broker"], {})
    product._application.roster.seen = lambda: product._application.roster._seen  # type: ignore[method-assign]
    reader = SourceReader(adapter, lambda: 0.0)
    assert reader.read().searching
    searched(product)
    assert not reader.read().searching


def test_the_list_of_queues_says_when_some_may_be_missing(crowded: Shop) -> None:
    desk = Desk(crowded)
    bindings = desk.adapter._product._application.bindings  # type: ignore[attr-defined]
    crowded.send("add", 1, 2, queue="mail")
    bindings.learn(["mail"])
    bindings._step = lambda cursor: 1
    assert "still looked for" in desk.client.get("/queues").text
    bindings._ended = 0.0
    desk.bundle.sources.forget()
    assert "still looked for" not in desk.client.get("/queues").text


def test_names_that_are_remembered_are_bounded_and_go_when_they_are_not_seen(crowded: Shop) -> None:
    memory = searched(crowded.new_product())._application.bindings._memory
    memory.see(What.QUEUE, [f"q{number}" for number in range(5_000)])
    key = "{redrive}:mirror:main:known"
    assert crowded.broker.zcard(key) <= 4_000
    assert 0 < crowded.broker.ttl(key) <= 86_400


def test_no_more_exchanges_are_remembered_than_have_room(
    make_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bindings, "MOST_ROUTES", 5)
    shop = make_shop()
    for number in range(20):
        shop.broker.sadd(f"_kombu.binding.e{number}", f"key{number}{SEPARATOR}{SEPARATOR}orders")
    known = shop.product._application.bindings
    while not known.search(1):
        pass
    assert known.queues() == ["orders"]
    assert (len(known._routes), len(known._exchanges)) == (5, 5)
