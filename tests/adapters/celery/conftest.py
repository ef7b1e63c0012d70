"""Shops: one with a worker for all tests of a process, and others as tests need them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from queue_core.connection import connect
from tests.adapters.celery.running import Shop
from tests.conftest import OWN_DATABASES, RealServer

_databases = itertools.count(OWN_DATABASES)


def database(valkey: RealServer) -> str:
    """Address of an empty database that no other fixture uses."""
    url = f"redis://127.0.0.1:{valkey.port}/{next(_databases)}"
    connect(url).flushdb()
    return url


@pytest.fixture(scope="session")
def running_shop(valkey: RealServer) -> Iterator[Shop]:
    """A shop with a worker of two processes, and with results that tell what was called."""
    made = Shop(database(valkey))
    made.worker()
    yield made
    made.close()


@pytest.fixture
def shop(running_shop: Shop) -> Shop:
    """The same, as broken as it was at first."""
    running_shop.broker.delete("test:mended")
    return running_shop


@pytest.fixture
def make_shop(valkey: RealServer) -> Iterator[Callable[..., Shop]]:
    """Make a shop in a database of its own; its workers are stopped at the end of the test."""
    made: list[Shop] = []

    def make(**settings: Any) -> Shop:
        made.append(Shop(settings.pop("broker", "") or database(valkey), **settings))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def other_database(valkey: RealServer) -> str:
    """Address of one more empty database at the same server."""
    return database(valkey)
