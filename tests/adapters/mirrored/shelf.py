"""A small product with keys of its own, to be mirrored; its jobs are moved by scripts as the rules say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dashboard.adapters.contract import (
    Action,
    ActionRefused,
    Capability,
    Job,
    JobError,
    Load,
    Offer,
    Page,
    Payload,
    Queue,
    Schedule,
    State,
    UnknownJob,
    UnknownQueue,
    Worker,
)
from dashboard.adapters.mirrored.moves import MARK_SECONDS, mark_key, trash_key
from dashboard.adapters.mirrored.product import DeadLetter, Fate, Kept, Sighting
from queue_core.connection import connect

MOVE = """
if ARGV[2] == '1' then
  if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
end
local found = redis.call('HGET', KEYS[2], ARGV[1])
if not found then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
if ARGV[4] == 'list' then redis.call('RPUSH', KEYS[3], found)
elseif ARGV[4] == 'hash' then redis.call('HSET', KEYS[3], ARGV[1], found)
else redis.call('SET', KEYS[3], found, 'PX', ARGV[5]) end
if ARGV[2] == '1' then redis.call('SADD', KEYS[1], ARGV[1]); redis.call('EXPIRE', KEYS[1], ARGV[3]) end
return 1
"""
BACK = """
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local found = ARGV[4]
if found == '' then found = redis.call('GET', KEYS[2]); if not found then return 0 end; redis.call('DEL', KEYS[2])
elseif redis.call('LREM', KEYS[2], 1, found) == 0 then return 0 end
redis.call('HSET', KEYS[3], ARGV[1], found)
if ARGV[2] == '1' then redis.call('SADD', KEYS[1], ARGV[1]); redis.call('EXPIRE', KEYS[1], ARGV[3]) end
return 1
"""

TRACEBACK = """Traceback (most recent call last):
  File "/app/shop/mail.py", line 12, in send
    connect(host)
{error}
"""


class Shelf:
    """Keys `shelf:queues`, `shelf:<queue>` (a list), `shelf:<queue>:failed` and `shelf:<queue>:done` (hashes)."""

    source = "main"
    kind = "shelf"

    def __init__(self, url: str) -> None:
        self.client = connect(url)
        self.dies = ""

    def add_failed(
        self, queue: str, job_id: str, *, at: float, error: str = "ValueError: bad address", **more: Any
    ) -> None:
        self.client.sadd("shelf:queues", queue)
        job = {"id": job_id, "at": at, "error": error, "type": "send", "args": [job_id], **more}
        self.client.hset(f"shelf:{queue}:failed", job_id, json.dumps(job))

    def run(self, queue: str, *, fails_at: float = 0.0, error: str = "ValueError: bad address") -> list[str]:
        """Work off a queue as a worker does: each job succeeds, or fails at that time."""
        ids = []
        while raw := self.client.lpop(f"shelf:{queue}"):
            job = json.loads(raw)  # type: ignore[arg-type]
            ids.append(job["id"])
            self.client.hincrby("shelf:runs", job["id"])
            if fails_at:
                self.add_failed(queue, job["id"], at=fails_at, error=error)
            else:
                self.client.hset(f"shelf:{queue}:done", job["id"], raw)  # type: ignore[arg-type]
        return ids

    def runs(self) -> dict[str, int]:
        return {key.decode(): int(value) for key, value in self.client.hgetall("shelf:runs").items()}

    def waiting(self, queue: str) -> list[str]:
        return [json.loads(each)["id"] for each in self.client.lrange(f"shelf:{queue}", 0, -1)]

    def failed(self, queue: str) -> list[str]:
        return sorted(each.decode() for each in self.client.hkeys(f"shelf:{queue}:failed"))

    def capabilities(self) -> Capability:
        return Capability.REQUEUE | Capability.PURGE | Capability.RESTORE | Capability.GROUPS

    def ping(self) -> None:
        self.client.ping()

    def load(self) -> Load:
        return Load(1)

    def queues(self) -> list[Queue]:
        names = sorted(each.decode() for each in self.client.smembers("shelf:queues"))
        return [
            Queue("main", name, "shelf", pending=self.client.llen(f"shelf:{name}"), capabilities=self.capabilities())
            for name in names
        ]

    def workers(self) -> list[Worker]:
        return []

    def page(self, queue: str, state: State, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        self._known(queue)
        if state != State.PENDING:
            return Page((), total=0)
        start = int(cursor or 0)
        ids = self.waiting(queue)[start : start + limit]
        jobs = tuple(Job(each, "main", queue, "send", State.PENDING, enqueued_at=0.0) for each in ids)
        cursors = tuple(str(start + i + 1) for i in range(len(jobs)))
        return Page(jobs, cursors[-1] if len(jobs) == limit else None, cursors=cursors)

    def job(self, queue: str, job_id: str) -> Job:
        self._known(queue)
        raw = self.client.hget(f"shelf:{queue}:failed", job_id)
        if raw:
            job = json.loads(raw)
            text = TRACEBACK.format(error=job["error"])
            return Job(
                job_id, "main", queue, "send", State.FAILED, Payload({"args": job["args"]}),
                error=JobError("", "", text), finished_at=job["at"], actions=self.offers(""),
            )  # fmt: skip
        if job_id in self.waiting(queue):
            return Job(job_id, "main", queue, "send", State.PENDING)
        raise UnknownJob("no such job")

    def offers(self, requeueable: str) -> tuple[Offer, ...]:
        return (Offer(Action.PURGE),) if requeueable else (Offer(Action.REQUEUE), Offer(Action.PURGE))

    def look(self, place: str, limit: int) -> Sighting:
        start = int(place or 0)
        every = [(queue.name, json.loads(raw)) for queue in self.queues() for raw in self._raw(queue.name)]
        every.sort(key=lambda each: str(each[1]["id"]))
        found = tuple(self._letter(*each) for each in every[start : start + limit])
        over = start + limit >= len(every)
        return Sighting(found, "" if over else str(start + limit), whole=over)

    def still_failed(self, queue: str, ids: Sequence[str]) -> Sequence[bool]:
        return [bool(self.client.hexists(f"shelf:{queue}:failed", each)) for each in ids]

    def fates(self, queue: str, letters: Sequence[Kept]) -> Sequence[Fate]:
        waiting = self.waiting(queue)
        return [
            Fate.WAITING if each.id in waiting
            else Fate.SUCCEEDED if self.client.hexists(f"shelf:{queue}:done", each.id)
            else Fate.FAILED if self.client.hexists(f"shelf:{queue}:failed", each.id)
            else Fate.GONE
            for each in letters
        ]  # fmt: skip

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._all("requeue", letters, lambda each: self._move(queue, each, mark, "list", f"shelf:{queue}"))

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> Sequence[bool]:
        return self._all(
            "purge", letters,
            lambda each: self._move(queue, each, mark, "", trash_key("main", queue, each.id), keep_seconds),
        )  # fmt: skip

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._all(
            "restore", letters, lambda each: self._back(queue, each, mark, "", trash_key("main", queue, each.id))
        )

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        raw = {json.loads(each)["id"]: each for each in self.client.lrange(f"shelf:{queue}", 0, -1)}
        return self._all(
            "take_back", letters, lambda each: self._back(queue, each, mark, raw.get(each.id, b"?"), f"shelf:{queue}")
        )

    def cancel(self, queue: str, job_id: str) -> State:
        raise ActionRefused(f"{queue} {job_id} cannot be cancelled")

    def discard(self, queue: str, job_id: str) -> None:
        raise UnknownJob(f"{queue} has no job {job_id}")

    def enqueue_edited(self, queue: str, letter: Kept, data: Any) -> None:
        job = json.loads(self.client.hget(f"shelf:{queue}:failed", letter.id) or b"{}")
        self.client.hset(f"shelf:{queue}:failed", letter.id, json.dumps({**job, "args": data["args"]}))
        self.requeue(queue, [letter], "")

    def pause(self, queue: str) -> None:
        raise ActionRefused(f"{queue} cannot be paused")

    resume = pause

    def schedules(self) -> list[Schedule]:
        return []

    def pause_schedule(self, schedule_id: str) -> None:
        raise ActionRefused(schedule_id)

    resume_schedule = delete_schedule = pause_schedule

    def run_now(self, schedule_id: str) -> str:
        raise ActionRefused(schedule_id)

    def _known(self, queue: str) -> None:
        if not self.client.sismember("shelf:queues", queue):
            raise UnknownQueue(f"no queue {queue}")

    def _raw(self, queue: str) -> list[bytes]:
        return list(self.client.hvals(f"shelf:{queue}:failed"))

    @staticmethod
    def _letter(queue: str, job: dict[str, Any]) -> DeadLetter:
        return DeadLetter(
            queue, job["id"], job["type"], job["at"], traceback=TRACEBACK.format(error=job["error"]),
            data={"args": job["args"]}, attempts=1, worker="w1", requeueable=job.get("requeueable", ""),
        )  # fmt: skip

    def _all(self, what: str, letters: Sequence[Kept], move: Any) -> Sequence[bool]:
        """Each in turn; dies behind the second when a test wants it so."""
        done = []
        for each in letters:
            done.append(move(each))
            if self.dies == what and len(done) == 2:
                self.dies = ""
                raise KeyboardInterrupt
        return done

    def _move(self, queue: str, each: Kept, mark: str, to: str, target: str, keep_seconds: float = 1) -> bool:
        keys = (mark_key(mark), f"shelf:{queue}:failed", target)
        argv = (each.id, "1" if mark else "", MARK_SECONDS, to, round(keep_seconds * 1000))
        return bool(self.client.eval(MOVE, 3, *keys, *argv))

    def _back(self, queue: str, each: Kept, mark: str, raw: bytes | str, origin: str) -> bool:
        keys = (mark_key(mark), origin, f"shelf:{queue}:failed")
        return bool(self.client.eval(BACK, 3, *keys, each.id, "1" if mark else "", MARK_SECONDS, raw))
