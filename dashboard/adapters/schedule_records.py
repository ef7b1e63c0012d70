"""A schedule as an adapter answers with it: frozen; times are unix seconds, None is what was not read."""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboard.adapters.job_records import Payload
from dashboard.adapters.vocabulary import State

LATE_SECONDS = 60.0
"""A schedule whose instant passed longer ago is late."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a schedule is due.

    expression: five cron fields, meant in the time zone `zone`. seconds: of an interval. at: of a single instant.
    text: as its product writes it; the only one of these that is set for what is none of them.
    """

    text: str
    expression: str = ""
    zone: str = ""
    seconds: float | None = None
    at: float | None = None


@dataclass(frozen=True, slots=True)
class ScheduledRun:
    """One job of a schedule.

    instant: for which it was run, None when by hand. state: of the job now, or at its end; None when no longer known.
    """

    job_id: str
    at: float | None
    instant: float | None = None
    by_hand: bool = False
    state: State | None = None
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """One recurring job.

    id: names it within its source; without `/`. next_at: None while it is paused, or when it has ended.
    last_instant, last_at: the last instant that was run, and when it was. count, missed, skipped: instants run, left
    out because no scheduler ran, and left out because the run before had not ended; missed_at, skipped_at: the last.
    seen_at: when an application last said that it has this schedule. heard_at: when a scheduler for it, of any
    application, was last heard of; None for both where that is not told.
    runs: the newest first, None where the source keeps none. upcoming, payload: not read for lists.
    facts: what only its product knows of it, as (label, value); labels alone are marked for the catalogue.
    """

    id: str
    source: str
    name: str
    queue: str
    type: str
    timing: Timing
    paused: bool | None = None
    paused_at: float | None = None
    next_at: float | None = None
    last_instant: float | None = None
    last_at: float | None = None
    count: int | None = None
    missed: int | None = None
    missed_at: float | None = None
    skipped: int | None = None
    skipped_at: float | None = None
    seen_at: float | None = None
    heard_at: float | None = None
    catch_up: str = ""
    overlap: str = ""
    priority: int | None = None
    max_retries: int | None = None
    timeout: float | None = None
    runs: tuple[ScheduledRun, ...] | None = None
    upcoming: tuple[float, ...] = ()
    payload: Payload = field(default_factory=Payload)
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def lateness(self) -> float | None:
        """Seconds from the last instant until it was run; None when nothing has run."""
        if self.last_at is None or self.last_instant is None:
            return None
        return max(0.0, self.last_at - self.last_instant)

    def overdue(self, now: float) -> float | None:
        """Seconds since the next instant passed, when these are more than LATE_SECONDS; else None."""
        if self.paused or self.next_at is None or now - self.next_at <= LATE_SECONDS:
            return None
        return now - self.next_at

    def unregistered(self) -> bool:
        """Whether schedulers are heard of, but none has this schedule any more."""
        if self.seen_at is None or self.heard_at is None:
            return False
        return self.heard_at - self.seen_at > LATE_SECONDS
