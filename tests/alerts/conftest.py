"""One source with real jobs, a real receiver of webhooks, and a collector's lease."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboard.collector.lease import Lease
from dashboard.store import Fence
from tests.alerts.receiver import Receiver
from tests.background import World


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def world(redis_url: str, receiver: Receiver) -> World:
    return World(redis_url, {"channels": [receiver.settings("ops")]})


@pytest.fixture
def fence(world: World) -> Fence:
    lease = Lease(world.store)
    lease.renew()
    held = lease.fence()
    assert held is not None
    return held
