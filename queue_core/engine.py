"""One method per script: arguments in, replies out, no policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, cast

import redis

from queue_core import keys, scripts
from queue_core.connection import Client, mapped_errors
from queue_core.errors import OtherSlot
from queue_core.exchanged import BulkStep, Claim, DeadRow, NewJob, Outcome, OutcomeKind, Settled, Ticked, claim_of
from queue_core.replies import text

__all__ = [
    "BulkStep",
    "Claim",
    "DeadRow",
    "Engine",
    "NewJob",
    "OperationKind",
    "Outcome",
    "OutcomeKind",
    "Settled",
    "Ticked",
]

OperationKind = Literal["requeue", "purge", "restore", "undo"]
JOB_VERBS = ("cancel", "requeue", "edit", "purge", "restore", "promote", "undo")
VERSION = 40
"""Characters kept of an application's version."""


class Engine:
    """The scripts of one queue.

    Args:
        client: a client that returns bytes (see `queue_core.connection.connect`).
        name: queue name.
        namespace: prefix before every key, empty by default.

    Every method raises ServerUnavailable when Redis does not answer; enqueue also ServerFull.
    """

    def __init__(self, client: Client, name: str, namespace: str = "") -> None:
        self.client = client
        self.name = name
        self.namespace = namespace
        self.keys = keys.QueueKeys.of(name, namespace)
        self._scripts: dict[str, Any] = {}

    def call(self, script: str, *args: Any, client: Any = None, others: Sequence[str] = ()) -> Any:
        """Run one script; with a pipeline as `client` the reply comes from its `execute`.

        `others` are the meta keys of further queues that it changes.
        """
        if script not in self._scripts:
            self._scripts[script] = self.client.register_script(scripts.source(script))
        with mapped_errors():
            return self._scripts[script](keys=[self.keys.meta, *others], args=list(args), client=client)

    def enqueue(self, jobs: Sequence[NewJob]) -> list[tuple[int, str]]:
        """Add at most 500 jobs. Returns per job (1 new | 0 exists | -1 unique key held | -2 full, id or holder)."""
        argv: list[Any] = [len(jobs)]
        for job in jobs:
            argv += job.argv()
        return [(int(code), text(who)) for code, who in self.call("enqueue", *argv)]

    def settle(
        self, worker: str, outcomes: Iterable[Outcome] = (), *, claim: int = 0, lease: int = 15_000, promote: int = 64,
        version: str = "",
    ) -> Settled:  # fmt: skip
        """Report outcomes and claim up to `claim` jobs in one step; `lease` in ms. At most 64 of each.

        `version` of the worker's application is kept, up to 40 characters, with each job that failed.
        """
        done = list(outcomes)
        argv: list[Any] = [worker, claim, lease, promote, len(done)]
        for outcome in done:
            argv += outcome.argv()
        now, due, left, why, codes, claims = self.call("settle", *argv, version[:VERSION])
        return Settled(
            int(now), int(due), int(left), text(why), tuple(map(text, codes)), tuple(claim_of(row) for row in claims)
        )

    def extend(self, worker: str, held: Sequence[tuple[str, int]], *, lease: int = 15_000) -> list[int]:
        """Extend leases of (id, token). Per job: 1 extended, 0 lost, 2 cancel asked, 3 deadline reached."""
        argv: list[Any] = [worker, lease]
        for job_id, token in held:
            argv += [job_id, token]
        return [int(code) for code in self.call("extend", *argv)[1]]

    def checkpoint(self, worker: str, job_id: str, token: int, cursor: bytes) -> bool:
        """Keep a cursor for the job's next attempt; False when the lease is lost."""
        return bool(self.call("checkpoint", worker, job_id, token, cursor))

    def tick(self, limit: int = 100, min_gap: int = 0) -> Ticked:
        """Promote due jobs, reap expired leases, trim; does nothing within `min_gap` ms of the last tick."""
        now, promoted, reaped, trimmed, due, left, more = self.call("tick", limit, min_gap)
        return Ticked(int(now), int(promoted), int(reaped), int(trimmed), int(due), int(left), bool(more))

    def release_lost(self, worker: str, known: Iterable[str]) -> int:
        """Give back leases of this worker it does not know of (a claim's reply was lost). Returns how many."""
        return int(self.call("release_lost", worker, *known))

    def pause(self) -> None:
        """Stop handing out jobs."""
        self.call("pause")

    def resume(self) -> None:
        """Hand out jobs again."""
        self.call("resume")

    def configure(self, **fields: int | str) -> None:
        """Set fields of the queue's `meta` hash, as named in docs/redis-data.md."""
        self.call("configure", *[part for item in fields.items() for part in item])

    def control_job(self, verb: str, job_id: str, *args: str | bytes) -> tuple[bool, str]:
        """One of JOB_VERBS on one job; edit takes the new payload and, if wanted, the error detail
        that replaces the old one, and what was seen of the job as `<ds>.<ed>` of its record.

        `undo` takes a requeue back, of a job that has not started since.

        Returns (changed, state letter | `missing` | `conflict` | `requested` | `never` | `started` | `other`): `never`
        and `started` refuse an undo (not requeued, or run since), `other` an edit (it is not as it was seen).
        """
        if verb not in JOB_VERBS:
            raise ValueError(f"{verb!r} is nothing to do with a job: use {', '.join(JOB_VERBS)}")
        changed, state = self.call(verb, job_id, *args)
        return bool(changed), text(state)

    def move(self, job_id: str, target: str) -> tuple[bool, str]:
        """Take a dead letter, with all that is kept of it, to the end of another queue, where it is pending.

        The other queue has the same server and namespace; it need not exist yet. One atomic step.

        Returns:
            (changed, `p` | its state letter | `missing` | `same` queue | `exists` or `conflict` in the other queue: it
            holds a job of that id, or another job holds the unique key there).

        Raises:
            OtherSlot: on a cluster, the queues lie in different slots.
        """
        other = keys.QueueKeys.of(target, self.namespace).meta
        try:
            changed, state = self.call("move", job_id, others=[other])
        except redis.exceptions.ClusterCrossSlotError as error:
            raise OtherSlot(
                f"queues {self.name} and {target} lie in different slots of the cluster: no step reaches both"
            ) from error
        return bool(changed), text(state)

    def control_operation(self, operation: str, verb: Literal["pause", "resume", "cancel"]) -> str:
        """Pause, resume or cancel an operation; returns its state, `missing` when unknown."""
        return text(self.call("steer", operation, verb))

    def bulk_start(
        self, operation: str, kind: OperationKind, source: str, *, fingerprint: str = "", low: str = "0",
        high: str = "", rate: int = 0, canary: int = 0, stop_after_refailed: int = 0, as_of: int | None = None,
        frozen: int | None = None,
    ) -> bool:  # fmt: skip
        """Record an operation over `source` (`df:<fp> | pend | sch | rty | os:<op> | tr:<op> | oq:<op>`).

        Args:
            low, high: clock bounds, low exclusive, high inclusive; empty high means now.
            rate: jobs per second, 0 without limit.
            canary: jobs to requeue first; the rest follow when they succeeded, 0 for none.
            stop_after_refailed: stop when so many requeued jobs failed again, 0 never.
            as_of: unix ms; a purge of waiting jobs leaves those that came later; None means now.
            frozen: clock; dead letters that an undo or a restore brought back later are left; None means now.

        Returns:
            False when an operation of that id exists already.
        """
        argv = (operation, kind, source, fingerprint, low, high, rate, canary, stop_after_refailed)
        return bool(self.call("bulk_start", *argv, *("" if each is None else each for each in (as_of, frozen))))

    def bulk(self, operation: str, limit: int = 100, *, noted: bool = False) -> BulkStep:
        """Do one bounded step of an operation (at most 100 jobs); `noted` keeps a list of those that were moved."""
        done, skipped, state, total = self.call("bulk", operation, limit, "1" if noted else "")
        return BulkStep(int(done), int(skipped), text(state), int(total))

    def dead_page(self, before: str = "+inf", limit: int = 50, type: str = "") -> list[DeadRow]:
        """One page of all dead letters, newest first, before a score (exclusive)."""
        flat = self.call("dead_page", before, limit, type)[1]
        return [DeadRow(int(flat[i]), text(flat[i + 1]), text(flat[i + 2])) for i in range(0, len(flat), 3)]

    def sample_errors(self, fingerprint: str, count: int = 5, most_bytes: int = 131_072) -> list[bytes]:
        """Stored error details of a group, of its oldest jobs that have one; at most 5."""
        return [bytes(each) for each in self.call("sample_errors", fingerprint, count, most_bytes)]

    def stats(self) -> list[Any]:
        """Raw reply of the stats script; see `queue_core.stats` for the meaning."""
        return cast("list[Any]", self.call("stats"))
