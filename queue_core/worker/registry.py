"""What each worker tells about itself, so that dashboards can show it.

`<namespace>workers` is a sorted set: worker id -> unix seconds until which the worker counts as alive. The hash
`<namespace>worker:<id>` has, as text: `host pid version library executor queues` (JSON list) `slots busy jobs` (JSON
list of `{"id", "queue", "type", "started"}`, at most 50) `rss` (bytes, children included; left out where the system
does not tell) `done failed` (jobs that succeeded, attempts that failed) `lease` (seconds after which its jobs are taken
back) `started heartbeat` (unix seconds) `stopping` (0 or 1). A worker that ends well removes both; one that vanishes
stays visible as lost for ten minutes.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from queue_core import keys
from queue_core.connection import Client, mapped_errors
from queue_core.worker.run import Run

ALIVE_SECONDS = 15
KEPT_SECONDS = 600
MAX_JOBS = 50


@dataclass(frozen=True, slots=True)
class Report:
    """One heartbeat's content."""

    runs: tuple[Run, ...]
    slots: int
    pids: tuple[int, ...]
    stopping: bool = False
    done: int = 0
    failed: int = 0


class Registry:
    """One worker's entry.

    Args:
        client: a client that returns bytes. worker: its id. version: of the application. queues: their names.
        lease: seconds.
    """

    def __init__(
        self,
        client: Client,
        worker: str,
        *,
        namespace: str,
        version: str,
        queues: Iterable[str],
        executor: str,
        lease: float = 15.0,
    ) -> None:
        self._client, self._worker, self._namespace = client, worker, namespace
        self._queues = list(queues)
        self._fixed = {
            "host": socket.gethostname(), "pid": str(os.getpid()), "version": version, "library": library_version(),
            "executor": executor, "queues": json.dumps(self._queues), "lease": f"{lease:g}",
        }  # fmt: skip

    def report(self, report: Report) -> None:
        """Write the entry, make the queues known, and forget workers that are long gone.

        Raises:
            ServerUnavailable, ServerFull: nothing, or only a part, was written.
        """
        with mapped_errors():
            seconds, micros = self._client.time()  # the server's clock: who reads this compares with it
        now = seconds + micros / 1e6
        self._fixed.setdefault("started", f"{now:.3f}")
        changing = {
            "slots": str(report.slots), "busy": str(len(report.runs)), "heartbeat": f"{now:.3f}",
            "jobs": json.dumps([_shown(run) for run in report.runs[:MAX_JOBS]]), "done": str(report.done),
            "failed": str(report.failed), "stopping": str(int(report.stopping)),
        }  # fmt: skip
        if (bytes_used := memory(report.pids)) is not None:
            changing["rss"] = str(bytes_used)
        own, everyone = keys.worker(self._worker, self._namespace), keys.workers(self._namespace)
        pipe = self._client.pipeline(transaction=False)
        pipe.hset(own, items=[part for item in (self._fixed | changing).items() for part in item])
        pipe.expire(own, KEPT_SECONDS)
        pipe.zadd(everyone, {self._worker: int(now) + ALIVE_SECONDS})
        pipe.zremrangebyscore(everyone, "-inf", int(now) - KEPT_SECONDS)
        pipe.sadd(keys.queues(self._namespace), *self._queues)
        with mapped_errors():
            pipe.execute()

    def leave(self) -> None:
        """Remove the entry.

        Raises:
            ServerUnavailable: Redis does not answer; the entry ends by itself.
        """
        with mapped_errors():
            self._client.delete(keys.worker(self._worker, self._namespace))
            self._client.zrem(keys.workers(self._namespace), self._worker)


def _shown(run: Run) -> dict[str, object]:
    return {"id": run.claim.id, "queue": run.queue, "type": run.claim.type, "started": round(run.started, 3)}


def library_version() -> str:
    """Version of the installed distribution, empty when it is not installed."""
    with suppress(PackageNotFoundError):
        return version("redrive")
    return ""


def memory(pids: Iterable[int]) -> int | None:
    """Resident bytes of processes together; those that have ended count 0. None where the system does not tell."""
    if not Path("/proc/self/statm").exists():
        return None
    total = 0
    for pid in pids:
        with suppress(OSError, ValueError, IndexError):
            total += int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total
