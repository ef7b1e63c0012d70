"""`redrive serve` as a process: what it refuses, what it starts, and that nothing is left when it ends."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest

from dashboard.cli.options import embedded_folders
from dashboard.embedded import Embedded
from queue_core.connection import connect
from tests.cli.commands import answers, left_over, output, redrive, start, wait_for, wait_until
from tests.conftest import free_port
from tests.waiting import PATIENCE


def test_it_refuses_an_address_that_others_reach(home: Path) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1"):
        result = redrive(home, "serve", "--host", host, "--redis", "redis://127.0.0.1:1/0")
        assert result.returncode == 2
        assert "--insecure-no-auth" in result.stderr


def test_it_names_a_free_port_when_its_own_is_taken(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = redrive(home, "serve", "--port", str(port), "--redis", "redis://127.0.0.1:1/0")
    assert result.returncode == 1
    assert f"port {port} on 127.0.0.1 is in use" in result.stderr


def test_it_starts_while_redis_is_down(home: Path) -> None:
    port = free_port()
    process = start(home, "serve", "--port", str(port), "--redis", "redis://127.0.0.1:1/0")
    wait_for(process, home, f"http://127.0.0.1:{port}/healthz")
    assert not answers(f"http://127.0.0.1:{port}/readyz")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_it_started(home: Path, number: signal.Signals) -> None:
    port = free_port()
    process = start(home, "serve", "--port", str(port), "--prefix", "/ops")
    wait_for(process, home, f"http://127.0.0.1:{port}/ops/healthz")
    assert f"http://127.0.0.1:{port}/ops/" in output(home)
    assert "Embedded Valkey: redis://127.0.0.1:" in output(home)
    process.send_signal(number)
    assert process.wait(PATIENCE) == 0, output(home)
    assert left_over(home) == []
    assert "Traceback" not in output(home)


@pytest.mark.faults
def test_killing_it_stops_all_but_the_embedded_server_which_keeps_its_data(home: Path) -> None:
    port = free_port()
    words = ("serve", "--port", str(port), "--data", str(home / "data"))
    process = start(home, *words)
    wait_for(process, home, f"http://127.0.0.1:{port}/healthz")
    running = Embedded(home / "data").living()
    assert running
    connect(running.url).set("kept", "yes")
    process.kill()
    process.wait()
    wait_until(lambda: left_over(home) == [running.pid], "only the server is left")
    again = start(home, *words)
    wait_for(again, home, f"http://127.0.0.1:{port}/healthz")
    assert Embedded(home / "data").living() == running
    assert connect(running.url).get("kept") == b"yes"
    again.send_signal(signal.SIGTERM)
    assert again.wait(PATIENCE) == 0
    assert left_over(home) == []


def test_the_embedded_folders_lie_in_the_users_data_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert all(folder.is_relative_to(tmp_path) for folder in embedded_folders())
