"""What rules on levels would have done, by what the collector recorded while no such rule was on."""

from __future__ import annotations

import pytest

from dashboard.adapters.queue_core import access
from dashboard.alerts.metrics.contract import Target
from dashboard.alerts.preview import Preview, previews
from dashboard.alerts.records import AlertState, Rule
from dashboard.history.recorder import Recorder
from dashboard.store import Fence
from tests.background import World
from tests.conftest import RealServer

MAIL = Target("main", "mail")


def preview(rule: Rule, target: Target, world: World) -> Preview:
    """Of one target."""
    world.services.history.forget()
    return previews(rule, [target], world.services.history)[0]


class Recorded:
    """A collector that records as time passes."""

    def __init__(self, world: World, fence: Fence) -> None:
        self.world, self._fence = world, fence
        world.clock.now = world.clock.now // 60 * 60
        self._recorder = Recorder(world.store, world.services.sources, world.clock)

    def minutes(self, count: int) -> None:
        for _ in range(6 * count):
            self.world.clock.forward(10)
            self.world.services.sources.forget()
            self._recorder.record(self._fence)

    def silent(self, minutes: int) -> None:
        self.world.clock.forward(60 * minutes)


def test_jobs_without_a_worker_would_have_fired_before_the_rule_was_there(world: World, fence: Fence) -> None:
    recorded = Recorded(world, fence)
    recorded.minutes(3)
    ids = world.jobs.pending(4)
    recorded.minutes(5)
    assert world.jobs.run("s") == len(ids)
    recorded.minutes(4)
    found = preview(Rule("r", "no_workers", 0, for_seconds=120), MAIL, world)
    assert [(each.worst, each.ends_at is not None) for each in found.fired] == [(4.0, True)]
    assert (found.worst, found.told) == (4.0, 2)


def test_a_gap_is_neither_fine_nor_firing_and_an_alert_goes_on_over_it(world: World, fence: Fence) -> None:
    recorded = Recorded(world, fence)
    world.jobs.pending(4)
    recorded.minutes(4)
    recorded.silent(10)
    recorded.minutes(4)
    found = preview(Rule("r", "no_workers", 0), MAIL, world)
    assert len(found.fired) == 1
    assert found.fired[0].ends_at is None
    gap = [value for (_, value), state in zip(found.points, found.states, strict=True) if state == AlertState.NO_DATA]
    assert set(gap) == {None}
    assert 540 <= found.unread_seconds <= 660


def test_a_source_that_was_down_would_have_fired(
    redis_url: str, make_server: type[RealServer], fence: Fence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "ROLL_KEPT_SECONDS", 0.0)  # it is asked anew in every reading
    other = make_server().start()
    world = World(redis_url, {"sources": [{"name": "main", "url": redis_url}, {"name": "other", "url": other.url}]})
    recorded = Recorded(world, fence)
    recorded.minutes(4)
    other.kill()
    recorded.minutes(4)
    other.start()
    recorded.minutes(4)
    found = preview(Rule("r", "source_down", 0, for_seconds=60), Target("other"), world)
    assert [(each.worst, each.ends_at is not None) for each in found.fired] == [(1.0, True)]
    assert found.unread_seconds == 0.0, "silence of a source is no lack of data"
    calm = preview(Rule("r", "source_down", 0), Target("main"), world)
    assert (calm.fired, calm.worst) == ((), 0.0)


def test_a_source_that_never_answered_would_have_fired_all_the_time(world: World, fence: Fence) -> None:
    sources = [{"name": "gone", "url": "redis://127.0.0.1:1/0"}]
    gone = World(world.url, {"sources": sources, "store": world.url})
    Recorded(gone, fence).minutes(4)
    found = preview(Rule("r", "source_down", 0), Target("gone"), gone)
    assert [(each.worst, each.ends_at) for each in found.fired] == [(1.0, None)]
    assert preview(Rule("r", "redis_memory", 0), Target("gone"), gone).points == ()
