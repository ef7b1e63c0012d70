"""Every Redis key of the library, with its type; nothing else formats a key."""

from __future__ import annotations

import re
from dataclasses import dataclass

from queue_core.errors import InvalidJob

QUEUE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,48}\Z")
JOB_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}\Z")


def check_queue_name(name: str) -> str:
    """Return `name` when it is a valid queue name, else raise InvalidJob."""
    if not QUEUE_NAME.match(name):
        raise InvalidJob(f"queue name {name!r}: use 1 to 48 of letters, digits, '_', '.' and '-'")
    return name


def check_job_id(job_id: str) -> str:
    """Return `job_id` when it is a valid job id, else raise InvalidJob."""
    if not JOB_ID.match(job_id):
        raise InvalidJob(f"job id {job_id!r}: use 1 to 64 of letters, digits, '_', '.', ':' and '-'")
    return job_id


def queues(namespace: str = "") -> str:
    """SET of queue names, added to by producers and agents."""
    return f"{namespace}queues"


def workers(namespace: str = "") -> str:
    """ZSET worker id -> until when it counts as alive (unix seconds)."""
    return f"{namespace}workers"


def worker(worker_id: str, namespace: str = "") -> str:
    """HASH, one worker's report; expires ten minutes after the last heartbeat, so that a lost one can be shown."""
    return f"{namespace}worker:{worker_id}"


@dataclass(frozen=True, slots=True)
class QueueKeys:
    """Keys of one queue; all share the hash tag, so they lie in one cluster slot."""

    prefix: str

    @classmethod
    def of(cls, name: str, namespace: str = "") -> QueueKeys:
        return cls(f"{namespace}{{q:{check_queue_name(name)}}}:")

    def _at(self, suffix: str) -> str:
        return self.prefix + suffix

    @property
    def meta(self) -> str:
        """HASH: configuration, clock, fence, pause, limits."""
        return self._at("meta")

    @property
    def pending(self) -> str:
        """ZSET id -> order score."""
        return self._at("pend")

    @property
    def leases(self) -> str:
        """ZSET id -> end of lease (unix ms)."""
        return self._at("lease")

    @property
    def scheduled(self) -> str:
        """ZSET id -> run at (unix ms)."""
        return self._at("sch")

    @property
    def retrying(self) -> str:
        """ZSET id -> run at (unix ms)."""
        return self._at("rty")

    @property
    def succeeded(self) -> str:
        """ZSET id -> clock at the end."""
        return self._at("ok")

    @property
    def cancelled(self) -> str:
        """ZSET id -> clock at the end."""
        return self._at("cx")

    @property
    def wake(self) -> str:
        """LIST of wake tokens, at most 8."""
        return self._at("wake")

    @property
    def counters(self) -> str:
        """HASH of totals."""
        return self._at("c")

    @property
    def matrix(self) -> str:
        """HASH 'type|state' -> count."""
        return self._at("tn")

    @property
    def dead(self) -> str:
        """ZSET id -> clock at death: the dead letters of all error groups."""
        return self._at("dead")

    @property
    def group_counts(self) -> str:
        """ZSET fingerprint -> dead letters."""
        return self._at("dfc")

    @property
    def group_last(self) -> str:
        """ZSET fingerprint -> clock of the last death."""
        return self._at("dfl")

    @property
    def operations(self) -> str:
        """ZSET operation id -> started (unix ms), the unfinished ones."""
        return self._at("ops")

    @property
    def requeues(self) -> str:
        """ZSET operation id -> last looked at (unix ms): the requeues that may still be undone."""
        return self._at("oql")

    @property
    def schedules(self) -> str:
        """ZSET schedule name -> next instant (unix ms); 0 while it is paused, 9e15 for none."""
        return self._at("cr")

    def schedule(self, name: str) -> str:
        """HASH: one schedule's trigger, definition and payload, what it fired last, and its counts."""
        return self._at(f"cr:{name}")

    def schedule_runs(self, name: str) -> str:
        """HASH job id -> when and how it was fired, and how it ended: the newest 20 of a schedule."""
        return self._at(f"crh:{name}")

    def job(self, job_id: str) -> str:
        """HASH: one job's record."""
        return self._at(f"j:{job_id}")

    def payload(self, job_id: str) -> str:
        """STRING: codec byte and payload."""
        return self._at(f"p:{job_id}")

    def error(self, job_id: str) -> str:
        """STRING: compressed error detail with history."""
        return self._at(f"e:{job_id}")

    def result(self, job_id: str) -> str:
        """STRING: encoded result."""
        return self._at(f"r:{job_id}")

    def checkpoint(self, job_id: str) -> str:
        """STRING: cursor kept for the next attempt."""
        return self._at(f"k:{job_id}")

    def edits(self, job_id: str) -> str:
        """STRING: arguments before each edit, newest first."""
        return self._at(f"b:{job_id}")

    def unique(self, key: str) -> str:
        """STRING: id of the job that holds a unique key."""
        return self._at(f"u:{key}")

    def tombstone(self, job_id: str) -> str:
        """STRING: this id was used and its job is gone already; expires within 15 s."""
        return self._at(f"t:{job_id}")

    def group(self, fingerprint: str) -> str:
        """ZSET id -> clock at death: one error group's dead letters."""
        return self._at(f"df:{fingerprint}")

    def group_detail(self, fingerprint: str) -> str:
        """HASH: what one error group is about."""
        return self._at(f"dfm:{fingerprint}")

    def minute(self, minute: int) -> str:
        """HASH of one minute's counters (unix minutes)."""
        return self._at(f"m:{minute}")

    def types(self, stretch: int) -> str:
        """HASH of what jobs did by type in ten minutes (unix minutes / 10)."""
        return self._at(f"y:{stretch}")

    def operation(self, operation_id: str) -> str:
        """HASH: one operation's record in this queue."""
        return self._at(f"op:{operation_id}")

    def selection(self, operation_id: str) -> str:
        """ZSET id -> clock at death: an explicit selection to be worked off."""
        return self._at(f"os:{operation_id}")

    def trash(self, operation_id: str) -> str:
        """ZSET id -> clock of the purge: restorable jobs."""
        return self._at(f"tr:{operation_id}")

    @property
    def trashes(self) -> str:
        """ZSET operation id -> when its oldest job was purged, or earlier (unix ms): the trashes that are not empty."""
        return self._at("trl")

    def requeued(self, operation_id: str) -> str:
        """ZSET id -> clock at death: requeued by an operation and not started yet."""
        return self._at(f"oq:{operation_id}")
