"""One job, complete: arguments, error with its frames, earlier attempts, result."""

from __future__ import annotations

from dataclasses import replace

from dashboard.adapters.contract import Attempt, Edit, Frame, Job, JobError, Payload, State, UnknownJob
from dashboard.adapters.queue_core import payloads, records
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.moves import check_id
from dashboard.language import N_
from dashboard.redaction import Redaction
from queue_core import edits, failure
from queue_core.engine import VERSION, Engine
from queue_core.replies import WholeJob, whole_job

RESULT_BYTES = 16_384
ERROR_BYTES = 131_072


def read(access: Access, redaction: Redaction, queue: str, job_id: str) -> Job:
    """One job in one round trip, however large its arguments. Raises UnknownQueue, UnknownJob."""
    engine = access.engine(queue)
    check_id(queue, job_id)
    found = _read(access, queue, job_id)
    if found is None:
        raise UnknownJob(
            N_("queue %(queue)s has no job %(job)s; finished jobs are kept for a time only"), queue=queue, job=job_id
        )
    job = records.job(access.source, queue, job_id, found.record, redaction)
    detail = failure.decode(found.error)
    return replace(
        job,
        payload=payloads.decode(found.payload, found.payload_size, redaction),
        error=_shown_error(access, engine, job, detail, redaction),
        history=() if detail is None else _history(detail, redaction),
        edits=tuple(_edit(each, redaction) for each in edits.parse(found.edits)),
        result=redaction.text(payloads.decode_text(found.result))[0],
        purged_at=found.purged_at,
        restorable_until=found.kept_until,
    )


def _read(access: Access, queue: str, job_id: str) -> WholeJob | None:
    most = (payloads.READ_BYTES, ERROR_BYTES + 1, RESULT_BYTES + 1, edits.READ_BYTES + 1)
    (reply,) = access.ask("job", [(queue, (job_id, *most))])
    return whole_job(reply)


def _edit(past: edits.PastPayload, redaction: Redaction) -> Edit:
    if not past.stored and past.size:
        return Edit(past.at, Payload(size=past.size, undecodable=N_("too large to be kept")))
    return Edit(past.at, payloads.decode(past.stored, past.size, redaction))


def _shown_error(
    access: Access, engine: Engine, job: Job, detail: failure.ErrorDetail | None, redaction: Redaction
) -> JobError | None:
    """The job's own error; when its detail was not kept, with the traceback of another job of its group."""
    if job.error is None:
        return None
    if detail is not None:
        return _error(detail, job.error, redaction)
    if job.state != State.FAILED or not job.error.fingerprint:
        return job.error
    with access.errors():
        found = [failure.decode(each) for each in engine.sample_errors(job.error.fingerprint, most_bytes=ERROR_BYTES)]
    sample = next((each for each in found if each is not None and each.frames), None)
    if sample is None:
        return job.error
    shown = _error(sample, job.error, redaction)
    return replace(shown, message=job.error.message or shown.message, of_group=True)


def _error(detail: failure.ErrorDetail, known: JobError, redaction: Redaction) -> JobError:
    frames = tuple(
        Frame(each.path, each.line, each.function, redaction.text(each.source)[0], each.own) for each in detail.frames
    )
    message = redaction.text(detail.message)[0]
    return JobError(
        detail.type or known.type, message, _traceback(detail.type, message, frames) if frames else "",
        known.fingerprint or detail.fingerprint, frames, known.reason,
    )  # fmt: skip


def _traceback(type_: str, message: str, frames: tuple[Frame, ...]) -> str:
    """The traceback as Python prints it."""
    lines = ["Traceback (most recent call last):"]
    for frame in frames:
        lines.append(f'  File "{frame.path}", line {frame.line}, in {frame.function}')
        if frame.source:
            lines.append(f"    {frame.source.strip()}")
    return "\n".join([*lines, f"{type_}: {message}" if message else type_])


def _history(detail: failure.ErrorDetail, redaction: Redaction) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(
            each.number, each.started or None, each.finished or None, each.worker, each.outcome, each.type,
            redaction.text(each.message)[0], each.fingerprint, each.version[:VERSION],
        )
        for each in (*detail.history, detail.as_past())
    )  # fmt: skip
