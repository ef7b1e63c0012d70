"""Tasks of kind `taskiq` in every state that a stream of taskiq-redis tells, written as taskiq writes them."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from dashboard.adapters.taskiq import looking
from tests.contract import mirrored
from tests.contract.seeders.saq import Running
from tests.contract.written import Written

KIND = "taskiq"
OPTIONS = {"result_prefix": "r", "queues": ["mail", "bills"]}
CANNOT = {
    **mirrored.CANNOT,
    "test_the_version_that_failed_is_told_of_job_and_group": "taskiq keeps no version of the application",
    "test_jobs_that_wait_are_in_the_order_in_which_they_run": "a stream has no place in front of others",
}

_TOLD: dict[str, tuple[str, float]] = {}
"""Traceback and time by the SHA-1 of a result: taskiq stores neither, but the contract's tests tell groups and order by
them."""


def _with_tracebacks(original: Callable[..., Any]) -> Callable[..., Any]:
    def letter(*args: Any) -> Any:
        made = original(*args)
        traceback, at = _TOLD.get(made.sign, ("", 0.0))
        return replace(made, traceback=traceback, failed_at=at)

    letter.seeded = True  # type: ignore[attr-defined]
    return letter


class Seeder(Written):
    KIND = KIND
    LACKS: ClassVar = {
        "scheduled": "taskiq keeps tasks for later among its schedules",
        "retrying": "taskiq keeps tasks for later among its schedules",
        "succeeded": "taskiq keeps no list of what succeeded",
        "cancelled": "taskiq cancels nothing",
        "version": "taskiq keeps no version of the application with a failure",
        "worker": "taskiq keeps no worker with a failure",
    }

    def __init__(self, url: str) -> None:
        super().__init__(url)
        if not hasattr(looking.letter, "seeded"):
            looking.letter = _with_tracebacks(looking.letter)
        self._adapter._product._access._prefix = "r:"

    def processing(self, queue: str, count: int = 1, **options: Any) -> list[Any]:
        return [Running(job_id) for job_id in super().processing(queue, count, **options)]

    def write(self, state: str, queue: str, job_id: str, type: str, data: Any, **more: Any) -> None:
        self._group(queue)
        sent = {"task_id": job_id, "task_name": type, "labels": {}, "labels_types": {}, "args": [], "kwargs": data}
        entry = self.client.xadd(queue, {"data": json.dumps(sent)})
        if state in ("failed", "processing"):
            self.client.xreadgroup("taskiq", "test-worker", {queue: ">"}, count=1)
        if state != "failed":
            return
        self.client.xack(queue, "taskiq", entry)
        name, _, message = more["traceback"].strip().rpartition("\n")[2].partition(": ")
        error = {"exc_type": name, "exc_message": [message.strip("'")], "exc_module": "builtins"}
        fields = {"is_err": True, "log": None, "return_value": None, "execution_time": more["at"], "labels": {}}
        result = pickle.dumps(fields | {"error": error})
        _TOLD[hashlib.sha1(result, usedforsecurity=False).hexdigest()] = (more["traceback"], more["at"])
        self.client.set(f"r:{job_id}", result)

    def waiting(self, queue: str) -> list[str]:
        return [job.id for job in self._adapter._product.page(queue, "pending", limit=1_000).items]

    def remove(self, queue: str, job_id: str) -> None:
        self._adapter._product.discard(queue, job_id)

    def _group(self, queue: str) -> None:
        """Its workers' group is there before anything is sent."""
        self._adapter._product._access.found.remember(queue)
        if not self.client.exists(queue):
            self.client.xgroup_create(queue, "taskiq", id="$", mkstream=True)
