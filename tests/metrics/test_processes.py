"""Every gunicorn worker of a real `redrive serve` tells the same, and so does the next server."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.background import Jobs
from tests.cli.commands import start, stop_everything, wait_for
from tests.conftest import free_port
from tests.waiting import PATIENCE


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    stop_everything(tmp_path)


def children(pid: int) -> list[int]:
    """Ids of the processes that one started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def web_workers(pid: int) -> list[int]:
    """The two workers below gunicorn's own process."""
    (found,) = [below for child in children(pid) if len(below := children(child)) == 2]
    return found


def scrape(port: int) -> str:
    """What is told of queues; how long it took, and when, are each process' own."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as reply:
        lines = reply.read().decode().splitlines()
    passing = ("redrive_scrape_duration_seconds", "redrive_queue_oldest_pending_seconds")
    return "\n".join(line for line in lines if not line.startswith(passing))


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """A process that does nothing meanwhile, so that another one has to answer."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_every_worker_and_the_next_server_tell_the_same(home: Path, redis_url: str) -> None:
    jobs = Jobs(redis_url)
    jobs.dead(3)
    jobs.pending(4)
    jobs.run("s", most=2)
    told = set()
    for _ in range(2):
        port = free_port()
        words = ("serve", "--port", str(port), "--redis", redis_url, "--workers", "2", "--no-collector")
        process = start(home, *words, REDRIVE_METRICS__JOB_TYPES="true")
        wait_for(process, home, f"http://127.0.0.1:{port}/healthz")
        for silent in web_workers(process.pid):
            with stopped(silent):
                told.add(scrape(port))
        process.terminate()
        assert process.wait(PATIENCE) == 0
    (text,) = told
    assert 'redrive_jobs_finished_total{outcome="succeeded",queue="mail",source="main"} 2' in text
    assert 'redrive_jobs_finished_total{outcome="failed",queue="mail",source="main"} 3' in text
    assert 'redrive_job_duration_seconds_count{queue="mail",source="main"} 2' in text
