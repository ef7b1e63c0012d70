"""Results are heard as they are published, however they arrive."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from dashboard.adapters.celery import results, watching
from dashboard.adapters.celery.access import Access
from dashboard.adapters.celery.watching import Channel
from dashboard.adapters.contract import SourceUnavailable
from queue_core.connection import connect
from tests.adapters.celery.running import Shop
from tests.waiting import until

FAILURE = b'{"status": "FAILURE", "result": {"exc_type": "ValueError"}}'


class SlowLine:
    """Between one client and the server; of what the server sends, all beyond `lets` bytes waits for `rest`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.lets: int | None = None
        self.rest = threading.Event()
        self._pairs: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            self._pairs += [client, server]
            for ends in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, slow: bool) -> None:
        try:
            while data := source.recv(65_536):
                if slow and self.lets is not None:
                    target.sendall(data[: self.lets])
                    data = data[self.lets :]
                    assert self.rest.wait(30)
                target.sendall(data)
        except OSError:
            pass

    def close(self) -> None:
        self.rest.set()
        for each in (self._listener, *self._pairs):
            each.close()


@pytest.fixture
def line(redis_url: str) -> Iterator[SlowLine]:
    made = SlowLine(int(redis_url.rsplit(":", 1)[1].partition("/")[0]))
    yield made
    made.close()


def test_half_a_message_is_waited_for_and_is_no_lost_connection(line: SlowLine, redis_url: str) -> None:
    access = Access("main", f"redis://127.0.0.1:{line.port}/{redis_url.rsplit('/', 1)[1]}", {"timeout": 30.0})
    publisher = connect(redis_url)
    channel = Channel(access)
    assert channel.open()
    until(publisher.pubsub_numpat)
    publisher.publish("celery-task-meta-first", FAILURE)
    assert until(lambda: channel.drain(100)) == ["first"]
    line.lets = 40
    publisher.publish("celery-task-meta-a", FAILURE)
    until(lambda: channel._pubsub.connection.can_read(timeout=0))
    threading.Timer(0.2, line.rest.set).start()
    assert until(lambda: channel.drain(100)) == ["a"]
    assert not channel.open()


def test_what_was_heard_is_read_later_when_the_server_does_not_answer_now(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = shop.new_product()
    place = ""
    while place != "rest":
        place = product.look(place, 1_000).place
    (task_id,) = shop.fail()

    def down(*_: object, **__: object) -> None:
        heard.append(True)
        raise SourceUnavailable("main does not answer")

    heard: list[bool] = []

    def looked() -> bool:
        with contextlib.suppress(SourceUnavailable):
            product.look("rest", 50)
        return bool(heard)

    with monkeypatch.context() as patch:
        patch.setattr(results, "read_all", down)
        until(looked)
    assert [letter.id for letter in until(lambda: product.look("rest", 50).letters)] == [task_id]


def test_what_cannot_be_read_for_long_does_not_pile_up_and_is_found_by_looking_at_all(
    make_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MOST_HEARD", 10)
    shop = make_shop()
    watch, place = shop.product._watch, ""
    while place != "rest":
        place = shop.product.look(place, 50).place
    watch._heard.extend(f"{number}" for number in range(11))
    watch._begun = watch._monotonic() - watching.SOONEST_SECONDS
    shop.backend.set("celery-task-meta-a", FAILURE)
    (letter,) = until(lambda: shop.product.look("rest", 50).letters)
    assert letter.id == "a"
    assert not watch._heard
