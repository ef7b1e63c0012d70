"""Whatever producers, workers, operators and schedulers do, and in whatever order: no job is lost, doubled or early.

REDRIVE_EXAMPLES sets how many histories are tried.
"""

from __future__ import annotations

import os
import time
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from queue_core.connection import Client
from queue_core.engine import Engine, Outcome
from queue_core.invariants import audit
from queue_core.replies import text
from tests.engine.machine_of_schedules import MachineOfSchedules
from tests.engine.machine_of_workers import picks

steps = st.integers(1, 3)


class MachineOfOperators(MachineOfSchedules):
    """Adds what people do."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[tuple[str, str]] = []

    def named(self, kind: str) -> str:
        self.operations.append((kind, f"op-{len(self.operations)}"))
        return self.operations[-1][1]

    def work_off(self, operation: str, limit: int, *, abandon: bool = False) -> str:
        for _ in range(200):
            state = self.engine.bulk(operation, limit).state
            if state != "running" or abandon:
                return state
        raise AssertionError("the operation does not end")

    def groups(self) -> list[str]:
        return [text(member) for member in self.client.zrange(self.keys.group_counts, 0, -1)]

    @rule(
        verb=st.sampled_from(["cancel", "cancel", "requeue", "purge", "promote", "restore", "undo", "undo"]),
        number=picks,
    )
    def change_one_job(self, verb: str, number: int) -> None:
        if self.payloads:
            job_id = self.any_job(number)
            changed, state = self.engine.control_job(verb, job_id)
            assert state == "requested" or not changed or state == self.state(job_id)
            if verb == "promote" and changed:
                self.by_hand.add(job_id)

    @rule(number=picks)
    def edit_a_dead_job(self, number: int) -> None:
        if self.payloads:
            job_id = self.any_job(number)
            edited = f"edited {job_id}".encode()
            if self.engine.control_job("edit", job_id, edited, b"history") == (True, "p"):
                self.payloads[job_id] = edited

    @rule(number=picks, and_back=st.booleans())
    def a_dead_letter_goes_to_another_queue(self, number: int, and_back: bool) -> None:
        if not self.payloads or not self.engine.move(self.any_job(number), "elsewhere")[0]:
            return
        assert self.state(self.any_job(number)) == "", "it is in one queue only"
        there = Engine(self.client, "elsewhere")
        for claim in there.settle("worker-9", claim=64).claims if and_back else ():
            assert claim.payload == self.payloads[claim.id]
            there.settle("worker-9", [Outcome("p", claim.id, claim.token, -1, "group-e", "bad", b"blob")])
            assert there.move(claim.id, "q")[1] in ("p", "conflict")
        assert audit(self.client, "elsewhere") == []

    @rule(
        kind=st.sampled_from(["requeue", "requeue", "purge"]), limit=steps, abandon=st.booleans(),
        canary=st.sampled_from([0, 0, 1]), stop=st.sampled_from([0, 2]),
    )  # fmt: skip
    def act_on_every_group(self, kind: Any, limit: int, abandon: bool, canary: int, stop: int) -> None:
        for fingerprint in self.groups():
            operation, source = self.named(kind), f"df:{fingerprint}"
            self.engine.bulk_start(operation, kind, source, canary=canary, stop_after_refailed=stop)
            assert not self.engine.bulk_start(operation, kind, source), "an operation is recorded once"
            self.work_off(operation, limit, abandon=abandon)

    @rule(limit=steps, source=st.sampled_from(["pend", "sch", "rty"]))
    def purge_what_waits(self, limit: int, source: str) -> None:
        operation = self.named("purge")
        self.engine.bulk_start(operation, "purge", source)
        assert self.work_off(operation, limit) == "done"

    @rule(limit=steps, before=st.integers(0, 3), after=st.integers(1, 3), claimed=st.integers(0, 2))
    def a_purge_leaves_what_came_after_its_plan(self, limit: int, before: int, after: int, claimed: int) -> None:
        self.enqueue([self.job(priority=number % 3) for number in range(before)])
        due = self.waiting()
        as_of = self.now()
        time.sleep(0.002)
        later = [self.job(priority=number % 3) for number in range(after)]
        assert {code for code, _ in self.enqueue(later)} == {1}
        operation = self.named("purge")
        self.engine.bulk_start(operation, "purge", "pend", as_of=as_of)
        step = self.engine.bulk(operation, limit).state
        taken = [claim.id for claim in self.keep("worker-1", self.engine.settle("worker-1", claim=claimed, promote=0))]
        if step == "running":
            self.work_off(operation, limit)
        assert {self.state(job.id) for job in later if job.id not in taken} <= {"p"}, "it came after the plan"
        assert {self.state(job_id) for job_id in due if job_id not in taken} <= {"t"}, "it was meant and is left"

    @rule(limit=steps, number=picks)
    def take_an_operation_back(self, limit: int, number: int) -> None:
        if not self.operations:
            return
        kind, operation = self.pick(self.operations, number)
        source = f"tr:{operation}" if kind == "purge" else f"oq:{operation}"
        back = self.named("back")
        self.engine.bulk_start(back, "restore" if kind == "purge" else "undo", source)
        assert self.work_off(back, limit) == "done"

    @rule(verb=st.sampled_from(["pause", "resume", "cancel"]), number=picks)
    def steer_an_operation(self, verb: Any, number: int) -> None:
        if self.operations:
            self.engine.control_operation(self.pick(self.operations, number)[1], verb)

    @rule(kind=st.sampled_from(["requeue", "purge"]), requeued_meanwhile=st.booleans())
    def act_on_chosen_jobs(self, kind: Any, requeued_meanwhile: bool) -> None:
        operation = self.named(kind)
        chosen = [text(i) for group in self.groups() for i in self.client.zrange(self.keys.group(group), 0, 2)]
        if chosen:
            self.engine.call("select", operation, kind, *chosen)
        saved = chosen[0] if chosen and requeued_meanwhile else ""
        saved = saved if saved and self.engine.control_job("requeue", saved)[0] else ""
        self.engine.bulk_start(operation, kind, f"os:{operation}")
        assert self.work_off(operation, 2) == "done"
        assert not saved or self.state(saved) == "p", "it was requeued before the purge"

    @rule()
    def a_restore_meets_a_new_holder_of_its_key(self) -> None:
        first, second = (self.job(unique_key="k2", unique_mode="end", max_retries=0) for _ in range(2))
        if self.enqueue([first])[0][0] == 1:
            assert self.engine.control_job("purge", first.id) == (True, "t")
            assert self.enqueue([second])[0][0] == 1
            assert self.engine.control_job("restore", first.id) == (False, "conflict")

    @rule()
    def a_unique_job_dies_and_comes_again(self) -> None:
        first = self.job(priority=100, max_retries=0, unique_key="k1", unique_mode="end")
        if self.enqueue([first])[0][0] != 1:
            return
        for claim in self.keep("worker-1", self.engine.settle("worker-1", claim=1)):
            if claim.id == first.id:
                self.engine.settle("worker-1", [Outcome("p", claim.id, claim.token, -1, "group-u", "bad", b"blob")])
                self.held = [lease for lease in self.held if lease[1].id != claim.id]
        self.enqueue([self.job(max_retries=0, unique_key="k1", unique_mode="end")])

    @rule()
    def the_trash_is_emptied(self) -> None:
        self.engine.configure(trash_age=0)
        time.sleep(0.002)
        for _ in range(3):
            self.engine.tick(5)
        self.engine.configure(trash_age=3_600_000)

    @rule()
    def pause_and_resume(self) -> None:
        self.engine.pause()
        assert self.engine.settle("worker-1", claim=3).claims == ()
        self.engine.resume()


def test_no_history_loses_doubles_or_hastens_a_job(redis_client: Client) -> None:
    machine = type("Machine", (MachineOfOperators,), {"client": redis_client})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            derandomize=True, max_examples=int(os.environ.get("REDRIVE_EXAMPLES", "60")), stateful_step_count=40,
            deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
