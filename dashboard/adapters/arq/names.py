"""Names of arq's keys, and its queues. A queue is called as its key; the other keys are the same for all queues."""

from __future__ import annotations

USUAL = "arq:queue"
HEALTH = ":health-check"
RESULT = "arq:result:"
ABORT = "arq:abort"
"""ZSET of jobs that are to be stopped, by the millisecond at which that was asked."""


def job(job_id: str) -> str:
    """STRING, what is to be called."""
    return f"arq:job:{job_id}"


def result(job_id: str) -> str:
    """STRING, what was called and what came of it."""
    return f"{RESULT}{job_id}"


def running(job_id: str) -> str:
    """STRING that is there while a worker runs the job."""
    return f"arq:in-progress:{job_id}"


def tries(job_id: str) -> str:
    """STRING, how often it was begun."""
    return f"arq:retry:{job_id}"


def queue_of(key: str) -> str | None:
    """The queue whose worker tells of itself in a key."""
    return key.removesuffix(HEALTH) or None if key.endswith(HEALTH) else None
