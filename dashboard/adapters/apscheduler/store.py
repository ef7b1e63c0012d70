"""One job store of APScheduler: its two keys, its scripts, and its errors as the contract names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.server import Server

OPTIONS = ("jobs_key", "run_times_key")
JOBS_KEY = "apscheduler.jobs"
RUN_TIMES_KEY = "apscheduler.run_times"
MOST_BYTES = 262_144
"""Of a job that is read; larger ones are told by their size."""

Read = tuple[bytes, int, float | None]
"""A job as it lies there: its bytes, how many there are, and when it is due (unix seconds)."""


class Store(Server):
    """A lazily connecting client of one job store.

    Args:
        source: the source's name, for messages.
        url: Redis URL.
        timeout: seconds for connecting and for each reply.
        own: the source's options: `jobs_key` and `run_times_key`, as the application gives them to its RedisJobStore.
    """

    def __init__(self, source: str, url: str, timeout: float, own: dict[str, Any]) -> None:
        super().__init__(source, url, timeout, "dashboard.adapters.apscheduler")
        self.jobs = str(own.get("jobs_key") or JOBS_KEY)
        self.run_times = str(own.get("run_times_key") or _run_times(self.jobs))
        self.wishes = f"{self.jobs}:redrive"
        self.name = self.jobs.removesuffix(".jobs") or self.jobs

    def read(self, ids: Sequence[bytes]) -> list[Read]:
        """Some jobs, in one command; of size 0 when there is none of that id."""
        if not ids:
            return []
        found = self.run("read", (self.jobs, self.run_times), (MOST_BYTES, *ids))
        return [(bytes(raw), int(size), float(score) if score else None) for raw, size, score in found]


def _run_times(jobs_key: str) -> str:
    """The key that belongs to a jobs key by usage, when only that is named."""
    return f"{jobs_key.removesuffix('.jobs')}.run_times" if jobs_key.endswith(".jobs") else RUN_TIMES_KEY
