"""Real workers as processes, and waiting for what they do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from queue_core.connection import Client
from tests.waiting import PATIENCE

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

    def wait(self, seconds: float = PATIENCE) -> int:
        """The exit code; what it said is in `log` then."""
        _, self.log = self.process.communicate(timeout=seconds)
        return self.process.returncode

    def kill(self) -> None:
        """kill -9 of the agent alone: its children must end by themselves."""
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)


def marks(client: Client, key: str) -> int:
    """How often jobs left that mark."""
    return int(client.get(f"mark:{key}") or 0)
