"""SAQ's jobs: JSON, unless an application has a serializer of its own."""

from __future__ import annotations

import json
from typing import Any

from dashboard.adapters.contract import Job, JobError, Payload, State
from dashboard.adapters.mirrored import reasons, values
from dashboard.adapters.mirrored.product import DeadLetter, Fate

LARGEST = 262_144
"""Bytes of a job that is read."""

SWEPT = "swept"
"""The error of a job whose worker is gone: SAQ aborts it."""

MOST_MEMO = 16_384
LONGEST_ERROR = 8_192
TTL = 600

_STATES = {
    "new": State.PENDING, "queued": State.PENDING, "active": State.PROCESSING, "aborting": State.PROCESSING,
    "aborted": State.CANCELLED, "failed": State.FAILED, "complete": State.SUCCEEDED,
}  # fmt: skip
_FATES = {
    State.PENDING: Fate.WAITING, State.PROCESSING: Fate.RUNNING, State.CANCELLED: Fate.CANCELLED,
    State.FAILED: Fate.FAILED, State.SUCCEEDED: Fate.SUCCEEDED,
}  # fmt: skip
_OF_A_RUN = ("attempts", "completed", "started", "touched", "error", "result", "worker_id", "progress", "scheduled")


def state(status: Any, error: Any = None) -> State:
    """What a status means."""
    if status == "aborted" and error == SWEPT:
        return State.FAILED
    return _STATES.get(status, State.PENDING) if isinstance(status, str) else State.PENDING


def fate(status: str, error: str) -> Fate:
    """What a job does that was put back; gone when it has no status."""
    return _FATES.get(state(status, error), Fate.UNKNOWN) if status else Fate.GONE


def data(job: dict[str, Any]) -> dict[str, Any]:
    """Its arguments, which SAQ gives by name alone."""
    return {"args": [], "kwargs": job.get("kwargs") or {}}


def payload(size: int, raw: bytes) -> Payload:
    """Its arguments, or why they are not shown."""
    job = values.record(raw)
    if job:
        return Payload(data(job), size)
    shown = values.text(raw[: values.SHOWN])
    why = values.NOT_JSON if raw else reasons.TOO_LARGE
    return Payload(size=size, undecodable=why, raw=shown, truncated=size > len(shown))


def job(source: str, queue: str, key: str, read: tuple[int, bytes], as_state: State, *, whole: bool = False) -> Job:
    """A job; its arguments, error and result when `whole`."""
    record = values.record(read[1])
    error = values.text(record.get("error"))
    return Job(
        key, source, queue, values.text(record.get("function")), as_state,
        payload=payload(*read) if whole else Payload(), attempts=values.whole(record.get("attempts")),
        max_retries=max(0, values.whole(record.get("retries", 1)) - 1),
        enqueued_at=values.seconds(record.get("queued")), started_at=values.seconds(record.get("started")),
        finished_at=values.seconds(record.get("completed")), timeout=values.number(record.get("timeout", 10)) or None,
        scheduled_for=values.number(record.get("scheduled")) or None if as_state == State.SCHEDULED else None,
        worker=values.text(record.get("worker_id")), progress=values.number(record.get("progress")),
        error=JobError(*kind_of(error)) if whole and error else None,
        result=json.dumps(record["result"])[:2_000] if whole and record.get("result") is not None else "",
        cancel_requested=record.get("status") == "aborting",
    )  # fmt: skip


def letter(queue: str, key: str, raw: bytes) -> DeadLetter | None:
    """A failure as a dead letter; None for a job that is none."""
    job = values.record(raw)
    error = values.text(job.get("error"))
    if not job or state(job.get("status"), error) != State.FAILED:
        return None
    told = values.seconds(job.get("completed")) or values.seconds(job.get("touched"))
    type_, message, traceback = kind_of(error)
    return DeadLetter(
        queue, key, values.text(job.get("function")) or "unknown", failed_at=told or 0.0, error_type=type_,
        message=message, traceback=traceback, data=data(job), attempts=values.whole(job.get("attempts")),
        max_retries=max(0, values.whole(job.get("retries", 1)) - 1), enqueued_at=values.seconds(job.get("queued")),
        started_at=values.seconds(job.get("started")), worker=values.text(job.get("worker_id")), memo=_memo(job),
    )  # fmt: skip


def kind_of(error: str) -> tuple[str, str, str]:
    """Type, message and traceback; what is no traceback is a message."""
    if error == SWEPT:
        return "Swept", "its worker is gone, or it took longer than its timeout", ""
    return ("", "", error) if "\n" in error else ("", error, "")


def failed(raw: bytes) -> bool:
    """Whether a job is a failure."""
    job = values.record(raw)
    return bool(job) and state(job.get("status"), job.get("error")) == State.FAILED


def requeued(raw: bytes, now: float) -> bytes:
    """The job as one that waits for its first run; empty for what is no failure."""
    if not failed(raw):
        return b""
    job = values.record(raw)
    kept = {name: value for name, value in job.items() if name not in _OF_A_RUN}
    return json.dumps({**kept, "queued": round(now * 1000), "status": "queued"}).encode()


def failed_again(raw: bytes, memo: dict[str, Any]) -> tuple[bytes, int]:
    """A requeued job as it was before, and for how many milliseconds SAQ keeps it, 0 for ever; empty for another."""
    job = values.record(raw)
    kept = memo.get("of_run")
    if not job or not isinstance(kept, dict) or job.get("status") != "queued":
        return b"", 0
    return json.dumps({**job, **kept}).encode(), keeps(job)


def ended(raw: bytes, now: float) -> tuple[bytes, int]:
    """A job that waits as one that was aborted, and for how many milliseconds it is kept."""
    job = values.record(raw)
    return json.dumps({**job, "status": "aborted", "error": "aborted", "completed": round(now * 1000)}).encode(), keeps(
        job
    )


def aborting(raw: bytes) -> bytes:
    """A job that runs as one that is to be aborted."""
    return json.dumps({**values.record(raw), "status": "aborting", "error": "aborted"}).encode()


def keeps(job: dict[str, Any]) -> int:
    """For how many milliseconds SAQ keeps a job that has ended; 0 for ever, -1 not at all."""
    seconds = values.number(job.get("ttl", TTL))
    return TTL * 1000 if seconds is None else max(-1, round(min(seconds, 1e9) * 1000))


def _memo(job: dict[str, Any]) -> dict[str, Any]:
    """What a requeue takes out of it."""
    kept = {name: job[name] for name in (*_OF_A_RUN, "queued", "status") if name in job}
    if len(json.dumps(kept)) > MOST_MEMO:
        kept = {name: value for name, value in kept.items() if name != "result"}
        kept["error"] = values.text(job.get("error"))[-LONGEST_ERROR:]
    return {"of_run": kept}
