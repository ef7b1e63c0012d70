"""Which jobs and groups a selector means; what no index describes is matched here, field by field, never widened."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.adapters.contract import Job, Selector, State


def needs_scan(selector: Selector, state: State) -> bool:
    """Whether jobs have to be looked at one by one."""
    by_score = state not in (State.PENDING, State.PROCESSING)
    timed = selector.since is not None or selector.until is not None
    other = state != State.FAILED and bool(selector.fingerprint)
    return bool(selector.type or selector.error or selector.q or selector.ids) or other or (timed and not by_score)


def matches(selector: Selector, job: Job, described: str = "") -> bool:
    """Whether a job is meant. described: more of the error's text than the job's record holds."""
    return (
        (not selector.type or job.type == selector.type)
        and (not selector.fingerprint or (job.error.fingerprint if job.error else "") == selector.fingerprint)
        and (not selector.ids or job.id in selector.ids)
        and contains(selector.error, error_text(job), described)
        and contains(selector.q, job.id, job.type, error_text(job), described)
        and within(selector, moment(job))
    )


def contains(wanted: str, *texts: str) -> bool:
    """Whether one of the texts has `wanted` in it, whatever the case; an empty one is in every text."""
    return not wanted or any(wanted.casefold() in text.casefold() for text in texts)


def within(selector: Selector, at: float | None) -> bool:
    """Whether a time lies within the selector's bounds; an unknown time lies in none."""
    if selector.since is None and selector.until is None:
        return True
    if at is None:
        return False
    return (selector.since is None or at >= selector.since) and (selector.until is None or at <= selector.until)


def moment(job: Job) -> float | None:
    """The time by which a job's state is bounded: its run, its start, its end, or when it was enqueued."""
    if job.state in (State.SCHEDULED, State.RETRYING):
        return job.scheduled_for
    if job.state == State.PROCESSING:
        return job.started_at
    return job.enqueued_at if job.state == State.PENDING else job.finished_at


def error_text(job: Job) -> str:
    """Type and message of a job's error."""
    return f"{job.error.type}: {job.error.message}" if job.error else ""


def clock_bounds(selector: Selector) -> tuple[str, str]:
    """The selector's times as inclusive bounds of the queue's clock (microseconds)."""
    low = "-inf" if selector.since is None else f"{selector.since * 1e6:.0f}"
    high = "+inf" if selector.until is None else f"{selector.until * 1e6:.0f}"
    return low, high


def group_matches(selector: Selector, fingerprint: str, detail: Mapping[str, str]) -> bool:
    """Whether an error group is meant, its times aside."""
    type_, text = detail.get("ty", ""), detail.get("em", "")
    return (
        (not selector.type or type_ == selector.type)
        and (not selector.fingerprint or fingerprint == selector.fingerprint)
        and contains(selector.error, text, detail.get("rs", "") if not text else "")
        and contains(selector.q, type_, text, fingerprint)
    )
