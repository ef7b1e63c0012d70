"""What a receiver's answer means, how long it may take, and what an error says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from email.utils import formatdate

import pytest

from dashboard.alerts.channels.contract import DeliveryError
from dashboard.alerts.channels.posting import MOST_QUOTED
from dashboard.settings import SettingsError
from tests.alerts.channels.events import NOW, channel, message
from tests.alerts.receiver import Receiver
from tests.waiting import until


def refused(receiver: Receiver, **settings: object) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel(**receiver.settings("ops", **settings)).send(message(), NOW)
    return caught.value


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        ({"retry-after": "90"}, b"", 90.0),
        ({"retry-after": formatdate(NOW + 120, usegmt=True)}, b"", 120.0),
        ({"retry-after": formatdate(NOW - 120, usegmt=True)}, b"", 0.0),
        ({"retry-after": "soon"}, b"", None),
        ({}, b'{"message": "slow down", "retry_after": 1.5}', 1.5),
        ({}, b"[1]", None),
        ({}, b"", None),
    ],
)
def test_a_receiver_says_in_several_ways_how_long_to_wait(
    receiver: Receiver, headers: dict[str, str], body: bytes, wait: float | None
) -> None:
    receiver.answers = [(429, headers, body)]
    error = refused(receiver)
    assert (error.status, error.retry_after, error.permanent, error.gone) == (429, wait, False, False)


def test_410_means_never_again(receiver: Receiver) -> None:
    receiver.answers = [(410, {})]
    assert refused(receiver).gone


def test_an_error_says_what_the_receiver_said_without_secrets_and_on_one_line(receiver: Receiver) -> None:
    said = b"no\ntoken T0000SECRET\x1b[31m here, nor " + b"x" * 500
    receiver.answers = [(403, {}, said)]
    error = refused(receiver, url=receiver.url + "/T0000SECRET")
    assert str(error).startswith("answered 403: no token … [31m here, nor xxx")
    assert len(str(error)) < MOST_QUOTED + 20


def test_a_page_of_html_is_not_quoted(receiver: Receiver) -> None:
    receiver.answers = [(502, {}, b"<html>Bad gateway</html>")]
    assert str(refused(receiver)) == "answered 502"


@pytest.fixture
def slow() -> Iterator[str]:
    """A server that goes on sending one byte of its status each moment, and never ends it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def talk() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HT")
                while not over.wait(0.02):
                    try:
                        connection.sendall(b"y")
                    except OSError:
                        return

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        over.set()
        thread.join()


def test_a_receiver_that_talks_too_slowly_is_cut_off(slow: str) -> None:
    before = threading.active_count()
    with pytest.raises(DeliveryError, match="no answer"):
        channel(url=slow, timeout=0.3).send(message(), NOW)
    until(lambda: threading.active_count() <= before)


def test_nothing_is_left_running_after_a_message(receiver: Receiver) -> None:
    before = {thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)}
    channel(**receiver.settings("ops")).send(message(), NOW)
    left = {t for t in threading.enumerate() if isinstance(t, threading.Timer) and not t.finished.is_set()}
    assert left - before == set()


@pytest.mark.parametrize("url", ["", "ftp://localhost/", "http://", "https://host:port/", "http://[::1", "no address"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="channel ops: url must be"):
        channel(url=url)
