"""The numbers of a product's queues, joined with what the mirror has counted."""

from __future__ import annotations

from dataclasses import replace

from dashboard.adapters.contract import AdapterError, Capability, Queue, State
from dashboard.adapters.mirrored.follower import Follower
from dashboard.adapters.mirrored.mirror import Mirror
from dashboard.adapters.mirrored.product import Product

_FAILURES = ("failed", "failed_attempts", "requeued", "purged")


def joined(product: Product, mirror: Mirror, follower: Follower) -> list[Queue]:
    """Queues with failures per minute and, where the product cannot count them, failures from the mirror.

    A number of the mirror stays unknown until every failure was seen once, and while the store does not answer.
    A queue that the product does not know, or no longer, is there as long as it has failures.
    """
    queues = product.queues()
    try:
        mirrored, whole, looked = mirror.queues(), follower.whole(), follower.looked_at()
    except AdapterError:
        return queues
    known = {queue.name for queue in queues}
    able = product.capabilities() & ~Capability.PAUSE
    alone = [
        Queue(product.source, name, product.kind, capabilities=able, failures_only=True)
        for name, own in mirrored.items()
        if name not in known and own.failed
    ]
    found = [
        replace(_joined(queue, mirrored.get(queue.name), whole=whole), failures_as_of=looked)
        for queue in (*queues, *alone)
    ]
    return sorted(found, key=lambda queue: queue.name) if alone else found


def _failed(by_type: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Of the mirror's jobs by type, the failures: those that were requeued are the product's own again."""
    failed = State.FAILED.value
    return {name: {failed: states[failed]} for name, states in by_type.items() if states.get(failed)}


def _joined(queue: Queue, own: Queue | None, *, whole: bool) -> Queue:
    if own is None:
        if not whole:
            return queue
        own = Queue(queue.source, queue.name, queue.kind, failed=0, failed_per_minute=0.0, dead_per_minute=0.0,
                    totals=dict.fromkeys(_FAILURES, 0))  # fmt: skip
    failed = queue.failed if queue.failed is not None else own.failed if whole else None
    counted = {name: own.totals[name] for name in _FAILURES if name in own.totals}
    return replace(
        queue,
        failed=failed,
        failed_per_minute=own.failed_per_minute if queue.failed_per_minute is None else queue.failed_per_minute,
        dead_per_minute=own.dead_per_minute,
        totals={**counted, **queue.totals},
        by_type=queue.by_type or _failed(own.by_type),
    )
