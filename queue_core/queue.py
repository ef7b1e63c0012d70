"""JobQueue: the simple shape, over the same atomic scripts as everything else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from queue_core import keys, tracing
from queue_core.claiming import Claimer, bytes_client, settle_one, worker_name
from queue_core.connection import Client, mapped_errors
from queue_core.engine import Engine, NewJob, Outcome
from queue_core.errors import Conflict, InvalidJob, QueueFull
from queue_core.job import Job, Options, new_job
from queue_core.message import Body, Message, decode
from queue_core.replies import pairs
from queue_core.stats import STATES

ANNOUNCE_EVERY = 60.0
MAX_ENQUEUE = 500
Defaults = Callable[[Any], Mapping[str, Any]]

_SHAPE = ("priority", "max_retries", "version")
_ONLY_OPTIONS = tuple(name for name in Options.__slots__ if name not in ("id", *_SHAPE))


@dataclass(frozen=True, slots=True)
class EnqueueResult:
    """What became of one enqueued job: `holder` is the job that holds the unique key on a conflict."""

    id: str
    outcome: Literal["created", "exists", "conflict", "full"]
    holder: str = ""


@dataclass(frozen=True, slots=True)
class JobInfo:
    """A job as it lies in Redis; `record` has the fields that docs/redis-data.md names."""

    id: str
    type: str
    state: str
    body: Body
    record: Mapping[str, str]

    @property
    def data(self) -> Any:
        """The job's data, None when it is not kept or cannot be read (`body.reason` says why)."""
        return self.body.data


