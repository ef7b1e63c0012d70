"""Workers and schedulers of the real RQ in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[3]
WORK = """
import sys, redis, rq
connection = redis.Redis.from_url(sys.argv[1])
queues = [rq.Queue(name, connection=connection) for name in sys.argv[3:]]
rq.Worker(queues, name=sys.argv[2], connection=connection).work(logging_level="ERROR")
"""


@contextmanager
def program(text: str, *words: str, prefix: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A Python process that can import these tests; it and its children end with the block."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **({"RQ_KEY_PREFIX": prefix} if prefix else {})}
    process = subprocess.Popen(
        [sys.executable, "-c", text, *words], cwd=ROOT, env=surroundings, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        for child in [*children(process), process.pid]:
            kill(child)
        process.wait()


@contextmanager
def worker(url: str, name: str, *queues: str, prefix: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A worker of RQ."""
    with program(WORK, url, name, *queues, prefix=prefix) as process:
        yield process


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """Work horses: each leads a process group of its own."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in listed.stdout.split()]


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
