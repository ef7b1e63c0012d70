"""Jobs of kind `saq` in every state that SAQ tells, written as SAQ writes them."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from tests.contract import mirrored
from tests.contract.written import Written

KIND = "saq"
CANNOT = {
    **mirrored.CANNOT,
    "test_the_version_that_failed_is_told_of_job_and_group": "SAQ keeps no version of the application",
}
WORKER = "test-worker"


class Running(str):
    """A job that runs, by its id."""

    __slots__ = ()

    @property
    def id(self) -> str:
        return str(self)


class Seeder(Written):
    KIND = KIND
    LACKS: ClassVar = {
        "succeeded": "SAQ keeps no list of what succeeded",
        "cancelled": "SAQ keeps no list of what was aborted",
        "version": "SAQ keeps no version of the application with a failure",
    }

    def processing(self, queue: str, count: int = 1, **options: Any) -> list[Any]:
        return [Running(job_id) for job_id in super().processing(queue, count, **options)]

    def write(self, state: str, queue: str, job_id: str, type: str, data: Any, **more: Any) -> None:
        full, now = f"saq:job:{queue}:{job_id}", int(self.now() * 1000)
        job = {"function": type, "kwargs": data, "queue": queue, "key": job_id, "queued": now, "status": "queued"}
        if state == "failed":
            at = int(more["at"] * 1000)
            job |= {"status": "failed", "error": more["traceback"], "completed": at, "started": at, "attempts": 1}
            self.client.set(full, json.dumps(job | {"worker_id": WORKER}), ex=600)
            return
        due = 0.0
        if state in ("scheduled", "retrying"):
            due = more.get("at", self.now() + 600)
            job |= {"retries": 3, "attempts": 1} if state == "retrying" else {"scheduled": int(due)}
        elif state == "processing":
            job |= {"status": "active", "started": now, "attempts": 1, "worker_id": WORKER}
            self.client.rpush(f"saq:{queue}:active", full)
        else:
            (self.client.lpush if more["first"] else self.client.rpush)(f"saq:{queue}:queued", full)
        self.client.set(full, json.dumps(job))
        self.client.zadd(f"saq:{queue}:incomplete", {full: due})

    def waiting(self, queue: str) -> list[str]:
        return [each.decode().rpartition(":")[2] for each in self.client.lrange(f"saq:{queue}:queued", 0, -1)]

    def remove(self, queue: str, job_id: str) -> None:
        full = f"saq:job:{queue}:{job_id}"
        self.client.lrem(f"saq:{queue}:queued", 0, full)
        self.client.zrem(f"saq:{queue}:incomplete", full)
