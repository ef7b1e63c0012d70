"""What a scrape of `/metrics` costs with many queues and many jobs: `python -m benchmarks.scrape --help`."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

import click
from rich.console import Console
from rich.table import Table

from benchmarks.dead_letters import cost, processes
from benchmarks.dead_letters.browser import Browser, timed
from benchmarks.dead_letters.latency import quantile
from benchmarks.dead_letters.peers import CACHE, NotMeasured, install
from benchmarks.dead_letters.report import Report
from benchmarks.resting import rest
from queue_core import keys
from queue_core.connection import Client, connect
from queue_core.engine import Engine, NewJob, Outcome
from tests.conftest import RealServer, free_port

SHARED_SECONDS = 1.05
"""How long scrapes share one reading, and a little more."""
RAN = 64
"""Jobs of each queue that have run (at most half of them), so that its histograms and totals hold something."""
ENQUEUED_AT_ONCE = 448
MOST_RATIO = 1.25


@dataclass
class Target:
    """Who is scraped: its process and address, the Redis it reads, and the milliseconds it took.

    cpu: seconds of processor time of all its scrapes, in its own processes and in Redis.
    """

    name: str
    process: subprocess.Popen[str]
    browser: Browser
    client: Client
    server: RealServer
    cpu: list[float] = field(default_factory=lambda: [0.0, 0.0])
    times: list[float] = field(default_factory=list)
    asked: cost.Cost = field(default_factory=lambda: cost.Cost(0, 0, 0.0))
    size: int = 0

    def p(self, share: float) -> float:
        """A quantile of its times."""
        return quantile(sorted(self.times), share)

    def cpu_now(self) -> tuple[float, float]:
        """Processor time so far, of its own processes and of Redis."""
        redis = processes.cpu_seconds(self.server.process.pid) if self.server.process else 0.0
        return processes.cpu_seconds(self.process.pid), redis

    def scrape(self) -> None:
        """Once, and remember what it took."""
        before = self.cpu_now()
        self.times.append(timed(self.browser, "/metrics"))
        self.cpu = [had + now - then for had, now, then in zip(self.cpu, self.cpu_now(), before, strict=True)]

    def close(self) -> None:
        """Stop it."""
        self.browser.close()
        processes.stop(self.process)
        self.client.close()


@click.command()
@click.option("--queues", type=int, default=200, show_default=True)
@click.option("--jobs", "sizes", type=int, multiple=True, default=(10_000, 1_000_000), show_default=True)
@click.option("--scrapes", type=int, default=100, show_default=True, help="Of each, in turns, a second apart.")
@click.option("--peer/--no-peer", default=True, show_default=True, help="rq-exporter over as many RQ queues.")
@click.option("--small", is_flag=True, help="12 queues, 500 and 5,000 jobs, few scrapes.")
def main(*, queues: int, sizes: tuple[int, ...], scrapes: int, peer: bool, small: bool) -> None:
    """A scrape with few and with many jobs, and beside rq-exporter on the same Redis."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every process it started is stopped
    report = Report(Console(width=120))
    if small:
        queues, sizes, scrapes = 12, (500, 5_000), 4
    with ExitStack() as stack:
        targets = []
        for size in sorted(sizes):
            server = RealServer("--appendonly", "no").start()
            stack.callback(server.close)
            seconds = fill(server.url, queues, size)
            report.say(f"{size:,} jobs in {queues} queues filled in {seconds:.1f} s")
            targets.append(ours(server, f"redrive, {size:,} jobs"))
            stack.callback(targets[-1].close)
        if peer:
            with contextlib.suppress(NotMeasured):
                targets.append(theirs(server, queues))
                stack.callback(targets[-1].close)
        measure(targets, scrapes)
        tell(report, targets, queues, scrapes, measured=len(targets) - len(sizes))


