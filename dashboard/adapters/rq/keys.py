"""Names of RQ's keys below its prefix: `rq`, or what RQ 3 has in RQ_KEY_PREFIX."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """Key names of one RQ; queue names and job ids may hold any characters."""

    prefix: str = "rq"

    @property
    def queues(self) -> str:
        """SET of the list keys of all queues ever used."""
        return f"{self.prefix}:queues"

    @property
    def workers(self) -> str:
        """SET of the hash keys of all workers; dead ones stay for a time."""
        return f"{self.prefix}:workers"

    @property
    def suspended(self) -> str:
        """STRING; while it exists no worker of the database takes a job."""
        return f"{self.prefix}:suspended"

    @property
    def cron_schedulers(self) -> str:
        """ZSET of cron schedulers by their last heartbeat."""
        return f"{self.prefix}:cron_schedulers"

    def queue(self, name: str) -> str:
        """LIST of waiting jobs' ids, the next one first."""
        return f"{self.prefix}:queue:{name}"

    def worker(self, name: str) -> str:
        """HASH of a worker."""
        return f"{self.prefix}:worker:{name}"

    def channel(self, worker: str) -> str:
        """Channel on which a worker hears commands."""
        return f"{self.prefix}:pubsub:{worker}"

    def registry(self, name: str, queue: str) -> str:
        """ZSET of a queue's jobs in one state: `wip`, `failed`, `finished`, `scheduled`, `deferred` or `canceled`."""
        return f"{self.prefix}:{name}:{queue}"

    def job(self, job_id: str) -> str:
        """HASH of a job."""
        return f"{self.prefix}:job:{job_id}"

    def dependents(self, job_id: str) -> str:
        """SET of the jobs that wait for a job."""
        return f"{self.prefix}:job:{job_id}:dependents"

    def results(self, job_id: str) -> str:
        """STREAM of how the runs of a job ended."""
        return f"{self.prefix}:results:{job_id}"

    def cron_scheduler(self, name: str) -> str:
        """HASH of a cron scheduler."""
        return f"{self.prefix}:cron_scheduler:{name}"
