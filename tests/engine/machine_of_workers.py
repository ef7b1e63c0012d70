"""Producers, workers and the passing of time as rules of a state machine; the model is what each may rely on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from queue_core.connection import Client
from queue_core.engine import Claim, Engine, NewJob, Outcome, Settled
from queue_core.invariants import audit
from queue_core.replies import text

Item = TypeVar("Item")
picks = st.integers(0, 999)
workers = st.sampled_from(["worker-1", "worker-2", "worker-3"])

SETTINGS = {
    "ok_cap": 5, "cx_cap": 5, "bk_base": 2, "bk_cap": 4, "boost": 1_000_000, "ok_age": 60_000, "trash_age": 3_600_000,
}  # fmt: skip
"""Caps, delays and boost so small that every limit is reached."""


class MachineOfWorkers(RuleBasedStateMachine):
    """Held and settled leases are (worker, claim); `payloads` are those given, or given by the last edit."""

    client: ClassVar[Client]

    def __init__(self) -> None:
        super().__init__()
        self.client.flushdb()
        self.engine = Engine(self.client, "q")
        self.keys = self.engine.keys
        self.engine.configure(**SETTINGS)
        self.payloads: dict[str, bytes] = {}
        self.arrival: dict[str, int] = {}
        self.by_hand: set[str] = set()
        self.held: list[tuple[str, Claim]] = []
        self.settled: list[tuple[str, Claim]] = []
        self.limits = (0, 0, 0)
        self.limited_since, self.claimed_since = 0, 0

    # What the rules share

    def pick(self, items: Sequence[Item], number: int) -> Item:
        return items[number % len(items)]

    def job(self, **fields: Any) -> NewJob:
        job_id = f"job-{len(self.payloads):04d}"
        self.payloads[job_id] = f"payload of {job_id}".encode()
        return NewJob(**{"id": job_id, "type": "a", "payload": self.payloads[job_id], "timeout": 0, **fields})

    def enqueue(self, jobs: Sequence[NewJob]) -> list[tuple[int, str]]:
        """Enqueue, and once more as after a lost reply: the second time must change nothing."""
        first, again = self.engine.enqueue(jobs), self.engine.enqueue(jobs)
        for job, (code, _), (repeated, _) in zip(jobs, first, again, strict=True):
            if code == 1:
                assert repeated == 0, "enqueue is not idempotent"
                if not job.run_at:
                    self.arrival[job.id] = len(self.arrival)
        return first

    def state(self, job_id: str) -> str:
        return text(self.client.hget(self.keys.job(job_id), "st") or b"")

    def waiting(self) -> list[str]:
        return [text(member) for member in self.client.zrange(self.keys.pending, 0, -1)]

    def now(self) -> int:
        seconds, micros = self.client.time()
        return int(seconds * 1000 + micros // 1000)

    def snapshot(self, job_id: str) -> object:
        pipeline = self.client.pipeline()
        pipeline.hgetall(self.keys.job(job_id))
        pipeline.zscore(self.keys.leases, job_id)
        return pipeline.execute()

    def any_job(self, number: int) -> str:
        return f"job-{number % len(self.payloads):04d}"

    def keep(self, worker: str, reply: Settled) -> tuple[Claim, ...]:
        """Check what was handed out, and hold it."""
        running = int(self.client.zcard(self.keys.leases))
        most, rate, burst = self.limits
        if reply.claims and most:
            assert running <= most, f"{running} jobs in flight, {most} allowed"
        self.claimed_since += len(reply.claims)
        if rate:
            allowed = burst + rate * (reply.now - self.limited_since) / 1000
            assert self.claimed_since <= allowed + 0.001, f"{self.claimed_since} claims, {allowed} allowed"
        for claim in reply.claims:
            assert claim.payload == self.payloads[claim.id]
            due = int(self.client.hget(self.keys.job(claim.id), "ra") or 0)
            assert claim.id in self.by_hand or due <= reply.now, f"{claim.id} runs {due - reply.now} ms early"
            self.held.append((worker, claim))
        return reply.claims

    def untouched(self, job_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Of these the jobs in their first life that never failed: id -> (priority, arrival)."""
        pipeline = self.client.pipeline()
        for job_id in job_ids:
            pipeline.hmget(self.keys.job(job_id), "at", "rq", "pr")
        found = {}
        for job_id, (attempts, requeues, priority) in zip(job_ids, pipeline.execute(), strict=True):
            if job_id in self.arrival and int(attempts or 0) == 0 and int(requeues or 0) == 0:
                found[job_id] = (int(priority), self.arrival[job_id])
        return found

    # Rules

    @rule(
        count=st.integers(1, 6), priority=st.integers(0, 3), retries=st.integers(0, 2), kind=st.sampled_from("ab"),
        delay=st.sampled_from([0, 0, 0, 2, 5]), unique=st.sampled_from(["", "", "k1", "k2"]),
        timeout=st.sampled_from([0, 0, 1, 10_000]),
    )  # fmt: skip
    def produce(
        self, count: int, priority: int, retries: int, kind: str, delay: int, unique: str, timeout: int
    ) -> None:
        run_at = self.now() + delay if delay else 0
        mode = "end" if unique else ""
        self.enqueue([
            self.job(
                type=kind, priority=priority, max_retries=retries, run_at=run_at, timeout=timeout, unique_key=unique,
                unique_mode=mode,
            )
            for _ in range(count)
        ])  # fmt: skip

    @rule(worker=workers, count=st.integers(1, 5), lease=st.sampled_from([1, 20, 100_000]))
    def claim(self, worker: str, count: int, lease: int) -> None:
        self.keep(worker, self.engine.settle(worker, claim=count, lease=lease))

    @rule(worker=workers, count=st.integers(1, 5))
    def claim_in_order(self, worker: str, count: int) -> None:
        before = self.waiting()
        first = self.untouched(before)
        reply = self.engine.settle(worker, claim=count, lease=100_000, promote=0)
        claimed = [claim.id for claim in self.keep(worker, reply)]
        assert claimed == before[: len(claimed)], "the smallest score comes first"
        left = [first[job_id] for job_id in before[len(claimed) :] if job_id in first]
        for priority, arrival in (first[job_id] for job_id in claimed if job_id in first):
            earlier = [other for other in left if other[0] == priority and other[1] < arrival]
            assert not earlier, "first come, first served within a priority"

    @rule(kind=st.sampled_from("ssffptkrx"), count=st.integers(1, 3), claim=st.integers(0, 2), number=picks)
    def settle(self, kind: Any, count: int, claim: int, number: int) -> None:
        if not self.held:
            return
        worker = self.pick(self.held, number)[0]
        mine = [lease for lease in self.held if lease[0] == worker][-count:]
        fingerprint = f"group-{number % 3}" if kind in "fp" else ""
        outcomes = [Outcome(kind, c.id, c.token, -1, fingerprint, "ValueError: x" * 9, b"blob") for _, c in mine]
        reply = self.engine.settle(worker, outcomes, claim=claim, lease=50)
        self.held = [lease for lease in self.held if lease not in mine]
        self.settled += mine
        self.keep(worker, reply)

    @rule(number=picks)
    def a_fenced_worker_reports_late(self, number: int) -> None:
        if not self.settled:
            return
        claimed_again = [lease for lease in self.settled if self.state(lease[1].id) == "a"]
        worker, claim = self.pick(claimed_again or self.settled, number)
        before = self.snapshot(claim.id)
        assert self.engine.settle(worker, [Outcome("s", claim.id, claim.token)], promote=0).codes[0] in (
            "stale",
            "done",
        )
        assert self.engine.settle("nobody", [Outcome("f", claim.id, claim.token)], promote=0).codes == ("stale",)
        assert self.engine.extend(worker, [(claim.id, claim.token)], lease=100) == [0]
        assert not self.engine.checkpoint(worker, claim.id, claim.token, b"late")
        assert self.snapshot(claim.id) == before, "a late report moved something"

    @rule(worker=workers)
    def a_claim_whose_reply_is_lost(self, worker: str) -> None:
        lost = {claim.id for claim in self.keep(worker, self.engine.settle(worker, claim=2, lease=100_000))}
        self.held = [lease for lease in self.held if lease[1].id not in lost]
        self.engine.release_lost(worker, [claim.id for holder, claim in self.held if holder == worker])
        assert {self.state(job_id) for job_id in lost} <= {"p"}

    @rule(number=picks)
    def keep_a_checkpoint(self, number: int) -> None:
        if self.held:
            worker, claim = self.pick(self.held, number)
            self.engine.checkpoint(worker, claim.id, claim.token, b"cursor")

    @rule(number=picks, lease=st.sampled_from([1, 100_000]))
    def heartbeat(self, number: int, lease: int) -> None:
        if self.held:
            worker, claim = self.pick(self.held, number)
            (code,) = self.engine.extend(worker, [(claim.id, claim.token)], lease=lease)
            assert code in (0, 1, 2, 3)

    @rule(worker=workers)
    def a_worker_dies(self, worker: str) -> None:
        self.held = [lease for lease in self.held if lease[0] != worker]

    @rule(milliseconds=st.integers(1, 6))
    def time_passes(self, milliseconds: int) -> None:
        time.sleep(milliseconds / 1000)

    @rule()
    def tick(self) -> None:
        self.engine.tick(3)

    @rule()
    def a_sleeper_wakes_and_claims(self) -> None:
        if self.client.lpop(self.keys.wake):
            self.keep("sleeper", self.engine.settle("sleeper", claim=1, lease=1))

    @rule()
    def woken_workers_die(self) -> None:
        while self.client.lpop(self.keys.wake):
            pass
        self.engine.tick(3)

    @rule(most=st.sampled_from([0, 0, 1, 4]), rate=st.sampled_from([0, 0, 200, 2000]), burst=st.integers(1, 3))
    def limits_change(self, most: int, rate: int, burst: int) -> None:
        self.set_limits(most, rate, burst)

    def set_limits(self, most: int, rate: int, burst: int) -> None:
        self.limits, self.limited_since, self.claimed_since = (most, rate, burst), self.now(), 0
        self.engine.configure(maxc=most, rate=rate, burst=burst)

    @rule(rate=st.sampled_from([100, 500]), burst=st.integers(1, 3), rounds=st.integers(2, 4))
    def a_rush_on_a_limited_queue(self, rate: int, burst: int, rounds: int) -> None:
        self.enqueue([self.job() for _ in range(4)])
        self.set_limits(0, rate, burst)
        for _ in range(rounds):
            self.keep("worker-2", self.engine.settle("worker-2", claim=4))
        self.set_limits(0, 0, 0)

    @rule(delay=st.integers(1, 4), waited=st.integers(0, 2))
    def an_urgent_job_is_not_due_yet(self, delay: int, waited: int) -> None:
        self.enqueue([self.job(priority=100, run_at=self.now() + delay)])
        time.sleep(waited / 1000)
        self.keep("worker-3", self.engine.settle("worker-3", claim=5))

    @rule(count=st.integers(1, 4), number=picks)
    def jobs_fail_for_good(self, count: int, number: int) -> None:
        self.set_limits(0, 0, 0)
        wanted = {job.id for job in (self.job(priority=100) for _ in range(count)) if self.enqueue([job])[0][0] == 1}
        for claim in self.keep("worker-1", self.engine.settle("worker-1", claim=count)):
            if claim.id in wanted:
                outcome = Outcome("p", claim.id, claim.token, -1, f"group-{number % 3}", "ValueError: bad", b"blob")
                assert self.engine.settle("worker-1", [outcome]).codes == ("d",)
                self.held = [lease for lease in self.held if lease[1].id != claim.id]

    @invariant()
    def the_queue_is_whole(self) -> None:
        assert audit(self.client, "q", expected_payloads=self.payloads) == []

    @invariant()
    def somebody_is_woken_while_work_is_pending(self) -> None:
        if self.client.zcard(self.keys.pending) and self.client.hget(self.keys.meta, "paused") != b"1":
            assert self.client.llen(self.keys.wake) > 0
