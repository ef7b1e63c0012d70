"""How a queue and its source stand at one reading, as the history keeps it."""

from __future__ import annotations

from dashboard.adapters.contract import Capability, Load, Queue
from dashboard.history.bucket import UNTOLD

DOWN = {"source_down": 1}
"""Of a source that does not answer nothing else is known."""


def of_queue(queue: Queue, new_groups: int | None = None) -> tuple[int | None, ...]:
    """The first of `bucket.LEVELS`, those that a queue has."""
    oldest = None if queue.oldest_pending_seconds is None else round(queue.oldest_pending_seconds)
    stalled, late = (_told(queue, value) for value in (queue.stalled, queue.schedules_late))
    return queue.pending, oldest, queue.failed, unserved(queue), stalled, late, new_groups


def unserved(queue: Queue) -> int | None:
    """Pending jobs that no worker serves; 0 while one does, and while the queue is paused.

    None where it was not read, UNTOLD of a product that does not report its workers.
    """
    if queue.pending is None:
        return None
    if queue.paused or not queue.pending:
        return 0
    if queue.workers is None:
        return None if Capability.WORKERS in queue.capabilities else UNTOLD
    return queue.pending if queue.workers == 0 else 0


def of_source(load: Load | None, new_groups: int | None) -> dict[str, int | None]:
    """The levels of a source that answers; of what it was not asked, or did not tell, None."""
    known = {"new_groups": new_groups, "source_down": 0}
    return known | {"redis_memory": memory(load), "redis_eviction": evicts(load)} if load else known


def memory(load: Load) -> int:
    """Memory in use, in hundredths of a percent of its limit; UNTOLD where there is no limit."""
    return round(10_000 * load.memory_bytes / load.memory_limit) if load.memory_limit else UNTOLD


def evicts(load: Load) -> int:
    """1 where Redis deletes jobs at its limit, 0 where it does not; UNTOLD where its policy is not known."""
    if not load.policy:
        return UNTOLD
    return 1 if load.memory_limit and load.policy != "noeviction" else 0


def _told(queue: Queue, value: int | None) -> int | None:
    """A queue that could not be read tells nothing; one that was read and has no value does not keep it."""
    return UNTOLD if value is None and not queue.problem else value
