"""The six figures above a page; a figure is None when a part of it was not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.adapters.contract import Capability, Queue, Worker
from dashboard.adapters.snapshot import summed


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over queues and workers; `missing` names sources that do not answer.

    without: whether their last numbers are left out; while no source answers, they are all that there is.
    untold: queues whose source does not tell what succeeded; what succeeded and the failed share are of the others.
    """

    pending: int | None
    longest_wait: float | None
    longest_in: str
    longest_source: str
    processing: int | None
    slots: int | None
    workers: int | None
    lost: int
    succeeded_per_minute: float | None
    failed_per_minute: float | None
    failure_share: float | None
    dead: int | None
    dead_per_minute: float | None
    missing: tuple[str, ...] = ()
    without: bool = False
    untold: int = 0


def added(values: Iterable[float | None]) -> float | None:
    """The sum, None when a value is not known or there is none."""
    known = list(values)
    return None if not known or None in known else sum(value for value in known if value is not None)


def failure_share(succeeded: float | None, failed: float | None) -> float | None:
    """Failed attempts as a share of all that ended; None when nothing ended."""
    if succeeded is None or failed is None or succeeded + failed <= 0:
        return None
    return failed / (succeeded + failed)


def _tell_workers(queues: Sequence[Queue]) -> bool:
    """Whether the products of these queues tell of their workers."""
    return any(not queue.capabilities or Capability.WORKERS in queue.capabilities for queue in queues)


def of_queues(queues: Sequence[Queue], workers: Sequence[Worker], *, missing: tuple[str, ...] = ()) -> Figures:
    """The figures of some queues; no queue at all counts as nothing only where every source was read."""
    if not queues and not missing:
        return Figures(0, None, "", "", 0, 0, len(workers), 0, 0.0, 0.0, None, 0, 0.0)
    answering = [queue for queue in queues if queue.source not in missing]
    without = bool(missing and answering)
    if without:
        queues, workers = answering, [worker for worker in workers if worker.source not in missing]
    alive = [worker for worker in workers if not worker.lost]
    watched = [queue for queue in queues if not queue.failures_only] or queues
    waits = [
        (queue.oldest_pending_seconds, queue.name, queue.source)
        for queue in queues
        if queue.oldest_pending_seconds is not None
    ]
    longest, where, source = max(waits, default=(None, "", ""))
    telling = [queue for queue in queues if queue.succeeded_per_minute is not None]
    succeeded = added(queue.succeeded_per_minute for queue in telling)
    return Figures(
        pending=summed(queue.pending for queue in watched),
        longest_wait=longest,
        longest_in=where,
        longest_source=source,
        processing=summed(queue.processing for queue in watched),
        slots=summed(worker.slots for worker in alive),
        workers=None if not workers and (missing or not _tell_workers(queues)) else len(alive),
        lost=len(workers) - len(alive),
        succeeded_per_minute=succeeded,
        failed_per_minute=added(queue.failed_per_minute for queue in queues),
        failure_share=failure_share(succeeded, added(queue.failed_per_minute for queue in telling)),
        dead=summed(queue.failed for queue in queues),
        dead_per_minute=added(queue.dead_per_minute for queue in queues),
        missing=missing,
        without=without,
        untold=len(queues) - len(telling) if telling else 0,
    )
