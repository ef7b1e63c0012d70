"""Jobs of kind `arq` in every state that arq tells, written as arq writes them."""

from __future__ import annotations

import builtins
import pickle
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from dashboard.adapters.arq import calls
from tests.contract import mirrored
from tests.contract.seeders.saq import Running
from tests.contract.written import Written

KIND = "arq"
CANNOT = {
    **mirrored.CANNOT,
    "test_the_version_that_failed_is_told_of_job_and_group": "arq keeps no version of the application",
}

_TRACEBACKS: dict[tuple[str, int], str] = {}
"""By id and millisecond: arq stores none, but the contract's tests name the groups that they make by them."""


def _with_tracebacks(original: Callable[..., Any]) -> Callable[..., Any]:
    def letter(job_id: str, raw: bytes) -> Any:
        made = original(job_id, raw)
        told = _TRACEBACKS.get((job_id, round(made.failed_at * 1000))) if made else None
        return replace(made, traceback=told) if told else made

    letter.seeded = True  # type: ignore[attr-defined]
    return letter


class Seeder(Written):
    KIND = KIND
    LACKS: ClassVar = {
        "succeeded": "arq keeps no list of what succeeded",
        "cancelled": "arq keeps no list of what was aborted",
        "version": "arq keeps no version of the application with a failure",
        "worker": "arq keeps no worker with a failure",
    }

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._place = int(self.now() * 1000) - 60_000
        self._front = self._place
        if not hasattr(calls.letter, "seeded"):
            calls.letter = _with_tracebacks(calls.letter)

    def processing(self, queue: str, count: int = 1, **options: Any) -> list[Any]:
        return [Running(job_id) for job_id in super().processing(queue, count, **options)]

    def write(self, state: str, queue: str, job_id: str, type: str, data: Any, **more: Any) -> None:
        now = int(self.now() * 1000)
        self.client.set(f"{queue}:health-check", "j_complete=0 j_failed=0 j_retried=0 j_ongoing=0 queued=0")
        job = {"t": None, "f": type, "a": (), "k": data, "et": now}
        if state == "failed":
            ended = int(more["at"] * 1000)
            name, _, message = re.findall(r"(?m)^(\w+)(: )(.*)$", more["traceback"])[-1]
            raised = getattr(builtins, name)(message.strip("'"))
            result = {"t": 1, "s": False, "r": raised, "st": ended, "ft": ended, "q": queue, "id": job_id}
            _TRACEBACKS[(job_id, ended)] = more["traceback"]
            self.client.set(f"arq:result:{job_id}", pickle.dumps(job | result), ex=3_600)
            return
        self._place, self._front = self._place + 1, self._front - 1
        due = self._front if more.get("first") else self._place
        if state in ("scheduled", "retrying"):
            due = int(more.get("at", self.now() + 600) * 1000)
        if state in ("processing", "retrying"):
            self.client.set(f"arq:retry:{job_id}", 1)
        if state == "processing":
            self.client.set(f"arq:in-progress:{job_id}", 1)
        self.client.set(f"arq:job:{job_id}", pickle.dumps(job), ex=86_400)
        self.client.zadd(queue, {job_id: due})

    def waiting(self, queue: str) -> list[str]:
        return [each.decode() for each in self.client.zrangebyscore(queue, "-inf", int(self.now() * 1000))]

    def remove(self, queue: str, job_id: str) -> None:
        self.client.zrem(queue, job_id)
        self.client.delete(f"arq:job:{job_id}")
