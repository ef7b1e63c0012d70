"""Faults put into the scripts on purpose: each is noticed by the audit or by a few directed steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from queue_core import scripts
from queue_core.engine import Outcome
from tests.engine.queue_under_test import QueueUnderTest
from tests.engine.steps_of_schedules import (
    a_paused_schedule,
    a_schedule_that_is_registered,
    an_overlap,
    more_runs_than_are_kept,
    runs_of_a_schedule,
    two_schedulers,
)

Scenario = Callable[[QueueUnderTest], None]


def a_late_settle(queue: QueueUnderTest) -> None:
    job = queue.enqueue(max_retries=5)
    (first,) = queue.claim(worker="slow")
    queue.let_lease_end(job)
    queue.engine.tick()
    queue.let_come_due(job)
    queue.engine.tick()
    queue.claim(worker="fast")
    queue.engine.settle("slow", [Outcome("s", first.id, first.token)])
    assert queue.state(job) == "a", "a worker without the lease ended the job"


def a_success(queue: QueueUnderTest) -> None:
    queue.enqueue(unique_key="k", unique_mode="end")
    queue.run("s")
    assert queue.problems() == []
    queue.enqueue(unique_key="k", unique_mode="end")


def a_death(queue: QueueUnderTest) -> None:
    queue.dead(unique_key="k", unique_mode="end", max_retries=0)
    assert queue.problems() == []


def a_requeue(queue: QueueUnderTest) -> None:
    (job,) = queue.dead(unique_key="k", unique_mode="end")
    assert queue.engine.control_job("requeue", job) == (True, "p")
    assert queue.problems() == []


def an_undo_of_one_that_waits_again(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    queue.engine.control_job("requeue", job)
    queue.claim()
    queue.settle("r", job)
    assert queue.engine.control_job("undo", job) == (False, "started")


def a_move(queue: QueueUnderTest) -> None:
    other = QueueUnderTest(queue.client, "other")
    (job,) = queue.dead(unique_key="k", unique_mode="end")
    assert queue.engine.move(job, "other") == (True, "p")
    assert queue.problems() == []
    assert other.problems() == []


def a_requeue_beside_a_new_holder(queue: QueueUnderTest) -> None:
    (job,) = queue.dead(unique_key="k", unique_mode="end")
    queue.enqueue(unique_key="k", unique_mode="end")
    queue.engine.control_job("requeue", job)
    assert queue.problems() == []


def a_repeated_enqueue(queue: QueueUnderTest) -> None:
    job = queue.new()
    queue.engine.enqueue([job])
    queue.engine.enqueue([job])
    assert queue.counter("e") == 1
    assert queue.problems() == []


def a_release(queue: QueueUnderTest) -> None:
    job = queue.enqueue(max_retries=0)
    for _ in range(3):
        queue.run("r")
        assert queue.problems() == []
    assert queue.record(job)["at"] == "0", "a release counts no attempt"


def a_purge_planned_earlier(queue: QueueUnderTest) -> None:
    queue.enqueue(3)
    as_of = queue.now()
    time.sleep(0.002)
    late = queue.enqueue()
    queue.operate("op", "purge", "pend", as_of=as_of)
    assert queue.waiting() == [late]


def a_purge_while_workers_claim(queue: QueueUnderTest) -> None:
    meant = queue.enqueue(4)
    as_of = queue.now()
    time.sleep(0.002)
    queue.enqueue(2, priority=9)
    queue.engine.bulk_start("op", "purge", "pend", as_of=as_of)
    queue.engine.bulk("op", 2)
    queue.claim(2)
    while queue.engine.bulk("op", 2).state == "running":
        pass
    assert {queue.state(job) for job in meant} == {"t"}, "a claim beside a purge makes it miss jobs"


def a_purge_of_jobs_requeued_meanwhile(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    queue.engine.call("select", "op", "purge", job)
    queue.engine.control_job("requeue", job)
    queue.operate("op", "purge", "os:op")
    assert queue.state(job) == "p"


def an_urgent_job(queue: QueueUnderTest) -> None:
    queue.enqueue()
    urgent = queue.enqueue(priority=1)
    assert queue.claim()[0].id == urgent


def more_jobs_than_claimed(queue: QueueUnderTest) -> None:
    queue.enqueue(3)
    while queue.client.lpop(queue.keys.wake):
        pass
    queue.claim()
    assert queue.client.llen(queue.keys.wake) > 0, "nobody is woken for the jobs that are left"


def a_limit_of_jobs_in_flight(queue: QueueUnderTest) -> None:
    queue.engine.configure(maxc=2)
    queue.enqueue(5)
    assert len(queue.claim(5)) + len(queue.claim(5)) == 2


def a_limit_of_rate(queue: QueueUnderTest) -> None:
    queue.engine.configure(rate=1, burst=2)
    queue.enqueue(9)
    assert len(queue.claim(9)) + len(queue.claim(9)) <= 3


def a_job_not_yet_due(queue: QueueUnderTest) -> None:
    due, later = queue.enqueue(2, run_at=queue.now() + 60_000)
    queue.let_come_due(due)
    assert [claim.id for claim in queue.claim(2)] == [due]
    assert queue.state(later) == "s0"


def an_undo_after_the_start(queue: QueueUnderTest) -> None:
    queue.dead()
    queue.operate("op", "requeue", "df:broken")
    queue.claim()
    assert queue.problems() == []


def a_restore(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    queue.operate("op", "purge", "df:broken")
    assert queue.engine.control_job("restore", job) == (True, "d")
    assert queue.problems() == []


def crash_after_crash(queue: QueueUnderTest) -> None:
    job = queue.enqueue(max_retries=9)
    for _ in range(3):
        queue.claim()
        queue.let_lease_end(job)
        queue.engine.tick()
        if queue.state(job) == "r":
            queue.let_come_due(job)
    assert queue.record(job).get("rs") == "poison"


def many_finished_jobs(queue: QueueUnderTest) -> None:
    queue.engine.configure(ok_cap=2)
    for _ in range(5):
        queue.enqueue()
        queue.run("s")
    assert queue.problems() == []


@dataclass(frozen=True)
class Fault:
    """`text` of one script (or of a helper it carries) is replaced by `by`."""

    script: str
    text: str
    by: str
    noticed_by: Scenario


FAULTS = {
    "settle without a look at the token": Fault(
        "settle", "r[9] ~= 'a' or r[10] ~= tok or r[11] ~= wid", "r[9] ~= 'a'", a_late_settle),
    "settle leaves the lease": Fault("settle", "    rc('ZREM', P .. 'lease', id)\n", "", a_success),
    "success keeps the unique key": Fault("settle", "rc('DEL', P .. 'u:' .. u)", "do end", a_success),
    "death without an index count": Fault("settle", "  rc('ZINCRBY', P .. 'dfc', 1, fp)\n", "", a_death),
    "death without a count by type": Fault("settle", "  mat(ty, 'd', 1)\n", "", a_death),
    "requeue leaves the dead letter": Fault(
        "requeue", "if rc('ZREM', P .. 'df:' .. fp, id) == 0 then return false end", "", a_requeue),
    "requeue does not take the unique key": Fault("requeue", "  rc('SET', P .. 'u:' .. u, id)\n", "", a_requeue),
    "requeue beside another holder": Fault(
        "requeue", "if h and h ~= id then return h end", "", a_requeue_beside_a_new_holder),
    "an undo after a release": Fault(
        "undo", "if r[12] ~= r[10] then", "if false then", an_undo_of_one_that_waits_again),
    "a move leaves the dead letter": Fault("move", "undead(id, r[2], r[6])\n", "", a_move),
    "a move leaves the payload": Fault("move", "{ 'j:', 'p:',", "{ 'j:',", a_move),
    "a move counts in one queue only": Fault("move", "bump('mi', 1)\n", "", a_move),
    "a move takes no unique key": Fault(
        "move", "if lock_again(id, r[3], r[4]) then return { 0, 'conflict' } end", "", a_move),
    "enqueue is not idempotent": Fault(
        "enqueue", "if rc('EXISTS', J(id), P .. 't:' .. id) > 0 then", "if false then", a_repeated_enqueue),
    "release counts the attempt": Fault("settle", "      rc('HINCRBY', J(id), 'at', -1)\n", "", a_release),
    "purge without an as-of bound": Fault(
        "bulk", "return since <= source.asof", "return true", a_purge_planned_earlier),
    "purge that counts instead of keeping its place": Fault(
        "bulk", "rank_of(source.key, cur, curid, true) or 0", "2 or 0", a_purge_while_workers_claim),
    "purge of what was requeued": Fault(
        "bulk", "then return r[1] == 'd' end", "then return true end", a_purge_of_jobs_requeued_meanwhile),
    "priority ignored": Fault("enqueue", "hlc() - pr * boost", "hlc()", an_urgent_job),
    "no token for the jobs that are left": Fault(
        "settle", "else wakes = math.max(wakes, 1) end", "end", more_jobs_than_claimed),
    "one job too many in flight": Fault(
        "settle", "local room = maxc - rc(", "local room = maxc + 1 - rc(", a_limit_of_jobs_in_flight),
    "claims cost no rate tokens": Fault("settle", "rtok - #out", "rtok", a_limit_of_rate),
    "promotion before the time": Fault("settle", "'-inf', NOW, 'LIMIT'", "'-inf', '+inf', 'LIMIT'", a_job_not_yet_due),
    "a started job can still be undone": Fault(
        "settle", "if r[15] then rc('ZREM', P .. 'oq:' .. r[15], id) end", "", an_undo_after_the_start),
    "restore leaves the trash": Fault("restore", "  rc('ZREM', P .. 'tr:' .. op, id);", " ", a_restore),
    "crashes are not counted": Fault("tick", "cr = cr + 1;", "", crash_after_crash),
    "finished jobs are never dropped": Fault("settle", "if over > 0 then", "if false then", many_finished_jobs),
    "an instant fires again": Fault("cron", "if ff <= last or", "if", two_schedulers),
    "a success of a schedule is forgotten": Fault(
        "settle", "if cron then run_ended(cron, id, st) end", "", runs_of_a_schedule),
    "a death of a schedule's job is forgotten": Fault(
        "settle", "run_ended(rc('HGET', J(id), 'cron'), id, 'd')", "", runs_of_a_schedule),
    "runs are never dropped": Fault("schedule_run", "rc('HDEL', h, oldest)", "do end", more_runs_than_are_kept),
    "an overlap is run": Fault("cron", "then code = 3 end", "then end", an_overlap),
    "a pause is forgotten at registration": Fault(
        "schedule", "if old[4] then due = 0\nelseif", "if", a_paused_schedule),
    "a paused schedule stays due": Fault("schedule_pause", "rc('ZADD', P .. 'cr', '0', name)", "", a_paused_schedule),
    "a schedule in use is deleted": Fault(
        "schedule_delete", "then return { 0, 'registered' } end", "then end", a_schedule_that_is_registered),
}  # fmt: skip
SCENARIOS = list(dict.fromkeys(fault.noticed_by for fault in FAULTS.values()))


@pytest.mark.parametrize("name", FAULTS)
def test_a_seeded_fault_is_noticed(queue: QueueUnderTest, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault, true_source = FAULTS[name], scripts.source
    assert fault.text in true_source(fault.script)

    def faulty(script: str) -> str:
        return true_source(script).replace(fault.text, fault.by) if script == fault.script else true_source(script)

    monkeypatch.setattr(scripts, "source", faulty)
    with pytest.raises(AssertionError):
        fault.noticed_by(queue)


@pytest.mark.parametrize(
    "scenario", dict.fromkeys(fault.noticed_by for fault in FAULTS.values()), ids=lambda each: each.__name__
)
def test_the_same_steps_find_nothing_in_the_true_scripts(queue: QueueUnderTest, scenario: Scenario) -> None:
    scenario(queue)
