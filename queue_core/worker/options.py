"""How a worker runs: everything the command line can say."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from queue_core.errors import InvalidJob
from queue_core.keys import check_queue_name
from queue_core.worker import executors

ExecutorName = Literal["process", "thread", "asyncio", "inline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """Times in seconds.

    Args:
        queues: names with their weights: how often each is asked first.
        executor: how jobs run. concurrency: jobs at once for each of `processes`.
        burst: end when nothing is pending.
        drain: how long running jobs may go on after SIGTERM.
        lease: how long the server waits for a heartbeat; heartbeats come three times as often.
        kill_grace: between asking a job to stop and stopping it.
        cancel_grace: the same for one that was cancelled.
        tick: between rounds of housekeeping. report: between entries in the registry.
        jobs_per_child: a child is replaced after so many jobs; 0 never.
        any_eviction_policy: start although Redis may evict keys, and so lose jobs.
    """

    queues: Mapping[str, int] = field(default_factory=lambda: {"default": 1})
    executor: ExecutorName = "process"
    concurrency: int = max(2, os.cpu_count() or 2)
    processes: int = 1
    burst: bool = False
    drain: float = 25.0
    lease: float = 15.0
    kill_grace: float = 1.0
    cancel_grace: float = 5.0
    tick: float = 1.0
    report: float = 5.0
    jobs_per_child: int = 0
    any_eviction_policy: bool = False

    def __post_init__(self) -> None:
        if not self.queues:
            raise InvalidJob("a worker needs at least one queue")
        for name, weight in self.queues.items():
            check_queue_name(name)
            if not 1 <= weight <= 1000:
                raise InvalidJob(f"queue {name} has weight {weight}: use 1 to 1000")
        if self.executor not in executors.NAMES:
            raise InvalidJob(f"executor {self.executor!r}: use one of {', '.join(executors.NAMES)}")
        if not (1 <= self.concurrency <= 1000 and 1 <= self.processes <= 1000) or self.lease <= 0:
            raise InvalidJob("concurrency and processes are 1 to 1000, the lease is above 0")
