"""Messages of kind `dramatiq` in every state that Dramatiq keeps, written as its broker writes them."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from tests.contract import mirrored
from tests.contract.written import Written

KIND = "dramatiq"
CANNOT = {
    **mirrored.CANNOT,
    "test_the_version_that_failed_is_told_of_job_and_group": "Dramatiq keeps no version of the application",
}
BROKER = "test-worker"


class Seeder(Written):
    KIND = KIND
    LACKS: ClassVar = {
        "succeeded": "Dramatiq forgets what succeeded",
        "cancelled": "Dramatiq cancels nothing by itself",
        "version": "Dramatiq keeps no version of the application with a failure",
        "worker": "Dramatiq keeps no worker with a failure",
    }

    def write(self, state: str, queue: str, job_id: str, type: str, data: Any, **more: Any) -> None:
        options: dict[str, Any] = {"redis_message_id": job_id}
        prefix = f"dramatiq:{queue}"
        if state in ("scheduled", "retrying"):
            options |= {"eta": int(more.get("at", self.now() + 600) * 1000)} | (
                {"retries": 1} if state == "retrying" else {}
            )
            prefix += ".DQ"
        elif state == "failed":
            options |= {"retries": 1, "traceback": more["traceback"]}
            self.client.zadd(f"{prefix}.XQ", {job_id: int(more["at"] * 1000)})
            prefix += ".XQ"
        elif state == "processing":
            self.client.zadd("dramatiq:__heartbeats__", {BROKER: int(self.now() * 1000)})
            self.client.sadd(f"dramatiq:__acks__.{BROKER}.{queue}", job_id)
        else:
            (self.client.lpush if more["first"] else self.client.rpush)(prefix, job_id)
        message = {
            "queue_name": queue, "actor_name": type, "args": [], "kwargs": data, "options": options,
            "message_id": job_id, "message_timestamp": int(self.now() * 1000),
        }  # fmt: skip
        self.client.hset(f"{prefix}.msgs", job_id, json.dumps(message, separators=(",", ":")))

    def waiting(self, queue: str) -> list[str]:
        return [each.decode() for each in self.client.lrange(f"dramatiq:{queue}", 0, -1)]

    def remove(self, queue: str, job_id: str) -> None:
        self.client.lrem(f"dramatiq:{queue}", 0, job_id)
        self.client.hdel(f"dramatiq:{queue}.msgs", job_id)
