"""Runs of which RQ keeps nothing, from what the application captured: those that failed and were tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboard.adapters.contract import Attempt, Job, JobError, State

SAME_SECONDS = 3.0
"""A captured run that ended so near to one that RQ keeps is that one."""

MOST = 10
_LONGEST = 10_000


def completed(job: Job, captured: Sequence[dict[str, Any]]) -> Job:
    """The job with its captured runs among the others, and with their error while RQ has none."""
    if not captured:
        return job
    known = [each.finished_at for each in job.history if each.finished_at is not None]
    more = [each for each in captured if not any(abs(float(each["failed_at"]) - at) < SAME_SECONDS for at in known)]
    runs = sorted([*job.history, *map(_attempt, more)], key=lambda each: each.finished_at or 0.0)
    return replace(
        job,
        history=tuple(replace(each, number=number) for number, each in enumerate(runs, 1)),
        attempts=max(job.attempts, len(runs) + (job.state in (State.PROCESSING, State.SUCCEEDED))),
        error=_error(captured[-1]) if job.error is not None and not job.error.type else job.error,
        version=job.version or _text(captured[-1], "version")[:40],
    )


def _attempt(captured: dict[str, Any]) -> Attempt:
    outcome = "failed" if captured.get("final") else "retried"
    return Attempt(
        0, None, float(captured["failed_at"]), _text(captured, "worker"), outcome, _text(captured, "error_type"),
        _text(captured, "message"), version=_text(captured, "version")[:40],
    )  # fmt: skip


def _error(captured: dict[str, Any]) -> JobError:
    return JobError(_text(captured, "error_type"), _text(captured, "message"), _text(captured, "traceback"))


def _text(captured: dict[str, Any], name: str) -> str:
    value = captured.get(name)
    return value[:_LONGEST] if isinstance(value, str) else ""
