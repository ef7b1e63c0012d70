"""What redis-py raises, in the library's own words."""

from __future__ import annotations

import pytest

from queue_core import ServerFull, ServerUnavailable
from queue_core.connection import connect, mapped_errors
from tests.conftest import RealServer


def test_a_write_refused_at_the_memory_limit_is_told_as_such(make_server: type[RealServer]) -> None:
    client = connect(make_server("--maxmemory", "1").start().url)
    with pytest.raises(ServerFull), mapped_errors():
        client.set("key", "value")


def test_a_replica_that_takes_no_writes_counts_as_unavailable(make_server: type[RealServer]) -> None:
    primary = make_server().start()
    replica = make_server("--replicaof", f"127.0.0.1 {primary.port}").start()
    with pytest.raises(ServerUnavailable), mapped_errors():
        connect(replica.url).set("key", "value")
