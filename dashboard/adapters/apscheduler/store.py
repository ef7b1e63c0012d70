"""One job store of APScheduler: its two keys, its scripts, and its errors as the contract names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import redis
from redis.commands.core import Script

from dashboard.adapters.contract import AdapterError, Load, SourceUnavailable
from dashboard.store import script_source
from queue_core.connection import Client, connect, mapped_errors
from queue_core.errors import ServerFull, ServerUnavailable

OPTIONS = ("jobs_key", "run_times_key")
JOBS_KEY = "apscheduler.jobs"
RUN_TIMES_KEY = "apscheduler.run_times"
MOST_BYTES = 262_144
"""Of a job that is read; larger ones are told by their size."""

Read = tuple[bytes, int, float | None]
"""A job as it lies there: its bytes, how many there are, and when it is due (unix seconds)."""


class Store:
    """A lazily connecting client of one job store.

    Args:
        source: the source's name, for messages.
        url: Redis URL.
        timeout: seconds for connecting and for each reply.
        own: the source's options: `jobs_key` and `run_times_key`, as the application gives them to its RedisJobStore.
    """

    def __init__(self, source: str, url: str, timeout: float, own: dict[str, Any]) -> None:
        self.source = source
        self.jobs = str(own.get("jobs_key") or JOBS_KEY)
        self.run_times = str(own.get("run_times_key") or _run_times(self.jobs))
        self.wishes = f"{self.jobs}:redrive"
        self.name = self.jobs.removesuffix(".jobs") or self.jobs
        self.client: Client = connect(url, timeout=timeout, client_name="redrive")
        self._scripts: dict[str, Script] = {}

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raise what goes wrong inside as SourceUnavailable or AdapterError."""
        try:
            with mapped_errors():
                yield
        except ServerUnavailable as error:
            raise SourceUnavailable(f"source {self.source}: {error}") from error
        except (redis.RedisError, ServerFull) as error:
            raise AdapterError(f"source {self.source}: {error}") from error

    def run(self, name: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run one script of `lua/`; all of it happens, or nothing."""
        if name not in self._scripts:
            self._scripts[name] = self.client.register_script(script_source("adapters.apscheduler", name))
        with self.errors():
            return self._scripts[name](keys=list(keys), args=list(args))

    def read(self, ids: Sequence[bytes]) -> list[Read]:
        """Some jobs, in one command; of size 0 when there is none of that id."""
        if not ids:
            return []
        found = self.run("read", (self.jobs, self.run_times), (MOST_BYTES, *ids))
        return [(bytes(raw), int(size), float(score) if score else None) for raw, size, score in found]

    def load(self) -> Load:
        """How full the server's memory is."""
        with self.errors():
            told: Any = self.client.info("memory")
        return Load(int(told.get("used_memory", 0)), int(told.get("maxmemory", 0)) or None)


def _run_times(jobs_key: str) -> str:
    """The key that belongs to a jobs key by usage, when only that is named."""
    return f"{jobs_key.removesuffix('.jobs')}.run_times" if jobs_key.endswith(".jobs") else RUN_TIMES_KEY
