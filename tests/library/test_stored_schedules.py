"""What is kept of a schedule, and what can be done to it: pause, resume, run now, delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from queue_core import App
from queue_core.connection import Client
from queue_core.engine import Engine, Outcome
from queue_core.errors import InvalidJob
from queue_core.schedule import Schedule, every
from queue_core.scheduler import Scheduler
from queue_core.schedules import Run, Schedules, StoredSchedule


def server_now(client: Client) -> float:
    seconds, micros = client.time()
    return seconds + micros / 1e6


class Stage:
    """A schedule every minute of the queue `reports`, and schedulers that see it at times of the test's choice."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.engine = Engine(client, "reports")
        self.schedules = Schedules(self.engine)
        self.now = server_now(client)

    def schedule(self, **options: Any) -> Schedule:
        return Schedule("nightly", "reports", "reports.nightly", options.pop("trigger", every(60)), **options)

    def scheduler(self, ago: float = 0.0, **options: Any) -> Scheduler:
        return Scheduler(self.client, [self.schedule(**options)], clock=lambda: self.now - ago)

    def fire(self, ago: float = 120, **options: Any) -> int:
        """Register as a scheduler did some time ago, and fire what is due now."""
        self.scheduler(ago, **options).register()
        return self.scheduler(**options).fire_due()

    def stored(self, **options: Any) -> StoredSchedule:
        (found,) = self.schedules.read(["nightly"], **options).schedules
        return found

    def runs(self) -> tuple[Run, ...]:
        return self.stored().runs

    def work(self, kind: Any) -> str:
        (claim,) = self.engine.settle("worker", claim=1).claims
        self.engine.settle("worker", [Outcome(kind, claim.id, claim.token)])
        return claim.id

    def jobs(self) -> int:
        return int(self.client.zcard(self.engine.keys.pending))


@pytest.fixture
def stage(redis_client: Client) -> Stage:
    return Stage(redis_client)


def test_a_schedule_is_stored_with_all_that_shows_and_runs_it(stage: Stage) -> None:
    stage.scheduler(data={"to": "ops"}, priority=7, overlap="skip").register()
    found = stage.stored(payload_bytes=100)
    assert found.trigger == {"every": 60}
    assert (found.definition["type"], found.definition["priority"], found.definition["overlap"]) == (
        "reports.nightly", 7, "skip",
    )  # fmt: skip
    assert found.payload == b'j{"to":"ops"}'
    assert found.next is not None
    assert found.next > stage.now * 1000
    assert found.time("seen") == pytest.approx(stage.now * 1000, abs=5_000)


def test_a_payload_larger_than_asked_for_is_cut(stage: Stage) -> None:
    stage.scheduler(data={"text": "x" * 200}).register()
    found = stage.stored(payload_bytes=100)
    assert (len(found.payload), found.payload_size > 200) == (100, True)
    assert stage.stored().payload == b""


def test_its_queue_is_known_before_it_has_a_job(stage: Stage) -> None:
    stage.scheduler().register()
    assert stage.client.smembers("queues") == {b"reports"}


def test_a_changed_definition_keeps_an_instant_that_is_due(stage: Stage) -> None:
    stage.scheduler(120).register()
    due = stage.stored().next
    stage.scheduler(priority=9, data={"other": 1}).register()
    assert stage.stored().next == due
    assert stage.stored().definition["priority"] == 9


def test_a_fired_run_is_remembered_with_how_it_stands(stage: Stage) -> None:
    assert stage.fire() == 1
    (run,) = stage.runs()
    assert (run.state, run.by_hand, run.ended_at) == ("p", False, None)
    assert run.instant == stage.stored().time("last")
    job_id = stage.work("s")
    (run,) = stage.runs()
    assert (run.job_id, run.state, run.ended_at is not None) == (job_id, "s", True)


@pytest.mark.parametrize(("kind", "state"), [("s", "s"), ("p", "d")])
def test_how_a_run_ended_is_known_when_its_job_is_gone(stage: Stage, kind: str, state: str) -> None:
    stage.fire()
    job_id = stage.work(kind)
    stage.client.delete(stage.engine.keys.job(job_id))
    assert stage.runs()[0].state == state


