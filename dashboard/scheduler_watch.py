"""Which schedules are late, and whether a scheduler is there to run them: from what every page has read already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.adapters.contract import Queue
from dashboard.adapters.schedule_records import LATE_SECONDS


@dataclass(frozen=True, slots=True)
class Watch:
    """Some queues' schedules.

    late: how many are late. late_since: the earliest instant that passed. silent: queues with schedules for which no
    scheduler was heard of lately. heard_at: when one of these was, None when never or not told.
    """

    schedules: int = 0
    late: int = 0
    late_since: float | None = None
    silent: tuple[str, ...] = ()
    heard_at: float | None = None


def watch(queues: Iterable[Queue], now: float) -> Watch:
    """What is to be known of the schedules of these queues; `now` in unix seconds."""
    known = [queue for queue in queues if queue.schedules]
    late = [queue for queue in known if queue.schedules_late]
    silent = [queue for queue in known if is_silent(queue, now)]
    since = [queue.next_schedule_at for queue in late if queue.next_schedule_at is not None]
    heard = [queue.scheduler_heard_at for queue in silent if queue.scheduler_heard_at is not None]
    return Watch(
        schedules=sum(queue.schedules or 0 for queue in known),
        late=sum(queue.schedules_late or 0 for queue in late),
        late_since=min(since, default=None),
        silent=tuple(queue.name for queue in silent),
        heard_at=max(heard, default=None),
    )


def is_silent(queue: Queue, now: float) -> bool:
    """Whether its scheduler was heard of, but not for more than LATE_SECONDS."""
    return queue.scheduler_heard_at is not None and now - queue.scheduler_heard_at > LATE_SECONDS
