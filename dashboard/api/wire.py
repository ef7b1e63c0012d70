"""Records as JSON: times are RFC 3339 in UTC, what is not known is null."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from dashboard import moments
from dashboard.adapters.contract import Attempt, ErrorGroup, Job, JobError, Offer, Page, Payload, Queue, Worker, offers
from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.operations.records import Caution, Weight

T = TypeVar("T")
JSON = dict[str, Any]

moment = moments.moment

_NUMBERS = (
    "pending", "processing", "scheduled", "retrying", "failed", "succeeded", "cancelled", "paused",
    "oldest_pending_seconds", "stalled", "workers", "slots", "enqueued_per_minute", "succeeded_per_minute",
    "failed_per_minute",
)  # fmt: skip


def listed(page: Page[T], item: Callable[[T], JSON]) -> JSON:
    """A list with its cursor, and how far a filter had to look when it did."""
    answer: JSON = {"items": [item(each) for each in page.items], "next_cursor": page.next_cursor}
    if page.total is not None:
        answer["total"] = page.total
    if page.searched is not None:
        answer |= {"searched": page.searched, "complete": page.complete}
    return answer


def queue(record: Queue, source: SourceSnapshot | None) -> JSON:
    """One queue; while its source does not answer its numbers are null."""
    up = source is not None and source.up
    return {
        "source": record.source,
        "name": record.name,
        "kind": record.kind,
        **{name: getattr(record, name) if up else None for name in _NUMBERS},
        "capabilities": record.capabilities.names(),
        "as_of": moment(source.as_of) if source else None,
    }


def job(record: Job) -> JSON:
    """One job."""
    return {
        "id": record.id,
        "source": record.source,
        "queue": record.queue,
        "type": record.type,
        "state": record.state.value,
        "args": None,
        "data": record.payload.data,
        "payload": payload(record.payload),
        "priority": record.priority,
        "attempts": record.attempts,
        "max_retries": record.max_retries,
        "created_at": moment(record.created_at),
        "enqueued_at": moment(record.enqueued_at),
        "started_at": moment(record.started_at),
        "finished_at": moment(record.finished_at),
        "scheduled_for": moment(record.scheduled_for),
        "back_at": moment(record.back_at),
        "worker": record.worker or None,
        "progress": record.progress,
        "error": error(record.error),
        "history": [attempt(each) for each in record.history],
        "trace_id": record.trace_id or None,
        "requeues": record.requeues,
        "version": record.version or None,
        "schedule": record.schedule or None,
        "revision": record.revision or None,
        "edits": [{"at": moment(each.at), "data": each.payload.data} for each in record.edits],
        "changes": [{"at": moment(each.at), "kind": each.kind, "note": each.note or None} for each in record.changes],
        "cancel_requested": record.cancel_requested,
        "in_trash": record.in_trash,
        "offers": [offer(each) for each in record.actions],
        "purged_at": moment(record.purged_at),
        "restorable_until": moment(record.restorable_until),
        "actions": offers(record.actions),
    }


def offer(record: Offer) -> JSON:
    """One action: `exact`, `best effort` or `impossible`, and why."""
    return {"action": record.action.value, "exactness": record.exactness.value, "reason": record.reason or None}


def payload(record: Payload) -> JSON:
    """What is to be known of a job's arguments: bytes, why they are not decoded, how many values are hidden."""
    return {
        "size": record.size,
        "undecodable": record.undecodable or None,
        "raw": record.raw or None,
        "truncated": record.truncated,
        "redacted": record.redacted,
    }


def error(record: JobError | None) -> JSON | None:
    """Why a job failed."""
    if record is None:
        return None
    return {
        "type": record.type,
        "message": record.message,
        "traceback": record.traceback or None,
        "fingerprint": record.fingerprint or None,
        "reason": record.reason or None,
    }


def attempt(record: Attempt) -> JSON:
    """One earlier run."""
    return {
        "number": record.number,
        "started_at": moment(record.started_at),
        "finished_at": moment(record.finished_at),
        "worker": record.worker or None,
        "outcome": record.outcome,
        "error_type": record.error_type or None,
        "message": record.message or None,
        "fingerprint": record.fingerprint or None,
        "version": record.version or None,
    }


def group(record: ErrorGroup) -> JSON:
    """Dead letters of one queue with one fingerprint."""
    return {
        "fingerprint": record.fingerprint,
        "error_type": record.error_type,
        "message": record.message,
        "source": record.source,
        "queue": record.queue,
        "type": record.type,
        "count": record.count,
        "first_seen": moment(record.first_seen),
        "last_seen": moment(record.last_seen),
        "sample_id": record.sample_id,
        "trend": list(record.trend),
        "per_minute": record.per_minute,
        "version": record.version or None,
        "versions": [{"version": name, "first_failed_at": moment(at)} for name, at in record.versions],
        "reason": record.reason or None,
        "offers": [offer(each) for each in record.actions],
        "actions": offers(record.actions),
    }


def worker(record: Worker) -> JSON:
    """One worker process."""
    return {
        "id": record.id,
        "source": record.source,
        "host": record.host,
        "pid": record.pid,
        "version": record.version,
        "queues": list(record.queues),
        "slots": record.slots,
        "busy": record.busy,
        "started_at": moment(record.started_at),
        "heartbeat_at": moment(record.heartbeat_at),
        "lost": record.lost,
        "stopping": record.stopping,
        "memory_bytes": record.memory_bytes,
        "succeeded": record.succeeded,
        "failed_attempts": record.failed_attempts,
        "jobs_back_at": moment(record.jobs_back_at),
        "jobs": [
            {"id": each.id, "queue": each.queue, "type": each.type, "started_at": moment(each.started_at)}
            for each in record.jobs
        ],
    }


def caution(record: Caution) -> JSON:
    """What should be known before a plan is confirmed."""
    weight = {Weight.FAIL: "fail", Weight.WAIT: "wait", Weight.NOTE: "note"}[record.weight]
    return {"kind": record.kind, "text": record.text, "advice": record.advice or None, "weight": weight}
