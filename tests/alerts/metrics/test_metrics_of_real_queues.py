"""Metrics whose value comes from a real server: what a rule sees after real jobs ran, and what that costs."""

from __future__ import annotations

import json
import time

import pytest

from dashboard.adapters.contract import Capability, ErrorGroup, Page, Queue
from dashboard.adapters.snapshot import Snapshot, SourceSnapshot
from dashboard.alerts.looks import Readings
from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Sample, Target
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.records import Rule
from dashboard.history.bucket import NOTHING
from dashboard.history.history import Past
from dashboard.history.recorder import Recorder
from dashboard.store import Fence
from queue_core import keys
from tests.alerts.evaluating import evaluate
from tests.alerts.metrics.readings import NOW, Given, judged, snapshot, value
from tests.background import Jobs, World
from tests.conftest import RealServer
from tests.sent_commands import record_commands

MAIN, MAIL = Target("main"), Target("main", "mail")


def read(world: World, rule: Rule, target: Target = MAIL) -> Sample:
    """A rule's value now, of readings that nobody shares."""
    world.services.sources.forget()
    world.services.history.forget()
    readings = Readings(world.services.sources, world.services.history)
    reading = readings.of(world.services.sources.snapshot(), world.clock())
    assert target in list(metrics()[rule.metric].targets(rule, reading.snapshot))
    return metrics()[rule.metric].sample(rule, target, reading)


def record(world: World, fence: Fence, minutes: float, work: object = None) -> None:
    """Let the collector record so many minutes, with work in each ten seconds."""
    recorder = Recorder(world.store, world.services.sources, world.clock)
    for _ in range(round(minutes * 6)):
        if callable(work):
            work()
        world.clock.forward(10)
        world.services.sources.forget()
        recorder.record(fence)


def test_new_dead_letters_are_counted_by_the_minute_and_by_group(world: World) -> None:
    world.jobs.dead(4, fingerprint="f1")
    world.jobs.dead(2, fingerprint="f2")
    assert read(world, Rule("r", "failed", 1, group="f2"), Target("main", group="f2")) == Sample(2)
    rate = read(world, Rule("r", "failed_per_minute", 1))
    assert rate.value is not None
    assert rate.enough


def test_jobs_that_nobody_runs_are_counted_until_a_worker_comes_or_the_queue_is_paused(world: World) -> None:
    rule = Rule("r", "no_workers", 0)
    world.jobs.pending(3)
    assert read(world, rule) == Sample(3)
    world.services.sources.get("main").pause("mail")
    assert read(world, rule) == Sample(0)
    world.services.sources.get("main").resume("mail")
    report = {"host": "here", "queues": json.dumps(["mail"]), "slots": 4, "busy": 0, "heartbeat": time.time()}
    world.jobs.client.hset(keys.worker("w"), mapping=report)  # type: ignore[arg-type]
    world.jobs.client.zadd(keys.workers(), {"w": time.time() + 600})
    assert read(World(world.url), rule) == Sample(0)


def test_a_product_that_does_not_report_its_workers_is_not_judged_by_them() -> None:
    silent = snapshot(Queue("main", "mail", "arq", pending=5))
    assert value(Rule("r", "no_workers", 0), MAIL, silent) == NOT_JUDGED


def test_workers_that_are_not_known_of_one_queue_are_no_data_for_a_rule_of_its_own_alone() -> None:
    queue = Queue("main", "mail", "bullmq", pending=5, capabilities=Capability.WORKERS)
    mine, built_in = Rule("mine", "no_workers", 0), Rule("built-in", "no_workers", 0, built_in=True)
    assert (value(mine, MAIL, snapshot(queue)), value(built_in, MAIL, snapshot(queue))) == (UNREAD, NOT_JUDGED)
    damaged = SourceSnapshot("main", "queue_core", "", up=True, queues=(queue,), workers_problem="not a hash")
    assert value(built_in, MAIL, Snapshot(0.0, (damaged,))) == UNREAD


@pytest.mark.parametrize("metric", ["stalled", "schedules_late", "oldest_pending_seconds", "failed_per_minute"])
def test_what_a_product_does_not_tell_is_no_data_for_a_rule_of_its_own_alone(metric: str) -> None:
    silent = snapshot(Queue("main", "mail", "arq", pending=5))
    assert value(Rule("mine", metric, 0), MAIL, silent) == UNREAD
    assert value(Rule("built-in", metric, 0, built_in=True), MAIL, silent) == NOT_JUDGED


def test_a_job_whose_worker_fell_silent_is_stalled(world: World) -> None:
    world.jobs.pending(2)
    assert read(world, Rule("r", "stalled", 0)) == Sample(0)
    told = snapshot(Queue("main", "mail", "queue_core", stalled=2, schedules_late=3))
    assert value(Rule("r", "stalled", 0), MAIL, told) == Sample(2)
    assert value(Rule("r", "schedules_late", 0), MAIL, told) == Sample(3)