class JobQueue:
    """A queue of jobs in Redis.

    Args:
        redis: a redis-py client, or an address.
        name: 1 to 48 letters, digits or `_.-`.
        namespace: prefix before every key.
        defaults: gives the options that jobs of a type have unless said otherwise.
        version: of the application, kept with jobs that fail here; default REDRIVE_WORKER_VERSION.

    Every method that talks to Redis raises ServerUnavailable when it does not answer.
    """

    def __init__(
        self, redis: Client | str, name: str = "default", *, namespace: str = "", defaults: Defaults | None = None,
        version: str | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self._defaults = defaults or (lambda _: {})
        self.namespace = namespace
        self.engine = Engine(bytes_client(redis), name, namespace)
        self.worker = worker_name()
        self.version = os.environ.get("REDRIVE_WORKER_VERSION", "") if version is None else version
        self._claimer = Claimer(self.engine, self.version)
        self._announce_again = 0.0

    def enqueue(self, task_type: Any, task_data: Any = None, priority: int = 0, **options: Any) -> str:
        """Add a job and return its id; the same id again changes nothing.

        Args:
            task_type: which handler runs it.
            task_data: anything JSON can hold, or bytes.
            priority: 0 to 100; higher is claimed first.
            options: see `queue_core.job.Options`.

        Raises:
            InvalidJob, PayloadTooLarge: the job is not valid. Conflict: its unique key is held.
            QueueFull: `maxlen` is reached. ServerFull: Redis is at its memory limit.
        """
        urgency = {"priority": priority} if priority else {}
        return self._one(*self._prepared(task_type, task_data, self._options(task_type, {**options, **urgency})))

    def enqueue_many(self, jobs: Iterable[Mapping[str, Any]], *, chunk: int = 200) -> list[EnqueueResult]:
        """Add many jobs, each given as an envelope with the options of `enqueue` beside `type` and `data`.

        All are checked before the first is sent; each chunk (at most 500) is one atomic step.

        Raises:
            InvalidJob, PayloadTooLarge: a job is not valid; none was enqueued. ServerFull: later chunks were refused.
        """
        prepared = [self._from_envelope(envelope) for envelope in jobs]
        size = max(1, min(chunk, MAX_ENQUEUE))
        results: list[EnqueueResult] = []
        for start in range(0, len(prepared), size):
            results += self._send(prepared[start : start + size])
        return results

    def dequeue(self, timeout: float = 0, *, auto_ack: bool = True) -> Job | None:
        """Take the next job, waiting up to `timeout` seconds (0: not at all); None when there is none.

        With `auto_ack` the job counts as done at once, so a crash loses it: use ReliableQueue or a worker where
        that matters. Without, it is leased for 15 s.
        """
        jobs = self._claimer.claim(self.worker, 1, timeout, 15.0)
        if not jobs:
            return None
        if auto_ack:
            settle_one(self.engine, jobs[0], Outcome("s", jobs[0].id, jobs[0].token))
        return jobs[0]

    def queue_size(self) -> int:
        """Number of pending jobs."""
        with mapped_errors():
            return int(self.engine.client.zcard(self.engine.keys.pending))

    def get(self, job_id: str) -> JobInfo | None:
        """A job in any state, None when the queue does not know it."""
        reply = self.engine.call("job", keys.check_job_id(job_id))
        if not reply:
            return None
        record = pairs(reply[0])
        state = STATES.get(record.get("st", ""), "")
        return JobInfo(job_id, record.get("ty", ""), state, decode(reply[1]), record)

    def cancel(self, job_id: str) -> str:
        """Cancel a job: `cancelled`, `requested` for one that runs, its state when it cannot be, or `missing`."""
        _, state = self.engine.control_job("cancel", keys.check_job_id(job_id))
        return STATES.get(state, state)

    def pause(self) -> None:
        """Hand out no jobs; those that run go on."""
        self.engine.pause()

    def resume(self) -> None:
        """Hand out jobs again."""
        self.engine.resume()

    def configure(self, **limits: int | str) -> None:
        """Set limits of the queue: `maxc` jobs at once, `rate` jobs a second with `burst`, `maxlen` waiting, …"""
        self.engine.configure(**limits)

    def _from_envelope(self, envelope: Mapping[str, Any]) -> NewJob:
        message = Message.from_dict({k: v for k, v in envelope.items() if k not in _ONLY_OPTIONS})
        given = {name: envelope[name] for name in _ONLY_OPTIONS if name in envelope}
        given |= {name: getattr(message, name) for name in _SHAPE if name in envelope}
        options = self._options(message.type, {**given, "id": message.id or None})
        extra = dict(message.extra)
        if message.created_at is not None:
            extra["created_at"] = message.created_at
        return self._prepared(message.type, message.data, options, extra)[0]

    def _options(self, type: Any, given: Mapping[str, Any]) -> Options:
        unknown = sorted(set(given) - set(Options.__slots__))
        if unknown:
            raise InvalidJob(f"unknown option {', '.join(unknown)}; known are {', '.join(sorted(Options.__slots__))}")
        return Options(**{**self._defaults(type), **given})

    def _prepared(
        self, type: str, data: Any, options: Options, extra: Mapping[str, Any] | None = None
    ) -> tuple[NewJob]:
        now = self.server_time() if options.needs_clock else 0.0
        return (new_job(type, data, options, now=now, extra=extra),)

    def _one(self, job: NewJob) -> str:
        result = self._send([job])[0]
        if result.outcome == "conflict":
            raise Conflict(f"job {result.holder} holds the unique key; nothing was enqueued", result.holder)
        if result.outcome == "full":
            raise QueueFull(f"queue {self.name} holds as many jobs as its maxlen allows; nothing was enqueued")
        return result.id

    def _send(self, jobs: list[NewJob]) -> list[EnqueueResult]:
        self.announce()
        outcomes: dict[int, Literal["created", "exists", "conflict", "full"]] = {
            1: "created", 0: "exists", -1: "conflict", -2: "full",
        }  # fmt: skip
        with tracing.sending(self.name, jobs) as traced:
            replies = self.engine.enqueue(traced)
        return [
            EnqueueResult(job.id, outcomes[code], who if code == -1 else "")
            for job, (code, who) in zip(jobs, replies, strict=True)
        ]

    def announce(self) -> None:
        """Make the queue's name known, at most once a minute."""
        if time.monotonic() >= self._announce_again:
            with mapped_errors():
                self.engine.client.sadd(keys.queues(self.namespace), self.name)
            self._announce_again = time.monotonic() + ANNOUNCE_EVERY

    def server_time(self) -> float:
        """The server's clock, unix seconds: instants are told by it alone."""
        with mapped_errors():
            seconds, micros = self.engine.client.time()
        return int(seconds) + int(micros) / 1e6