def fill(url: str, queues: int, jobs: int) -> float:
    """Fill an empty server; returns seconds."""
    started = time.perf_counter()
    share, more = divmod(jobs, queues)
    work = [(url, f"queue-{number:03d}", share + (number < more)) for number in range(queues)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.starmap(fill_queue, work, chunksize=max(1, queues // 20))
    return time.perf_counter() - started


def fill_queue(url: str, name: str, jobs: int) -> None:
    """One queue: jobs by the engine's own scripts, some of them run; and an RQ queue of the same name and length."""
    client = connect(url, timeout=60)
    engine = Engine(client, name)
    client.sadd(keys.queues(), name)
    for start in range(0, jobs, ENQUEUED_AT_ONCE):
        numbers = range(start, min(start + ENQUEUED_AT_ONCE, jobs))
        engine.enqueue([NewJob(f"{name}-{n:07d}", "mail.send", b'j{"to": "someone"}', max_retries=0) for n in numbers])
    claims = engine.settle("bench", claim=min(RAN, jobs // 2), lease=600_000).claims
    outcomes = [
        Outcome("s", claim.id, claim.token)
        if place % 4
        else Outcome("p", claim.id, claim.token, fingerprint="f" * 16, message="ValueError: x")
        for place, claim in enumerate(claims)
    ]
    engine.settle("bench", outcomes, lease=600_000)
    client.sadd("rq:queues", f"rq:queue:{name}")
    for start in range(0, jobs, 1_000):
        client.rpush(f"rq:queue:{name}", *(f"{n:032x}" for n in range(start, min(start + 1_000, jobs))))
    for registry in ("finished", "failed"):
        client.zadd(f"rq:{registry}:{name}", {f"{n:032x}": 2e9 + n for n in range(RAN)})
    client.close()


def ours(server: RealServer, name: str) -> Target:
    """A dashboard over the queues of `queue_core` alone."""
    port = free_port()
    words = ("--source", f"main=queue_core:{server.url}", "--port", str(port), "--no-collector")
    return answering(
        Target(name, processes.python("dashboard", "serve", *words), Browser(port), client_of(server), server)
    )


def theirs(server: RealServer, queues: int) -> Target:
    """rq-exporter over as many RQ queues of the same Redis. Raises NotMeasured."""
    python = CACHE / "rq-exporter" / "bin" / "python"
    if not python.exists():
        install([sys.executable, "-m", "venv", str(python.parents[1])])
    install([str(python), "-m", "pip", "install", "--quiet", "rq-exporter>=3.1"])
    port = free_port()
    words = ["--host", "127.0.0.1", "--port", str(port), "--redis-url", server.url]
    process = subprocess.Popen(
        [str(python), "-m", "rq_exporter", *words], text=True, env=dict(os.environ),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return answering(Target(f"rq-exporter, {queues} queues", process, Browser(port), client_of(server), server))


def client_of(server: RealServer) -> Client:
    """A patient client."""
    return connect(server.url, timeout=60)


def answering(target: Target) -> Target:
    """The target, as soon as it can be scraped. Raises NotMeasured."""
    deadline = time.monotonic() + 60
    while target.process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            target.size = len(target.browser.get("/metrics"))
            return target
        target.browser.close()
        time.sleep(0.1)
    target.close()
    raise NotMeasured(f"{target.name} does not answer")


def measure(targets: Sequence[Target], scrapes: int) -> None:
    """Scrape all in turns, so that they see the same noise; no scrape shares its reading with the one before."""
    for target in targets:
        target.browser.get("/metrics")  # connections have rested, and ask first whether they still stand
        rest(SHARED_SECONDS)
        again = partial(_later, target)
        target.asked = cost.Meter(target.client).one(partial(target.browser.get, "/metrics"), again)
    for _ in range(scrapes):
        rest(SHARED_SECONDS)
        for target in targets:
            target.scrape()


def _later(target: Target) -> None:
    rest(SHARED_SECONDS)
    target.browser.get("/metrics")


def tell(report: Report, targets: Sequence[Target], queues: int, scrapes: int, *, measured: int) -> None:
    """The table, and whether each goal is met."""
    table = Table(
        "scrape",
        "p50 ms",
        "p99 ms",
        "CPU ms",
        "Redis CPU ms",
        "commands",
        "inside",
        "kB",
        title=f"{queues} queues, {scrapes} scrapes",
    )
    for each in targets:
        table.add_row(
            each.name, f"{each.p(0.5):.1f}", f"{each.p(0.99):.1f}",
            *(f"{used * 1_000 / scrapes:.1f}" for used in each.cpu),
            f"{each.asked.sent:,}", f"{each.asked.inside:,}", f"{each.size / 1_000:,.0f}",
        )  # fmt: skip
    report.console.print(table)
    own = targets[: len(targets) - measured]
    few, many = own[0], own[-1]
    ratio = many.p(0.5) / few.p(0.5)
    report.goal(ratio <= MOST_RATIO, f"p50 with the most jobs is {ratio:.2f}× that with the fewest")
    report.goal(
        many.asked.sent == few.asked.sent, f"{many.asked.sent} commands with the most, {few.asked.sent} with few"
    )
    if not measured:
        report.say("not measured: against rq-exporter")
        return
    other = targets[-1]
    for words, share in (("p50", 0.5), ("p99", 0.99)):
        ratio = many.p(share) / other.p(share)
        report.goal(ratio <= 1, f"{words} is {ratio:.2f}× rq-exporter's")
    ratio = sum(many.cpu) / sum(other.cpu)
    report.goal(ratio <= 1, f"processor time, Redis' included, is {ratio:.2f}× rq-exporter's")
    report.say(
        f"commands: {many.asked.sent} and {other.asked.sent:,}; samples are not the same, see docs/benchmarks.md"
    )


if __name__ == "__main__":
    main()
