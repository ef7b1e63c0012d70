"""How often a job was tried, of how many times it may be, as far as its product tells."""

from __future__ import annotations

from dashboard.adapters.contract import Job, State
from dashboard.language import UNKNOWN, gettext, number

_NOT_YET = (State.PENDING, State.SCHEDULED, State.CANCELLED)


def tries(job: Job) -> str:
    """`2 of 4`, `2` where it is not told how many are allowed, a dash where nothing is."""
    if not job.attempts and (job.max_retries is None or job.state not in _NOT_YET):
        return UNKNOWN
    if job.max_retries is None:
        return number(job.attempts)
    return gettext("%(part)s of %(whole)s", part=number(job.attempts), whole=number(job.max_retries + 1))