def test_a_run_of_which_nothing_is_kept_is_not_known(stage: Stage) -> None:
    stage.fire()
    stage.client.delete(stage.engine.keys.job(stage.runs()[0].job_id))
    assert stage.runs()[0].state == ""


def test_a_requeued_run_shows_its_present_state_and_then_its_new_end(stage: Stage) -> None:
    stage.fire()
    job_id = stage.work("p")
    stage.engine.control_job("requeue", job_id)
    assert (stage.runs()[0].state, stage.runs()[0].ended_at) == ("p", None)
    stage.work("s")
    assert stage.runs()[0].state == "s"


def test_the_newest_twenty_runs_are_kept(stage: Stage) -> None:
    stage.scheduler().register()
    ids = [stage.schedules.run_now("nightly")[1] for _ in range(25)]
    assert [run.job_id for run in stage.runs()] == ids[:4:-1]


def test_a_paused_schedule_fires_nothing_and_keeps_its_pause_when_it_is_registered_again(stage: Stage) -> None:
    stage.scheduler(120).register()
    assert stage.schedules.pause("nightly") == "paused"
    assert stage.schedules.pause("nightly") == "already"
    stage.scheduler(trigger=every(30)).register()
    assert [stage.scheduler().fire_due() for _ in range(2)] == [0, 0]
    assert (stage.jobs(), stage.stored().next) == (0, None)
    assert stage.stored().time("paused")


def test_a_scheduler_that_was_about_to_fire_loses_against_a_pause(stage: Stage) -> None:
    stage.scheduler(120).register()
    due, job = stage.stored().next, stage.schedule().job("late")
    stage.schedules.pause("nightly")
    assert stage.engine.call("cron", "nightly", due, -1, *job.argv(), due, 0) == [0, 0]


@pytest.mark.parametrize("catch_up", ["one", "all", "skip"])
def test_a_resumed_schedule_goes_on_from_now_without_what_it_missed(stage: Stage, catch_up: str) -> None:
    stage.scheduler(3_600, catch_up=catch_up).register()
    stage.schedules.pause("nightly")
    assert stage.schedules.resume("nightly") == "active"
    assert stage.schedules.resume("nightly") == "already"
    upcoming = stage.stored().next
    assert upcoming is not None
    assert stage.now * 1000 < upcoming <= (server_now(stage.client) + 60) * 1000
    assert stage.scheduler(catch_up=catch_up).fire_due() == 0
    assert stage.stored().count("missed") == 0


def test_a_trigger_that_only_its_application_knows_is_resumed_by_a_scheduler(stage: Stage) -> None:
    from apscheduler.triggers.date import DateTrigger  # noqa: PLC0415 - a trigger of no kind of ours

    once = DateTrigger("2030-01-01", "UTC")
    stage.scheduler(trigger=once).register()
    first = stage.stored().next
    assert first is not None
    stage.schedules.pause("nightly")
    stage.schedules.resume("nightly")
    assert stage.stored().next is None
    stage.scheduler(trigger=once).register()
    assert stage.stored().next == first


def test_run_now_enqueues_one_job_marked_as_such_and_moves_no_instant(stage: Stage) -> None:
    stage.scheduler(data={"to": "ops"}, priority=3).register()
    before = stage.stored()
    outcome, job_id = stage.schedules.run_now("nightly")
    assert outcome == "enqueued"
    (claim,) = stage.engine.settle("worker", claim=9).claims
    assert (claim.id, claim.type, claim.payload, claim.priority) == (job_id, "reports.nightly", b'j{"to":"ops"}', 3)
    record = stage.client.hgetall(stage.engine.keys.job(job_id))
    assert record[b"cron"] == b"nightly"
    assert record[b"ch"].startswith(b"n")
    assert (stage.stored().next, stage.stored().count("n")) == (before.next, 0)
    assert stage.runs()[0].by_hand


def test_a_paused_schedule_can_be_run_by_hand(stage: Stage) -> None:
    stage.scheduler().register()
    stage.schedules.pause("nightly")
    assert stage.schedules.run_now("nightly")[0] == "enqueued"
    assert stage.stored().next is None


