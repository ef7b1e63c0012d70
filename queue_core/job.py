"""A job as its consumer sees it, and what a producer's options become for the enqueue script."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from ulid import ULID

from queue_core.engine import Claim, NewJob
from queue_core.errors import InvalidJob
from queue_core.keys import check_job_id
from queue_core.message import Body, Message, check_range, check_type, decode, to_json

UniqueFor = Literal["end", "start", "window"]
DEFAULT_TIMEOUT = 300.0
MAX_SECONDS = 10 * 366 * 86_400


@dataclass(frozen=True, slots=True, eq=False)
class Job(Mapping[str, Any]):
    """A claimed job; it also reads as the dictionary of its message: `job["data"]`.

    token, worker: the lease, as the scripts check it. attempt: 1 for the first run. deadline: unix seconds, 0 none.
    checkpoint: the cursor an earlier attempt kept. unreadable: why `data` could not be read, empty when it could.
    error: the encoded detail of earlier failures (see `queue_core.failure`).
    started, enqueued: unix seconds of the claim, and of the enqueue by the server's clock.
    """

    id: str
    type: str
    data: Any = None
    version: int = 1
    priority: int = 0
    max_retries: int = 3
    created_at: str | float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    queue: str = ""
    token: int = 0
    worker: str = ""
    attempt: int = 0
    crashes: int = 0
    requeues: int = 0
    deadline: float = 0.0
    started: float = 0.0
    traceparent: str = ""
    checkpoint: bytes = b""
    error: bytes = b""
    unreadable: str = ""
    enqueued: float = 0.0

    @classmethod
    def from_claim(cls, claim: Claim, queue: str, worker: str) -> Job:
        """Read what the claim script returned."""
        body: Body = decode(claim.payload)
        extra = dict(body.extra)
        created = extra.pop("created_at", None) or datetime.fromtimestamp(claim.created / 1000, UTC).isoformat()
        return cls(
            claim.id, claim.type, body.data, claim.version, claim.priority, claim.max_retries, created, extra, queue,
            claim.token, worker, claim.attempt, claim.crashes, claim.requeues, claim.deadline / 1000, time.time(),
            claim.traceparent, claim.checkpoint, claim.error, body.reason,
            claim.created / 1000,
        )  # fmt: skip

    def to_message(self) -> dict[str, Any]:
        """The envelope, version 1, with the fields its producer added."""
        return Message(
            self.type, self.data, self.id, self.version, self.priority, self.max_retries, self.created_at, self.extra
        ).to_dict()

    @classmethod
    def from_message(cls, envelope: Mapping[str, Any]) -> Job:
        """Read an envelope; missing optional fields get their defaults.

        Raises:
            InvalidJob: `type` is missing, or a field has a wrong value.
        """
        m = Message.from_dict(envelope)
        return cls(m.id or new_id(), m.type, m.data, m.version, m.priority, m.max_retries, m.created_at, m.extra)

    def __getitem__(self, name: str) -> Any:
        return self.to_message()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.to_message())

    def __len__(self) -> int:
        return len(self.to_message())


def new_id() -> str:
    """A new job id: a ULID, so that ids sort by age."""
    return str(ULID())


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a job is enqueued; durations in seconds.

    Args:
        id: 1 to 64 letters, digits or `_.:-`; the same id again changes nothing. None makes one.
        priority: 0 to 100; higher is claimed first.
        max_retries: further attempts after the first.
        version: of the data's shape.
        delay: wait this long before the first run. run_at: unix seconds or an aware datetime, instead of delay.
        timeout: one attempt's longest time; 0 for none.
        expires_in: the job fails as expired when it has not started by then.
        unique: a key that at most one job of the queue holds; True makes it from type and data.
        unique_for: the key is held to the job's `end`, to its `start`, or for a `window`.
        unique_window: length of that window.
        backoff: base of the delay between attempts; None for the queue's.
        trace: W3C traceparent of the producer.
        front: before all that wait.
    """

    id: str | None = None
    priority: int = 0
    max_retries: int = 3
    version: int = 1
    delay: float | None = None
    run_at: float | datetime | None = None
    timeout: float = DEFAULT_TIMEOUT
    expires_in: float | None = None
    unique: str | bool | None = None
    unique_for: UniqueFor = "end"
    unique_window: float | None = None
    backoff: float | None = None
    trace: str | None = None
    front: bool = False

    @property
    def needs_clock(self) -> bool:
        """Whether the server's time must be known."""
        return bool(self.delay) or self.expires_in is not None


def new_job(type: str, data: Any, options: Options, *, now: float, extra: Mapping[str, Any] | None = None) -> NewJob:
    """What the enqueue script needs; everything is checked here.

    Args:
        now: the server's time, unix seconds; only used when `options.needs_clock`.

    Raises:
        InvalidJob: type, data or an option is not valid.
        PayloadTooLarge: the data is too large.
    """
    message = Message(check_type(type), data, options.id or "", options.version, options.priority, options.max_retries)
    payload = Message(type, data, extra=extra).payload() if extra else message.payload()
    key, mode, window = _unique(type, data, options)
    return NewJob(
        id=check_job_id(options.id) if options.id is not None else new_id(), type=type, payload=payload,
        version=options.version, priority=options.priority, max_retries=options.max_retries,
        run_at=_run_at(options, now), timeout=_milliseconds("timeout", options.timeout), unique_key=key,
        unique_mode=mode, unique_window=window, traceparent=(options.trace or "")[:55],
        backoff=None if options.backoff is None else _milliseconds("backoff", options.backoff),
        expires_at=0 if options.expires_in is None
        else int(now * 1000) + check_range("expires_in", _milliseconds("expires_in", options.expires_in), 1, 2**48),
        front=options.front,
    )  # fmt: skip


def _milliseconds(name: str, seconds: float) -> int:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds <= MAX_SECONDS:
        raise InvalidJob(f"{name} is {seconds!r}: give seconds, 0 to {MAX_SECONDS:,}")
    return round(seconds * 1000)


def _run_at(options: Options, now: float) -> int:
    if options.delay is not None and options.run_at is not None:
        raise InvalidJob("give delay or run_at, not both")
    if options.delay:
        return int(now * 1000) + _milliseconds("delay", options.delay)
    return 0 if options.run_at is None else instant(options.run_at)


def instant(when: float | datetime) -> int:
    """Unix milliseconds of an instant.

    Raises:
        InvalidJob: a datetime without time zone, or not an instant between 1970 and 5138.
    """
    if isinstance(when, datetime):
        if when.tzinfo is None:
            raise InvalidJob(f"{when!r} has no time zone: use datetime.now(UTC) or zoneinfo.ZoneInfo(…)")
        when = when.timestamp()
    if isinstance(when, bool) or not isinstance(when, (int, float)) or not 0 <= when < 1e11:
        raise InvalidJob(f"{when!r} is no instant: give unix seconds or a datetime with time zone")
    return round(when * 1000)


def _unique(type: str, data: Any, options: Options) -> tuple[str, str, int]:
    if options.unique_for not in ("end", "start", "window"):
        raise InvalidJob(f"unique_for is {options.unique_for!r}: use end, start or window")
    if not options.unique:
        return "", "", 0
    if (options.unique_for == "window") != (options.unique_window is not None):
        raise InvalidJob("unique_for='window' and unique_window (seconds) belong together")
    source = to_json([type, data]) if options.unique is True else options.unique.encode()
    window = _milliseconds("unique_window", options.unique_window or 0)
    mode = "win" if options.unique_for == "window" else options.unique_for
    return hashlib.blake2b(source, digest_size=16).hexdigest(), mode, window
