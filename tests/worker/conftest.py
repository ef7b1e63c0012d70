"""The sample application on the test's own database, and workers for it."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator

import pytest

from queue_core import App, ReliableQueue
from tests.worker import sample_app
from tests.worker.processes import WorkerProcess


@pytest.fixture
def app(redis_url: str) -> App:
    """The sample application."""
    sample_app.app.redis = redis_url
    sample_app.app.__dict__.pop("client", None)
    sample_app.app._queues.clear()
    return sample_app.app


@pytest.fixture
def queue(app: App) -> ReliableQueue:
    """Its default queue."""
    return app.queue()


@pytest.fixture
def start_worker(redis_url: str) -> Iterator[Callable[..., WorkerProcess]]:
    """Start workers; all are killed at the end."""
    started: list[WorkerProcess] = []

    def start(*options: str) -> WorkerProcess:
        started.append(WorkerProcess(redis_url, *options))
        return started[-1]

    yield start
    for worker in started:
        with contextlib.suppress(ValueError, subprocess.TimeoutExpired):
            worker.kill()


@pytest.fixture
def work(start_worker: Callable[..., WorkerProcess]) -> Callable[..., str]:
    """Run a worker until nothing is pending; returns what it said."""

    def run(*options: str) -> str:
        worker = start_worker("--burst", "--concurrency", "2", *options)
        assert worker.wait() == 0, worker.log
        return worker.log

    return run
