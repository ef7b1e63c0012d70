"""A queue driven by its scripts alone, with the time moved by hand where a test needs it to have passed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from queue_core.connection import Client
from queue_core.engine import Claim, Engine, NewJob, Outcome, OutcomeKind, Settled
from queue_core.invariants import audit

LONG = 100_000


class QueueUnderTest:
    """One queue; `worker` is who claims and settles when nobody else is named."""

    def __init__(self, client: Client, name: str = "under-test") -> None:
        self.client = client
        self.engine = Engine(client, name)
        self.keys = self.engine.keys
        self._numbers = itertools.count(1)
        self._claims: dict[str, Claim] = {}

    def new(self, **fields: Any) -> NewJob:
        """A job that is not enqueued yet."""
        job_id = fields.pop("id", None) or f"job-{next(self._numbers):04d}"
        return NewJob(**{"id": job_id, "type": "mail", "payload": f"payload of {job_id}".encode(), **fields})

    def enqueue(self, count: int | None = None, **fields: Any) -> Any:
        """Enqueue one job and return its id, or `count` equal ones and return their ids."""
        jobs = [self.new(**fields) for _ in range(count or 1)]
        assert {code for code, _ in self.engine.enqueue(jobs)} == {1}
        return [job.id for job in jobs] if count else jobs[0].id

    def claim(self, count: int = 1, *, worker: str = "worker", lease: int = LONG) -> tuple[Claim, ...]:
        """Claim and remember what was claimed, so that `settle` knows the token."""
        claims = self.engine.settle(worker, claim=count, lease=lease).claims
        self._claims |= {claim.id: claim for claim in claims}
        return claims

    def outcome(self, kind: OutcomeKind, job_id: str, **fields: Any) -> Outcome:
        """An outcome with the token of the job's last claim."""
        return Outcome(kind, job_id, self._claims[job_id].token, **fields)

    def settle(
        self, kind: OutcomeKind, job_id: str, *, worker: str = "worker", claim: int = 0, **fields: Any
    ) -> Settled:
        """Report how the last claimed run of a job ended."""
        return self.engine.settle(worker, [self.outcome(kind, job_id, **fields)], claim=claim, lease=LONG)

    def run(self, kind: OutcomeKind, **fields: Any) -> str:
        """Claim the next job and end its run at once; returns its id."""
        (claimed,) = self.claim()
        self.settle(kind, claimed.id, **fields)
        return claimed.id

    def dead(self, count: int = 1, *, fingerprint: str = "broken", **fields: Any) -> list[str]:
        """Make jobs that failed for good."""
        ids: list[str] = self.enqueue(count, **fields)
        for job_id in ids:
            (claimed,) = self.claim()
            assert claimed.id == job_id
            self.settle("p", job_id, fingerprint=fingerprint, message="ValueError: broken", blob=b"detail")
        return ids

    def operate(self, operation: str, kind: Any, source: str, *, limit: int = 100, **options: Any) -> tuple[int, int]:
        """Start an operation and take all its steps; returns (done, skipped)."""
        assert self.engine.bulk_start(operation, kind, source, **options)
        done = skipped = 0
        for _ in range(1_000):
            step = self.engine.bulk(operation, limit)
            done, skipped = done + step.done, skipped + step.skipped
            if step.state not in ("running", "canary"):
                return done, skipped
        raise AssertionError("the operation does not end")

    def record(self, job_id: str) -> dict[str, str]:
        """A job's record, empty when it is gone."""
        fields: Mapping[bytes, bytes] = self.client.hgetall(self.keys.job(job_id))
        return {key.decode(): value.decode() for key, value in fields.items()}

    def state(self, job_id: str) -> str:
        """The letter of a job's state, empty when it is gone."""
        return self.record(job_id).get("st", "")

    def counter(self, name: str) -> int:
        """A total counter."""
        return int(self.client.hget(self.keys.counters, name) or 0)

    def waiting(self) -> list[str]:
        """Pending jobs in the order in which they will be handed out."""
        return [member.decode() for member in self.client.zrange(self.keys.pending, 0, -1)]

    def now(self) -> int:
        """The server's time in unix ms."""
        seconds, micros = self.client.time()
        return int(seconds * 1000 + micros // 1000)

    def let_lease_end(self, job_id: str) -> None:
        """As if the lease had run out just now."""
        assert self.client.zadd(self.keys.leases, {job_id: self.now() - 1}, xx=True, ch=True)

    def let_come_due(self, job_id: str) -> None:
        """As if a scheduled or retrying job's time had come."""
        state = self.record(job_id)["st"]
        key = self.keys.scheduled if state == "s0" else self.keys.retrying
        assert self.client.zadd(key, {job_id: self.now() - 1}, xx=True, ch=True)

    def problems(self, payloads: Mapping[str, bytes] | None = None) -> list[str]:
        """What the audit finds."""
        return audit(self.client, self.engine.name, expected_payloads=payloads)
