from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from queue_core.connection import Client, connect
from tests.conftest import RealServer, free_port
from tests.engine.queue_under_test import QueueUnderTest
from tests.waiting import until


@pytest.fixture
def queue(redis_client: Client) -> QueueUnderTest:
    """An empty queue on the real Valkey."""
    return QueueUnderTest(redis_client)


@pytest.fixture
def clustered(make_server: type[RealServer], tmp_path: Path) -> Client:
    """A client of a cluster of one node."""
    options = ("--cluster-port", str(free_port()), "--cluster-config-file", str(tmp_path / "nodes.conf"))
    server = make_server("--cluster-enabled", "yes", *options).start()
    client: Any = connect(server.url)
    client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    until(lambda: b"cluster_state:ok" in client.execute_command("CLUSTER", "INFO"))
    made: Client = client
    return made
