"""Real workers as processes, and waiting for what they do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from queue_core.connection import Client

APP = "tests.worker.sample_app:app"


class WorkerProcess:
    """`redrive worker` in a process group of its own."""

    def __init__(self, redis_url: str, *options: str) -> None:
        command = [sys.executable, "-m", "dashboard", "worker", APP, *options]
        self.process = subprocess.Popen(
            command,
            env={**os.environ, "REDIS_URL": redis_url},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float = 30) -> int:
        """The exit code; what it said is in `log` then."""
        _, self.log = self.process.communicate(timeout=seconds)
        return self.process.returncode

    def kill(self) -> None:
        """kill -9 of the agent alone: its children must end by themselves."""
        self.process.kill()
        self.process.communicate(timeout=30)


def eventually(condition: Callable[[], object], seconds: float = 20) -> None:
    """Poll until something is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def marks(client: Client, key: str) -> int:
    """How often jobs left that mark."""
    return int(client.get(f"mark:{key}") or 0)
