"""Requeue all without a rate, by a collector process, while another process sends a PING every 5 ms."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from benchmarks.dead_letters import latency, processes
from benchmarks.dead_letters.latency import Latency
from benchmarks.dead_letters.stand import Stand
from benchmarks.resting import rest

IDLE_SECONDS = 3.0
REASON = "The cause is repaired; all of them again"


@dataclass(frozen=True, slots=True)
class Requeued:
    """What the requeue of all took; memory of the collector in bytes.

    cpu: seconds of processor time of the collector.
    """

    jobs: int
    seconds: float
    cpu: float
    idle: Latency
    loaded: Latency
    memory_start: int
    memory_most: int
    memory_end: int

    @property
    def rate(self) -> float:
        """Jobs per second."""
        return self.jobs / self.seconds


def measure(stand: Stand) -> Requeued:
    """Requeue every dead letter of the stand. Raises RuntimeError when not all were requeued."""
    quiet = latency.begin(stand.server.port)
    rest(IDLE_SECONDS)
    idle = latency.end(quiet)
    collector = processes.python("dashboard", "collector", "--redis", stand.server.url)
    try:
        rest(IDLE_SECONDS)
        return _requeued(stand, collector.pid, idle)
    finally:
        processes.stop(collector)


def _requeued(stand: Stand, collector: int, idle: Latency) -> Requeued:
    memory, cpu = [processes.memory_bytes(collector)], processes.cpu_seconds(collector)
    asking = latency.begin(stand.server.port)
    time.sleep(0.3)
    started = time.perf_counter()
    body = {"action": "requeue", "selector": {}, "all": True, "reason": REASON}
    address = f"/api/v1/operations/{json.loads(stand.browser.send('POST', '/api/v1/operations', body))['id']}"
    operation: dict[str, Any] = {}
    while operation.get("state") not in ("done", "stopped", "cancelled"):
        time.sleep(0.2)
        memory.append(processes.memory_bytes(collector))
        operation = json.loads(stand.browser.get(address))
    seconds = time.perf_counter() - started
    loaded = latency.end(asking)
    if operation["done"] != stand.jobs:
        raise RuntimeError(f"{operation['done']:,} of {stand.jobs:,} jobs were requeued: {operation}")
    return Requeued(
        stand.jobs, seconds, processes.cpu_seconds(collector) - cpu, idle, loaded, memory[0], max(memory), memory[-1]
    )
