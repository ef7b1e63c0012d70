"""A shop of the tests' own: its application, its workers as real processes, and the product that looks at it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, TypeVar

import celery
from packaging import version

from dashboard.adapters.celery.product import CeleryProduct
from dashboard.adapters.mirrored.product import DeadLetter, Kept
from queue_core.connection import Client, connect
from tests.adapters.celery import shop
from tests.waiting import PATIENCE, until

T = TypeVar("T")
ROOT = Path(__file__).parents[3]


class Shop:
    """One application.

    Args:
        broker: address of its broker. settings: as `shop.configured` takes them.
    """

    def __init__(self, broker: str, **settings: Any) -> None:
        self.settings = {"broker": broker, **settings}
        self.app = shop.configured(self.settings)
        self.broker: Client = connect(broker)
        self.backend: Client = connect(settings.get("backend") or broker)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.product = self.new_product()

    def new_product(self, **options: Any) -> CeleryProduct:
        """A product that knows nothing yet, with options of its own kind."""
        own = {"backend": self.settings["backend"]} if self.settings.get("backend") else {}
        if self.settings.get("prefix") and version.parse(celery.__version__) < version.parse("5.5"):
            own["backend_prefix"] = f"{self.settings['prefix']}_"
        given = {"namespace": self.settings.get("prefix", ""), "redact": ("password",), "options": {**own, **options}}
        return CeleryProduct("main", self.settings["broker"], given)

    def worker(
        self, queues: str = "celery,mail,orders", *, name: str = "main", pool: str = "prefork", slots: int = 2
    ) -> str:
        """Start a worker and wait until it answers; its name."""
        full = f"{name}@host"
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "tests.adapters.celery.shop",
            "worker",
            "-Q",
            queues,
            "-n",
            full,
        ]
        command += ["-P", pool, "-c", str(slots), "-l", "WARNING", "--without-mingle", "--without-gossip"]
        environment = {**os.environ, "SHOP": json.dumps(self.settings), "C_FORCE_ROOT": "1"}
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.processes.append(process)
        until(lambda: any(full in reply for reply in self.app.control.ping(timeout=0.3) or []))
        return full

    def send(self, task: str, *args: Any, queue: str = "celery", **options: Any) -> str:
        """Send a task; its id."""
        kwargs = options.pop("kwargs", {})
        return str(self.app.send_task(f"shop.{task}", args=args, kwargs=kwargs, queue=queue, **options).id)

    def state(self, task_id: str) -> str:
        """Of its result, as Celery tells it."""
        return str(self.app.backend.get_state(task_id))

    def ended(self, *ids: str) -> None:
        """Wait until these tasks have ended."""
        until(lambda: all(self.state(each) in ("SUCCESS", "FAILURE", "REVOKED") for each in ids))

    def fail(self, count: int = 1, *, queue: str = "celery") -> list[str]:
        """Tasks that a worker ran and that failed; their ids."""
        self.broker.delete("test:mended")
        ids = [self.send("charge", number, queue=queue) for number in range(count)]
        self.ended(*ids)
        return ids

    def mend(self) -> None:
        """From now on tasks succeed."""
        self.broker.set("test:mended", 1)

    def runs(self, task_id: str) -> int:
        """How often a task ran."""
        return int(self.broker.hget("test:runs", task_id) or 0)

    def run_counts(self) -> list[int]:
        """How often each task ran that ran at all."""
        return [int(count) for count in self.broker.hvals("test:runs")]  # type: ignore[union-attr]

    def failures(self) -> int:
        """How many results are failures now."""
        keys = list(self.backend.scan_iter("*celery-task-meta-*", count=1_000))
        return sum(b'"FAILURE"' in (value or b"")[:40] for value in (self.backend.mget(keys) if keys else ()))  # type: ignore[union-attr]

    def letters(self, *ids: str, product: CeleryProduct | None = None) -> list[DeadLetter]:
        """These failures, as looks at the product find them."""
        product, found, place = product or self.product, {}, ""
        deadline = time.monotonic() + PATIENCE
        while not set(ids) <= set(found):
            assert time.monotonic() < deadline, "not found"
            sighting = product.look(place, 50)
            place = sighting.place
            found.update({each.id: each for each in sighting.letters})
        return [found[each] for each in ids]

    def close(self) -> None:
        """Stop all workers."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.processes.clear()


def kept(*letters: DeadLetter) -> list[Kept]:
    """Dead letters as the mirror gives them back."""
    return [Kept(each.id, each.type, each.failed_at, each.data, each.memo) for each in letters]
