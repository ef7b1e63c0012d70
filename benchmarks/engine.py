"""Enqueue and drain on a real Valkey, as ratios to PING in the same run: `python -m benchmarks.engine`."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from queue_core.connection import connect
from queue_core.engine import Engine, NewJob, Outcome
from tests.conftest import RealServer

JOBS = 5_000
PAYLOAD = b'j{"to":"user@example.com","body":"' + b"x" * 150 + b'"}'
BATCH = 50


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Print one table; every rate is given in jobs per second and as a ratio to PING round trips per second."""
    server = RealServer("--appendonly", "no").start()
    client = connect(server.url)
    engine = Engine(client, "bench")
    job = [NewJob(id=f"job-{i}", type="bench.noop", payload=PAYLOAD) for i in range(2 * JOBS)]

    def one_by_one() -> None:
        for each in job[:JOBS]:
            engine.enqueue([each])

    def in_batches() -> None:
        for start in range(JOBS, 2 * JOBS, BATCH):
            engine.enqueue(job[start : start + BATCH])

    def drain() -> None:
        claims = engine.settle("bench", claim=BATCH).claims
        while claims:
            claims = engine.settle("bench", [Outcome("s", c.id, c.token) for c in claims], claim=BATCH).claims

    ping = JOBS / timed(lambda: [client.ping() for _ in range(JOBS)])
    rows = {
        "enqueue, one call a job": JOBS / timed(one_by_one),
        f"enqueue, {BATCH} a call": JOBS / timed(in_batches),
        f"claim and complete, {BATCH} a call": 2 * JOBS / timed(drain),
    }
    table = Table("", "jobs/s", "ratio to PING/s", title=f"{JOBS:,} jobs of {len(PAYLOAD)} bytes; PING {ping:,.0f}/s")
    for name, rate in rows.items():
        table.add_row(name, f"{rate:,.0f}", f"{rate / ping:.2f}")
    Console().print(table)
    server.close()


if __name__ == "__main__":
    main()