@pytest.mark.parametrize("options", [{"overlap": "skip"}, {"unique": True}, {"unique": "reports"}])
def test_an_instant_is_left_out_while_the_run_before_has_not_ended(stage: Stage, options: dict[str, Any]) -> None:
    assert stage.fire(240, **options) == 1
    first = stage.runs()[0].job_id
    assert stage.schedules.run_now("nightly") == ("held", first)
    stage.client.zadd(stage.engine.keys.schedules, {"nightly": int(stage.now * 1000) - 1})
    assert stage.scheduler(**options).fire_due() == 0
    assert (stage.jobs(), stage.stored().count("skipped")) == (1, 1)
    upcoming = stage.stored().next
    assert upcoming is not None
    assert upcoming > stage.now * 1000
    stage.work("s")
    assert stage.schedules.run_now("nightly")[0] == "enqueued"


def test_without_such_an_option_runs_may_overlap(stage: Stage) -> None:
    stage.fire()
    assert stage.schedules.run_now("nightly")[0] == "enqueued"
    assert stage.jobs() == 2


def test_missed_instants_are_counted(stage: Stage) -> None:
    stage.fire(600)
    assert stage.stored().count("missed") == 9
    assert stage.stored().time("missed_at")


def test_instants_too_old_to_run_are_missed_too(stage: Stage) -> None:
    assert stage.fire(7_200, trigger=every(3_600), catch_up="skip", grace=0.001) == 0
    assert stage.stored().count("missed") == 2
    assert stage.runs() == ()


def test_a_schedule_that_an_application_has_is_not_deleted(stage: Stage) -> None:
    stage.scheduler().register()
    assert stage.schedules.delete("nightly") == "registered"
    assert stage.stored().name == "nightly"


def test_a_schedule_that_nobody_registers_any_more_is_deleted_with_its_runs_and_without_its_jobs(stage: Stage) -> None:
    stage.fire()
    assert stage.schedules.delete("nightly", unseen_ms=-1) == "deleted"
    assert stage.schedules.read(["nightly"]).schedules == ()
    assert stage.jobs() == 1
    assert list(stage.client.scan_iter(match="*}:cr*")) == []


@pytest.mark.parametrize("act", [Schedules.pause, Schedules.resume, Schedules.delete], ids=lambda each: each.__name__)
def test_an_unknown_schedule_is_said_to_be_missing(stage: Stage, act: Callable[[Schedules, str], str]) -> None:
    assert act(stage.schedules, "nothing") == "missing"
    assert stage.schedules.run_now("nothing") == ("missing", "")
    with pytest.raises(InvalidJob):
        act(stage.schedules, "no name")


@pytest.mark.parametrize(
    ("field", "value"),
    [("def", "{"), ("def", '{"type": "x", "priority": "high"}'), ("def", "[]"), ("def", "{}"), ("data", "")],
)
def test_a_damaged_schedule_is_shown_and_not_run(stage: Stage, field: str, value: str) -> None:
    stage.scheduler().register()
    stage.client.hset(stage.engine.keys.schedule("nightly"), field, value)
    assert stage.stored().name == "nightly"
    with pytest.raises(InvalidJob, match="damaged"):
        stage.schedules.run_now("nightly")
    assert stage.jobs() == 0


def test_what_a_job_is_declared_with_holds_for_its_scheduled_runs(redis_url: str) -> None:
    app = App(redis_url)

    @app.job(queue="reports", priority=4, version=2, backoff=7, timeout=9, max_retries=1)
    def nightly() -> None: ...

    schedule = app.schedule(nightly, every=60)
    Scheduler(app.client, [schedule]).register()
    job_id = Schedules(app.queue("reports").engine).run_now("nightly")[1]
    record = app.client.hgetall(Engine(app.client, "reports").keys.job(job_id))
    assert {name: record[name] for name in (b"pr", b"v", b"bk", b"to", b"mr")} == {
        b"pr": b"4", b"v": b"2", b"bk": b"7000", b"to": b"9000", b"mr": b"1",
    }  # fmt: skip


def test_a_damaged_queue_stops_no_other_queues_schedules(redis_client: Client) -> None:
    now = server_now(redis_client)
    both = [Schedule(name, name, "work", every(60)) for name in ("broken", "whole")]
    redis_client.set("{q:broken}:cr", "no sorted set")
    Scheduler(redis_client, both, clock=lambda: now - 120).register()
    assert Scheduler(redis_client, both, clock=lambda: now).fire_due() == 1
