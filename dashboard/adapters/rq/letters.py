"""Failures as the mirror takes them: read in bounded pieces, with the error's text and what a move back needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.mirrored.product import DeadLetter
from dashboard.adapters.rq import briefs, calls, offers, results
from dashboard.adapters.rq.access import Access
from dashboard.adapters.rq.values import moment, number, shown, whole

AT_ONCE = 16
"""Failures that one command reads: with 64 kB of arguments each, that is what the server copies in a few ms."""

MOST_RESULTS = 262_144
DEFAULT_TTL = 31_536_000
"""Seconds for which RQ keeps a failure when nobody says otherwise."""

FAILED = ("failed", "stopped")
FIELDS = (
    "status", "origin", "created_at", "enqueued_at", "started_at", "ended_at", "worker_name", "failure_ttl",
    "description", "retries_left", "retry_intervals",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """A failure with the score by which the registry has it, and for how long RQ keeps failures of its kind."""

    letter: DeadLetter
    score: float
    ttl: int


def read(access: Access, queue: str, ids: Sequence[str]) -> list[Read | None]:
    """Failures of one queue; None for a job that is none any more, or has expired."""
    chunks = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    replies = access.run_many("failures", [(queue, calls.MOST_STORED, MOST_RESULTS, *chunk) for chunk in chunks])
    rows = [row for reply in replies for row in reply]
    return [_read(queue, job_id, row) for job_id, row in zip(ids, rows, strict=True)]


def _read(queue: str, job_id: str, row: Sequence[Any]) -> Read | None:
    score_text, values, data, size, ended, entries, results_size = row
    fields = briefs.named(values, FIELDS)
    score = number(score_text)
    if score is None or fields["status"] not in FAILED:
        return None
    newest = next(iter(results.parse(entries)), None)
    ttl = whole(fields["failure_ttl"]) or DEFAULT_TTL
    call, undecodable = called(data, size)
    attempts, retries = briefs.tries(fields, whole(ended) or 0)
    failed_at = newest.ended_at if newest else moment(fields["ended_at"]) or max(0.0, score - ttl)
    type_, message = newest.error if newest else ("", offers.unknown_error(results_size, retried=False))
    return Read(
        DeadLetter(
            queue=queue,
            id=job_id,
            type=call.function if call else calls.type_name(b"", fields["description"]),
            failed_at=failed_at,
            error_type=type_,
            message=message,
            traceback=newest.traceback if newest else "",
            data=call.data() if call else None,
            undecodable=undecodable,
            attempts=attempts,
            max_retries=retries,
            enqueued_at=moment(fields["enqueued_at"]),
            started_at=moment(fields["started_at"]) or (newest.started_at if newest else None),
            worker=(newest.worker if newest else "") or fields["worker_name"],
            requeueable="" if size else calls.NO_DATA,
            memo=_memo(shown(score_text), fields),
        ),
        score,
        ttl,
    )


def called(data: bytes, size: int) -> tuple[calls.Call | None, str]:
    if size > len(data):
        return None, calls.TOO_LARGE
    try:
        return calls.decode(data), ""
    except calls.Undecodable as error:
        return None, str(error)


def _memo(score: str, fields: dict[str, str]) -> dict[str, Any]:
    """What makes a requeued job the failure again that it was."""
    return {"score": score, **{name: fields[name] for name in ("status", "enqueued_at", "started_at", "ended_at")}}
