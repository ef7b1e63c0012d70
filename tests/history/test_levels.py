"""How queues and sources stood is kept, whether or not a rule is about it: values, gaps, and what is not told."""

from __future__ import annotations

import time

import pytest

from dashboard.adapters.contract import Capability, ErrorGroup, Load, Queue, SourceUnavailable
from dashboard.adapters.memo import Memo
from dashboard.adapters.occasional import Occasional
from dashboard.alerts.looks import Readings
from dashboard.history.bucket import LEVELS, UNTOLD
from dashboard.history.history import History
from dashboard.history.levels import evicts, memory, of_queue, of_source, unserved
from dashboard.history.new_groups import LATE, NewGroups
from dashboard.history.recorder import Recorder
from tests.background import World
from tests.conftest import RealServer
from tests.contract.seeders.apscheduler import OPTIONS
from tests.contract.seeders.apscheduler import Seeder as Scheduling
from tests.history.conftest import START, Recording
from tests.sent_commands import record_commands

MIB = 2**20


def values(recording: Recording, level: str, seconds: int = 900, queue: str = "mail") -> list[float]:
    """What is known of a level, without the gaps."""
    points = recording.past(seconds, queue).series(level)
    return [value for _, value in points if value is not None]


@pytest.fixture
def unshared(recording: Recording, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """A recording that asks for everything anew in each reading."""
    monkeypatch.setattr("dashboard.adapters.occasional.LOAD_SECONDS", 0.0)
    monkeypatch.setattr("dashboard.adapters.occasional.GROUPS_SECONDS", 0.0)
    recording.recorder = Recorder(recording.world.store, recording.world.services.sources, recording.world.clock)
    return recording


def test_jobs_that_no_worker_serves_are_kept_and_none_while_the_queue_is_paused(recording: Recording) -> None:
    recording.world.jobs.pending(3)
    recording.tick()
    recording.world.services.sources.get("main").pause("mail")
    recording.tick()
    assert values(recording, "no_workers") == values(recording, "no_workers", queue="") == [3, 0]


def test_stalled_jobs_are_kept(recording: Recording) -> None:
    recording.world.jobs.pending(2)
    recording.tick()
    jobs = recording.world.jobs
    claims = jobs.engine.settle("w", claim=2).claims
    jobs.client.zadd(jobs.keys.leases, {claim.id: 1 for claim in claims})
    recording.tick()
    assert values(recording, "stalled") == values(recording, "stalled", queue="") == [0, 2]


def test_error_groups_are_counted_when_they_come_up_and_only_then(unshared: Recording) -> None:
    unshared.world.clock.now = time.time() // 10 * 10  # groups are dated by the server
    unshared.world.jobs.dead(1, fingerprint="old")
    unshared.tick()
    unshared.world.jobs.dead(2, fingerprint="f1")
    unshared.world.jobs.dead(1, fingerprint="f2")
    unshared.tick()
    unshared.world.jobs.dead(1, fingerprint="f1")
    unshared.tick()
    for queue in ("mail", ""):
        assert values(unshared, "new_groups", queue=queue) == [2, 0], "of the first reading it is not known"


def test_how_full_the_server_is_is_kept_of_the_source(unshared: Recording) -> None:
    client = unshared.world.jobs.client
    unshared.tick()
    client.config_set("maxmemory", 8_192 * MIB)  # far from full: other tests have their jobs at this server
    client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        unshared.tick()
    finally:
        client.config_set("maxmemory", 0)
        client.config_set("maxmemory-policy", "noeviction")
    (full,) = values(unshared, "redis_memory", queue="")
    assert 0 < full < 10_000
    assert values(unshared, "redis_eviction", queue="") == [0, 1]
    assert values(unshared, "redis_memory") == [], "a queue has none of its own"
    kept = [bucket.value("redis_memory") for _, bucket in unshared.past(900, "").points]
    assert UNTOLD in kept, "without a limit it was read, and is no gap"


def test_a_source_that_does_not_answer_is_down_and_the_rest_is_a_gap(
    redis_url: str, make_server: type[RealServer], recording: Recording
) -> None:
    other = make_server().start()
    both = World(redis_url, {"sources": [{"name": "main", "url": redis_url}, {"name": "other", "url": other.url}]})
    both.clock.now = START
    recorder, history = Recorder(both.store, both.services.sources, both.clock), History(both.store, both.clock)

    def tick(count: int) -> None:
        for _ in range(count):
            both.clock.forward(10)
            both.services.sources.forget()
            recorder.record(recording.fence)

    tick(13)
    other.kill()
    tick(12)
    other.start()
    tick(12)
    for size in (10, 60):
        history.forget()
        past = history.past(["other"], "", 420, size)
        known = [value for _, value in past.series("source_down") if value is not None]
        assert sorted(known, reverse=True)[: 120 // size] == [1] * (120 // size)
        assert (known[0], known[-1]) == (0, 0)
        silent = [bucket for _, bucket in past.points if bucket.value("source_down") == 1 and bucket.unread == size]
        assert all(bucket.value(level) is None for bucket in silent for level in LEVELS if level != "source_down")
        assert len(silent) >= 120 // size - 1
        assert past.since == START + 10
        there = history.past(["main"], "", 420, size).series("source_down")
        assert {value for _, value in there} <= {0, None}


def test_a_source_that_never_answered_is_down_and_was_never_read(recording: Recording) -> None:
    gone = World(recording.world.url, {"sources": [{"name": "gone", "url": "redis://127.0.0.1:1/0"}],
                                       "store": recording.world.url})  # fmt: skip
    gone.clock.now = START
    recorder, history = Recorder(gone.store, gone.services.sources, gone.clock), History(gone.store, gone.clock)
    for _ in range(14):
        gone.clock.forward(10)
        gone.services.sources.forget()
        recorder.record(recording.fence)
    past = history.past(["gone"], "", 120, 60)
    assert {value for _, value in past.series("source_down")} == {1}
    assert (past.since, past.known) == (None, False)


def test_a_silence_of_the_collector_is_a_gap_of_every_level(recording: Recording) -> None:
    recording.tick()
    recording.tick(300)
    recording.tick()
    for level in ("no_workers", "stalled", "schedules_late", "source_down"):
        points = [value for _, value in recording.past(420, "").series(level)]
        assert points.count(None) >= 28, level
        assert [value for value in points if value is not None] == [0, 0, 0], level


def test_what_the_alerts_ask_for_anyway_is_not_asked_for_twice(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Memo.__init__, "__defaults__", (lambda: 0.0,))  # however slow this machine is
    world = recording.world
    sources, occasional = world.services.sources, Occasional(world.services.sources)
    recorder = Recorder(world.store, sources, world.clock, 200, occasional)
    recorder.record(recording.fence)
    looks = Readings(sources, recording.history, 200, occasional).of(sources.snapshot(), world.clock()).looks
    sent = record_commands(monkeypatch)
    assert looks.load("main").memory_bytes > 0
    assert looks.latest_groups("main", "").items == ()
    assert sent == []


def test_a_source_that_cannot_tell_the_rest_is_recorded_all_the_same(
    unshared: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise SourceUnavailable("not now")

    monkeypatch.setattr(Occasional, "load", refuse)
    monkeypatch.setattr(Occasional, "latest_groups", refuse)
    unshared.world.jobs.pending(4)
    unshared.tick()
    unshared.tick()
    assert values(unshared, "pending", queue="") == [4, 4]
    for level in ("redis_memory", "redis_eviction", "new_groups"):
        assert {bucket.value(level) for _, bucket in unshared.past(900, "").points} == {None}, level


def test_what_holds_schedules_alone_has_a_history_of_those_that_are_late(recording: Recording) -> None:
    url = recording.world.url
    Scheduling(url).schedule(cron="0 2 * * *", data={"to": "ann"})
    options = dict(OPTIONS)
    world = World(url, {"sources": [{"name": "cron", "kind": "apscheduler", "url": url, "options": options}]})
    recorder, history = Recorder(world.store, world.services.sources, world.clock), History(world.store, world.clock)
    recorder.record(recording.fence)
    (store,) = world.services.sources.snapshot().scheduling
    for queue in (store.name, ""):
        late = [value for _, value in history.past(["cron"], queue, 900).series("schedules_late") if value is not None]
        assert late == [1], f"{queue}: the clock of the test is years later"
        told = [value for _, value in history.past(["cron"], queue, 900).series("succeeded") if value is not None]
        assert told == [], "nobody tells what its jobs do"


@pytest.mark.parametrize(
    ("queue", "expected"),
    [
        (Queue("main", "mail", "x"), None),
        (Queue("main", "mail", "x", pending=0), 0),
        (Queue("main", "mail", "x", pending=5, paused=True), 0),
        (Queue("main", "mail", "x", pending=5, workers=1), 0),
        (Queue("main", "mail", "x", pending=5, workers=0), 5),
        (Queue("main", "mail", "x", pending=5), UNTOLD),
        (Queue("main", "mail", "x", pending=5, capabilities=Capability.WORKERS), None),
    ],
)
def test_jobs_wait_for_nobody_only_where_that_is_known(queue: Queue, expected: int | None) -> None:
    assert unserved(queue) == expected


def test_what_a_product_does_not_keep_is_not_told_and_what_could_not_be_read_is_unknown() -> None:
    told = dict(zip(LEVELS, of_queue(Queue("main", "mail", "x", pending=1)), strict=False))
    assert (told["stalled"], told["schedules_late"]) == (UNTOLD, UNTOLD)
    damaged = of_queue(Queue("main", "mail", "x", problem="no hash"))
    assert {value for value in damaged if value != UNTOLD} == {None}
    assert damaged[LEVELS.index("stalled")] is None


@pytest.mark.parametrize(
    ("load", "full", "deletes"),
    [
        (Load(50, 200, "noeviction"), 2_500, 0),
        (Load(171, 200, "allkeys-lru"), 8_550, 1),
        (Load(50, 200), 2_500, UNTOLD),
        (Load(50, policy="allkeys-lru"), UNTOLD, 0),
        (Load(50), UNTOLD, UNTOLD),
    ],
)
def test_a_servers_load_in_numbers(load: Load, full: int, deletes: int) -> None:
    assert (memory(load), evicts(load)) == (full, deletes)
    assert of_source(load, 3) == {
        "new_groups": 3, "source_down": 0, "redis_memory": full, "redis_eviction": deletes,
    }  # fmt: skip


def group(fingerprint: str, first_seen: float, queue: str = "mail") -> ErrorGroup:
    return ErrorGroup(fingerprint, "E", "m", "main", queue, "send", 1, first_seen, first_seen, "j")


def test_a_new_leader_counts_no_group_again_that_was_there_at_the_last_reading() -> None:
    later = NewGroups()
    assert later.found("main", [group("f1", 95), group("f2", 105)], 100, 110) == {"mail": 1}
    assert later.found("main", [group("f2", 105), group("f3", 112, "bills")], 110, 120) == {"bills": 1}


def test_a_group_that_is_found_late_is_counted_then_unless_it_is_old() -> None:
    new = NewGroups()
    new.found("main", [], 1_000, 1_010)
    assert new.found("main", [group("f1", 1_001)], 1_010, 1_030) == {"mail": 1}
    assert new.found("main", [group("f1", 1_001), group("f2", 1_040 - LATE)], 1_030, 1_040) == {}
