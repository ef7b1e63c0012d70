"""Names of SAQ's keys, and its queues."""

from __future__ import annotations

import re
from dataclasses import dataclass

PREFIX = "saq"
_OWN = re.compile(r"(.+):(?:queued|active|incomplete|stats|sweep|schedule|worker_info:[^:]+)")


@dataclass(frozen=True, slots=True)
class Names:
    """Keys by their prefix, which SAQ itself does not let change."""

    prefix: str = PREFIX

    def job(self, queue: str, key: str) -> str:
        """STRING, a job in JSON; this name is also the job's id in the queue's keys."""
        return f"{self.prefix}:job:{queue}:{key}"

    def queued(self, queue: str) -> str:
        """LIST of what waits, the next one first."""
        return f"{self.prefix}:{queue}:queued"

    def active(self, queue: str) -> str:
        """LIST of what runs."""
        return f"{self.prefix}:{queue}:active"

    def incomplete(self, queue: str) -> str:
        """ZSET of all that has not ended, by the second at which it is to run, 0 for at once."""
        return f"{self.prefix}:{queue}:incomplete"

    def stats(self, queue: str) -> str:
        """ZSET of the keys of what workers tell of themselves, by the millisecond until which they count as there."""
        return f"{self.prefix}:{queue}:stats"

    def abort(self, key: str) -> str:
        """STRING that keeps a job from being enqueued while it is aborted."""
        return f"{self.prefix}:abort:{key}"

    def key_of(self, queue: str, job_id: str) -> str:
        """A job's key by its id in the queue's keys."""
        return job_id.removeprefix(self.job(queue, ""))

    def queue_of(self, key: str) -> str | None:
        """The queue that a key belongs to; None where a colon in it leaves that open."""
        rest = key.removeprefix(f"{self.prefix}:")
        if rest == key or rest.startswith("abort:"):
            return None
        if not rest.startswith("job:"):
            told = _OWN.fullmatch(rest)
            return told[1] if told else None
        queue, found, more = rest[4:].replace(":cron:", ":cron.").partition(":")
        return queue if found and ":" not in more else None
