"""`/events` of a real `redrive serve`: streams leave threads to everyone, end with their client, hold up no stop."""

from __future__ import annotations

import http.client
import signal
from pathlib import Path

from queue_core.app import App
from tests.cli.commands import left_over, output, start, wait_for, wait_until
from tests.conftest import free_port
from tests.waiting import PATIENCE


class Listener:
    """An open stream."""

    def __init__(self, port: int, path: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.connection.request("GET", path)
        self.reply = self.connection.getresponse()
        self.status = self.reply.status

    def line(self) -> str:
        """The next line that is not empty."""
        while not (line := self.reply.readline().decode().strip()):
            assert not self.reply.isclosed()
        return line

    def close(self) -> None:
        self.reply.close()
        self.connection.close()


def test_streams_name_changes_leave_threads_free_and_hold_up_no_stop(home: Path, redis_url: str) -> None:
    port = free_port()
    process = start(home, "serve", "--port", str(port), "--redis", redis_url, "--threads", "10", "--prefix", "/ops")
    wait_for(process, home, f"http://127.0.0.1:{port}/ops/healthz")
    kept = [Listener(port, "/ops/events") for _ in range(2)]
    assert [each.status for each in kept] == [200, 200]
    assert [each.line() for each in kept] == ["retry: 3000", "retry: 3000"]
    assert Listener(port, "/ops/events").status == 204
    kept[0].close()
    again = Listener(port, "/ops/events?since=1")
    assert [again.line(), again.line()] == ["retry: 3000", "event: changed"]
    assert {"dead", "queues"} <= set(again.line().removeprefix("data: ").split())
    App(redis_url).queue("mail").enqueue("send", {})
    for each in (kept[1], again):
        assert [each.line(), each.line()] == ["event: changed", "data: dead queues"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0, output(home)
    assert b"event" not in again.reply.read()  # it came to its end and was not cut off, which would raise here
    assert left_over(home) == []
    assert "Traceback" not in output(home)


def test_a_client_that_goes_gives_its_thread_back(home: Path, redis_url: str) -> None:
    port = free_port()
    process = start(home, "serve", "--port", str(port), "--redis", redis_url, "--threads", "2", "--no-collector")
    wait_for(process, home, f"http://127.0.0.1:{port}/healthz")
    for _ in range(8):
        listener = Listener(port, "/events")
        assert listener.status == 200
        assert listener.line() == "retry: 3000"
        listener.close()

    def only_one() -> bool:
        """Both threads are free when two answers are being made at once and neither waits for the other."""
        first = Listener(port, "/events")
        try:
            return first.status == 200 and Listener(port, "/healthz").status == 200
        finally:
            first.close()

    wait_until(only_one, "the threads are free again")
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0, output(home)
    assert "Traceback" not in output(home)