def test_a_source_that_is_down_is_one_however_many_queues_it_had() -> None:
    queues = [Queue("main", f"q{number}", "queue_core") for number in range(50)]
    rule = Rule("r", "source_down", 0, source="main")
    for up, found in ((True, 0), (False, 1)):
        state = snapshot(*queues, up=up)
        assert judged(rule, state) == [MAIN]
        assert value(rule, MAIN, state) == Sample(found)
    for metric in metrics().values():
        down = snapshot(*queues, up=False)
        assert judged(Rule("r", metric.name, 0, source="main"), down) == [MAIN]


def test_memory_and_eviction_are_those_of_the_server(make_server: type[RealServer]) -> None:
    world = World(make_server("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru").start().url)
    full = read(world, Rule("r", "redis_memory", 85), MAIN)
    assert full.value is not None
    assert 0 < full.value < 50
    assert read(world, Rule("r", "redis_eviction", 0), MAIN) == Sample(1)
    world.jobs.client.config_set("maxmemory-policy", "noeviction")
    assert read(world, Rule("r", "redis_eviction", 0), MAIN) == Sample(0)
    world.jobs.client.config_set("maxmemory", 0)
    assert read(world, Rule("r", "redis_memory", 85), MAIN) == NOT_JUDGED


def test_errors_are_new_for_the_window_and_not_while_the_source_itself_is_new() -> None:
    def group(name: str, age: float) -> ErrorGroup:
        return ErrorGroup(name, "ValueError", "x", "main", "mail", "send", 1, NOW - age, NOW, "id")

    able = SourceSnapshot("main", "queue_core", "", up=True, capabilities=Capability.GROUPS)
    groups = Page((group("f1", 10), group("f2", 119), group("f3", 121)))
    rule = Rule("r", "new_group", 0, window_seconds=120)
    for watched, expected in ((7_200, Sample(2)), (60, NOT_JUDGED)):
        pasts = {("main", ""): Past(60, ((0, NOTHING),), since=NOW - watched)}
        assert value(rule, MAIN, Snapshot(NOW, (able,)), Given(pasts=pasts, found=groups)) == expected
    assert value(rule, MAIN, Snapshot(NOW, (able,)), Given(found=Page((group("f3", 121),)))) == Sample(0)
    unable = SourceSnapshot("main", "apscheduler", "", up=True)
    assert value(rule, MAIN, Snapshot(NOW, (unable,))) == UNREAD


def test_the_groups_of_a_real_source_are_read(world: World, fence: Fence) -> None:
    world.jobs.pending(1)
    world.clock.now = time.time() - 7_200
    record(world, fence, 1)
    world.jobs.run("p", fingerprint="f1")
    world.clock.now = time.time()
    rule = Rule("r", "new_group", 0)
    assert read(world, rule, MAIN) == Sample(1)
    world.clock.forward(601)
    assert read(world, rule, MAIN) == Sample(0)


def test_a_backlog_grows_by_so_many_a_minute_and_shrinking_is_no_growth(world: World, fence: Fence) -> None:
    rule = Rule("r", "backlog_growth", 0, window_seconds=120)
    world.clock.now = world.clock.now // 60 * 60
    record(world, fence, 5, lambda: world.jobs.pending(2))
    assert read(world, rule) == Sample(12)
    record(world, fence, 4, lambda: world.jobs.run(most=3))
    assert read(world, rule) == Sample(0)


def test_the_error_budget_burns_as_fast_as_the_slower_of_both_windows(world: World, fence: Fence) -> None:
    rule = Rule("r", "burn_rate", 1, window_seconds=720, objective=90.0)
    world.clock.now = world.clock.now // 60 * 60

    def half_fails() -> None:
        world.jobs.pending(2)
        world.jobs.run("s", most=1)
        world.jobs.run("p", most=1)

    record(world, fence, 14, half_fails)
    burning = read(world, rule, MAIN)
    assert burning.value == pytest.approx(5.0)

    def all_well() -> None:
        world.jobs.pending(2)
        world.jobs.run("s")

    record(world, fence, 3, all_well)
    assert read(world, rule, MAIN) == Sample(0.0)


def test_a_healthy_source_is_quiet(world: World, fence: Fence) -> None:
    world.jobs.pending(5)
    world.jobs.run()
    for _ in range(3):
        evaluate(world, fence)
        world.clock.forward(60)
    assert world.book.alerts() == []


def test_an_evaluation_costs_as_many_commands_for_sixty_queues_as_for_one(
    redis_url: str, fence: Fence, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = [
        {"name": "grows", "metric": "backlog_growth", "above": 9},
        {"name": "burns", "metric": "burn_rate", "above": 9},
    ]
    world = World(redis_url, {"alerts": {"rules": more}})

    def cost() -> int:
        evaluate(world, fence)
        with monkeypatch.context() as patch:
            sent = record_commands(patch)
            evaluate(world, fence)
        assert not {"KEYS", "SMEMBERS", "FLUSHALL"} & {name.upper() for name in sent}
        return len(sent)

    world.jobs.dead(1)
    record(world, fence, 1)
    few = cost()
    for number in range(60):
        Jobs(world.url, f"queue-{number}").dead(1)
    assert cost() <= few + 4
    assert world.book.alerts() == []
