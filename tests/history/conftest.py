"""One source with real jobs, a clock that the test moves, and what records its history."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from dashboard.adapters.queue_core import access
from dashboard.collector.lease import Lease
from dashboard.history.history import History, Past
from dashboard.history.recorder import Recorder
from dashboard.store import Fence
from tests.background import World

START = 1_900_000_200.0  # a whole number of ten minutes


@dataclass
class Recording:
    """A recorder that leads, over one queue named `mail`."""

    world: World
    fence: Fence

    def __post_init__(self) -> None:
        self.world.clock.now = START
        self.recorder = Recorder(self.world.store, self.world.services.sources, self.world.clock)
        self.history = History(self.world.store, self.world.clock)

    def tick(self, seconds: float = 10.0) -> None:
        """Let time pass, then take a reading."""
        self.world.clock.forward(seconds)
        self.world.services.sources.forget()
        self.recorder.record(self.fence)

    def past(self, seconds: int, queue: str = "mail", size: int | None = None) -> Past:
        self.history.forget()
        return self.history.past(["main"], queue, seconds, size)


@pytest.fixture
def recording(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Recording:
    monkeypatch.setattr(access, "ROLL_KEPT_SECONDS", 0.0)  # workers are read anew in every tick
    world = World(redis_url)
    lease = Lease(world.store, seconds=600)
    assert lease.renew()
    fence = lease.fence()
    assert fence is not None
    return Recording(world, fence)
