"""A reading costs few Redis commands, whatever the queue holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dashboard.adapters.contract import Adapter, Selector, State
from dashboard.adapters.discovery import create
from dashboard.adapters.sources import Sources
from dashboard.settings import Settings, SourceSettings
from tests.conftest import RealServer
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands

MOST = 10
JOBS = 600


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return record_commands(monkeypatch)


@pytest.fixture
def kind() -> str:
    return "queue_core"


@pytest.fixture
def server(make_server: type[RealServer]) -> RealServer:
    server = make_server().start()
    seeder = Seeder(server.url)
    for number in range(3):
        seeder.failed("mail", JOBS // 6, fingerprint=f"{number:016x}")
    seeder.pending("mail", JOBS // 2)
    return server


READINGS: dict[str, Callable[[Adapter], Any]] = {
    "queues": lambda adapter: adapter.queues(),
    "dead letters": lambda adapter: adapter.jobs(Selector(queue="mail"), limit=50),
    "pending": lambda adapter: adapter.jobs(Selector(queue="mail", state=State.PENDING), limit=50),
    "one group": lambda adapter: adapter.jobs(Selector(queue="mail", fingerprint=f"{1:016x}"), limit=50),
    "groups": lambda adapter: adapter.groups(Selector(queue="mail")),
    "one job": lambda adapter: adapter.job("mail", "mail-1"),
    "job types": lambda adapter: adapter.types("mail"),
}


@pytest.mark.parametrize("name", READINGS)
def test_a_reading_sends_at_most_ten_commands(server: RealServer, sent: list[str], name: str) -> None:
    adapter = create("queue_core", "main", server.url, {})
    adapter.queues()  # connected, scripts loaded
    sent.clear()
    READINGS[name](adapter)
    assert 1 <= len(sent) <= MOST, sent


def test_viewers_of_the_same_second_cost_nothing_more(server: RealServer, sent: list[str]) -> None:
    settings = Settings(sources=(SourceSettings(name="main", url=server.url),))
    sources = Sources.from_settings(settings)
    sources.snapshot()
    sent.clear()
    for _ in range(20):
        sources.snapshot()
    assert len(sent) <= MOST


def test_no_reading_lists_the_keys_of_the_server(server: RealServer, sent: list[str]) -> None:
    adapter = create("queue_core", "main", server.url, {})
    for read in READINGS.values():
        read(adapter)
    assert not {"KEYS", "SCAN", "SMEMBERS", "SORT"} & {name.upper() for name in sent}
