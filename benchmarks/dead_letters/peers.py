"""rq-dashboard and bull-board with as many failed jobs, each installed into a folder outside the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.dead_letters.browser import Browser, rate, timed
from benchmarks.dead_letters.cost import Meter
from benchmarks.dead_letters.latency import quantile
from benchmarks.dead_letters.processes import stop
from queue_core.connection import connect
from tests.conftest import RealServer, free_port

FILES = Path(__file__).parents[1] / "peers"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "redrive-benchmarks"


@dataclass(frozen=True, slots=True)
class Listed:
    """One list of a peer: p50 and p99 in milliseconds, commands sent, and requests per second of 8 clients."""

    name: str
    p50: float
    p99: float
    commands: int | None
    rate: float | None = None


class NotMeasured(Exception):
    """The peer could not be installed or started; the text says why."""


def bull_board(jobs: int, requests: int) -> tuple[list[Listed], float]:
    """Its failed list as JSON, of 10 (its own number) and of 50 jobs, then retry-all: lists and jobs per second."""
    install(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(CACHE / "bull-board")], _node_files)
    command = ["node", str(CACHE / "bull-board" / "bull_board.mjs")]
    base = "/api/queues?activeQueue=bench&status=failed&jobsPerPage="
    with _Peer(command, jobs) as peer:
        lists = []
        for size in (10, 50):
            middle = jobs // size // 2
            places = [(f"{base}{size}&page=1", "first"), (f"{base}{size}&page={middle}", "middle")]
            lists += [peer.listed(f"bull-board JSON, {where} {size}", path, requests) for path, where in places]
        started = time.perf_counter()
        peer.browser.send("PUT", "/api/queues/bench/retry/failed")
        return lists, jobs / (time.perf_counter() - started)


def rq_dashboard(jobs: int, requests: int) -> list[Listed]:
    """Its failed list as JSON, first and middle page; the middle one, which reads half of the list, is asked once."""
    python = CACHE / "rq-dashboard" / "bin" / "python"
    if not python.exists():
        install([sys.executable, "-m", "venv", str(python.parents[1])])
    install([str(python), "-m", "pip", "install", "--quiet", "--requirement", str(FILES / "rq-requirements.txt")])
    base = "/0/data/jobs/bench/failed/10/dsc/"
    with _Peer([str(python), str(FILES / "rq_board.py")], jobs) as peer:
        return [
            peer.listed("rq-dashboard JSON, first 10", f"{base}1.json", max(3, requests // 3)),
            peer.listed("rq-dashboard JSON, middle 10", f"{base}{jobs // 20}.json", 1, crowd=False),
        ]


class _Peer:
    """A peer's server on a Valkey of its own; its program fills the queue, then says `ready`."""

    def __init__(self, command: Sequence[str], jobs: int) -> None:
        self.server = RealServer("--appendonly", "no").start()
        self.port = free_port()
        self.browser = Browser(self.port, timeout=600)
        environment = {**os.environ, "PORT": str(self.port), "REDIS_PORT": str(self.server.port), "JOBS": str(jobs)}
        self.process = subprocess.Popen(
            list(command), env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self) -> _Peer:
        for line in self.process.stdout or ():
            if line.strip() == "ready":
                return self
        self.__exit__()
        raise NotMeasured("its server ended before it answered")

    def __exit__(self, *_: object) -> None:
        self.browser.close()
        stop(self.process)
        self.server.close()

    def listed(self, name: str, path: str, requests: int, *, crowd: bool = True) -> Listed:
        if crowd:
            self.browser.get(path)
        meter = Meter(connect(self.server.url, timeout=600))
        commands = meter.one(partial(self.browser.get, path), lambda: None).sent if crowd else None
        times = sorted(timed(self.browser, path) for _ in range(requests))
        many = rate(self.port, [path], 8, 3.0) if crowd else None
        return Listed(name, quantile(times, 0.5), quantile(times, 0.99), commands, many)


def install(command: Sequence[str], prepare: Any = None) -> None:
    """Run an installer, quietly. Raises NotMeasured."""
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
        if prepare:
            prepare()
        done = subprocess.run(list(command), capture_output=True, text=True, check=False, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotMeasured(f"{command[0]}: {error}") from error
    if done.returncode:
        raise NotMeasured(f"{' '.join(command[:3])}: {(done.stderr or done.stdout).strip()[-300:]}")


def _node_files() -> None:
    folder = CACHE / "bull-board"
    folder.mkdir(exist_ok=True)
    for name in ("package.json", "bull_board.mjs"):
        shutil.copy(FILES / name, folder / name)
