"""Failures of real tasks are found as they come, and read as far as Celery stored them."""

from __future__ import annotations

import socket
from collections.abc import Callable

from dashboard.adapters.celery import results
from dashboard.adapters.mirrored import tracebacks
from tests.adapters.celery.running import Shop
from tests.waiting import until


def test_a_failure_is_found_with_what_was_called_where_and_why(shop: Shop) -> None:
    (task_id,) = shop.fail(queue="mail")
    (letter,) = shop.letters(task_id)
    assert (letter.queue, letter.type, letter.error_type) == ("mail", "shop.charge", "ValueError")
    assert letter.message == "card declined for order 0"
    assert letter.data == {"args": [0], "kwargs": {}}
    assert letter.traceback.startswith("Traceback (most recent call last):")
    assert letter.worker == "main@host"
    assert letter.requeueable == ""
    assert letter.attempts == 1


def test_a_failure_that_comes_while_someone_listens_is_given_by_the_next_look(shop: Shop) -> None:
    product = shop.new_product()
    place = ""
    while place != "rest":
        place = product.look(place, 1_000).place
    (task_id,) = shop.fail()
    found = until(lambda: product.look("rest", 50).letters)
    assert [letter.id for letter in found] == [task_id]


def test_what_failed_before_anyone_listened_is_found_and_the_look_says_when_it_is_through(shop: Shop) -> None:
    ids = shop.fail(3)
    product, place, found, whole = shop.new_product(), "", [], False
    while not whole:
        sighting = product.look(place, 50)
        place, whole = sighting.place, sighting.whole
        found += [letter.id for letter in sighting.letters]
    assert set(ids) <= set(found)
    assert place == "rest"


def test_a_lost_connection_is_noticed_and_what_was_missed_is_found(shop: Shop) -> None:
    product = shop.new_product()
    place = ""
    while place != "rest":
        place = product.look(place, 1_000).place
    product._watch._begun = -1_000_000.0  # a look at all results was long ago
    ours = product._watch._channel._pubsub.connection
    ours._sock.shutdown(socket.SHUT_RDWR)
    (task_id,) = shop.fail()
    assert task_id in [letter.id for letter in until(lambda: product.look("rest", 50).letters)]


def test_the_queue_of_a_topic_exchange_is_looked_up_in_its_bindings(shop: Shop) -> None:
    (task_id,) = shop.fail(queue="orders")
    assert shop.app.backend.get_task_meta(task_id)["queue"] == "order.#"
    assert shop.letters(task_id)[0].queue == "orders"


def test_without_result_extended_a_failure_says_what_to_set(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(extended=False)
    shop.worker(pool="threads")
    (task_id,) = shop.fail()
    (letter,) = shop.letters(task_id)
    assert letter.requeueable == results.NOT_EXTENDED
    assert "result_extended" in letter.undecodable
    assert (letter.type, letter.queue, letter.message) == ("unknown", "unknown", "card declined for order 0")


def test_an_error_whose_arguments_are_not_its_message_has_the_message_of_its_traceback(shop: Shop) -> None:
    task_id = shop.send("refuse")
    shop.ended(task_id)
    (letter,) = shop.letters(task_id)
    assert letter.message == ""
    told = tracebacks.parse(letter.traceback)
    assert (told.type, told.message) == ("ConnectionRefusedError", "[Errno 111] smtp refused")
    assert (letter.attempts, letter.max_retries) == (1, None)


def test_a_task_that_no_worker_knows_cannot_be_put_back(shop: Shop) -> None:
    task_id = shop.send("no_such_task", 1)
    shop.ended(task_id)
    (letter,) = shop.letters(task_id)
    assert letter.error_type.endswith("NotRegistered")
    assert letter.requeueable == results.NOT_REGISTERED


def test_a_prefix_and_another_database_for_results_are_followed(
    make_shop: Callable[..., Shop], other_database: str
) -> None:
    shop = make_shop(prefix="acme", backend=other_database)
    shop.worker(pool="threads")
    (task_id,) = shop.fail()
    assert shop.backend.exists(f"acme_celery-task-meta-{task_id}")
    assert shop.letters(task_id)[0].queue == "celery"
    assert {queue.name for queue in shop.product.queues()} >= {"celery", "mail", "orders"}


def test_a_result_of_another_application_at_the_same_server_is_none_of_ours(
    shop: Shop, make_shop: Callable[..., Shop]
) -> None:
    other = make_shop()
    place = ""
    while place != "rest":
        place = other.product.look(place, 1_000).place
    shop.fail()
    other.backend.publish("celery-task-meta-end", b'{"status": "FAILURE"}')
    until(lambda: other.product._watch._channel._pubsub.connection.can_read(timeout=0.2))
    assert other.product.look("rest", 50).letters == ()
