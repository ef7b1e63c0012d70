"""A requeue slows down by itself while a limit is passed, says why, and speeds up again."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.contract import Action
from dashboard.operations.records import Operation, Pace
from tests.background import World
from tests.conftest import RealServer


def slow_world(url: str, **limits: float) -> World:
    return World(url, {"sources": [{"name": "main", "url": url}], "limits": {"slow_down_failure_rate": 1, **limits}})


def rounds(world: World, operation: Operation, count: int) -> list[float | None]:
    """The pace after each of some rounds, five seconds apart."""
    seen = []
    for _ in range(count):
        world.clock.forward(5)
        world.driver.drive()
        seen.append(world.operations.get(operation.id).limit_per_second)
    return seen


def test_it_halves_its_pace_while_the_oldest_job_waits_too_long_and_never_stands_still(redis_url: str) -> None:
    world = slow_world(redis_url, slow_down_pending_seconds=1e-9)
    world.jobs.dead(1_000)
    world.jobs.pending(1)
    operation = world.start(pace=Pace(rate_per_second=8, slow_down=True))
    assert rounds(world, operation, 6) == [4, 2, 1, 1, 1, 1]
    slowed = world.operations.get(operation.id).slowed
    assert slowed.startswith("Slowed to 1/s: mail’s oldest pending job waits")
    before = world.operations.get(operation.id).done
    rounds(world, operation, 3)
    assert world.operations.get(operation.id).done > before


def test_it_speeds_up_gently_and_goes_as_asked_again(redis_url: str) -> None:
    world = slow_world(redis_url, slow_down_pending_seconds=1e-9)
    world.jobs.dead(1_000)
    world.jobs.pending(1)
    operation = world.start(pace=Pace(rate_per_second=8, slow_down=True))
    assert rounds(world, operation, 2) == [4, 2]
    seen: list[float | None] = []
    for _ in range(7):
        world.jobs.run("s")
        seen += rounds(world, operation, 1)
    assert seen[:2] == [2.5, 3.125]
    assert seen[-1] == 8
    assert world.operations.get(operation.id).slowed == ""


def test_another_driver_goes_on_at_the_slow_pace(redis_url: str) -> None:
    world = slow_world(redis_url, slow_down_pending_seconds=1e-9)
    world.jobs.dead(1_000)
    world.jobs.pending(1)
    operation = world.start(pace=Pace(rate_per_second=100, slow_down=True))
    rounds(world, operation, 4)
    before = world.operations.get(operation.id)
    assert before.limit_per_second == 6.25
    world.driver = world.new_driver()
    world.clock.forward(2)
    world.drive()
    after = world.operations.get(operation.id)
    assert after.limit_per_second == 6.25
    assert after.done - before.done <= 13


def test_one_that_was_not_asked_to_goes_on_as_asked(redis_url: str) -> None:
    world = slow_world(redis_url, slow_down_pending_seconds=1e-9)
    world.jobs.dead(500)
    world.jobs.pending(1)
    operation = world.start(pace=Pace(rate_per_second=8))
    assert rounds(world, operation, 2) == [8, 8]


def test_failing_attempts_slow_it_down(redis_url: str) -> None:
    world = slow_world(redis_url, slow_down_failure_rate=0.4)
    world.jobs.dead(60)
    operation = world.start(pace=Pace(rate_per_second=10, slow_down=True))
    rounds(world, operation, 1)
    slowed = world.operations.get(operation.id).slowed
    assert slowed == "Slowed to 5/s: 100 % of mail’s attempts fail, limit 40 %"


def test_a_full_redis_slows_it_down(make_server: type[RealServer]) -> None:
    server = make_server("--maxmemory", "64mb", "--maxmemory-policy", "noeviction").start()
    world = slow_world(server.url, slow_down_memory=0.001)
    world.jobs.dead(60)
    operation = world.start(pace=Pace(rate_per_second=0.5, slow_down=True))
    rounds(world, operation, 1)
    slowed = world.operations.get(operation.id)
    assert slowed.slowed.startswith("Slowed to 0.5/s: ")
    assert "Redis uses" in slowed.slowed
    assert slowed.slowed.endswith("of its memory, limit 0 %")
    assert slowed.limit_per_second == 0.5


def test_without_a_rate_it_slows_down_from_what_it_did(redis_url: str) -> None:
    world = slow_world(redis_url, slow_down_pending_seconds=1e-9)
    world.jobs.dead(3_000)
    world.jobs.pending(1)
    operation = world.start(pace=Pace(slow_down=True))
    paces: list[Any] = rounds(world, operation, 2)
    assert paces == [500, 250]
    assert world.operations.get(operation.id).action == Action.REQUEUE


def test_the_time_left_follows_the_measured_rate(world: World) -> None:
    world.jobs.dead(100)
    operation = world.start(pace=Pace(rate_per_second=5))
    assert world.operations.get(operation.id).seconds_left is None
    for _ in range(6):
        world.drive()
        world.clock.forward(1)
    running = world.operations.get(operation.id)
    assert running.rate == 5.0
    assert running.seconds_left == (100 - running.done) / 5
    assert world.operations.pause(operation.id).seconds_left is None
