"""Backpressure: when an operation goes slower than asked, how much, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dashboard.adapters.contract import Adapter, Queue
from dashboard.operations.pressure import Pressure
from dashboard.operations.records import Operation, Slowdown
from dashboard.settings import LimitSettings

EVERY_SECONDS = 5.0
"""How often the sources are asked, and the pace is changed at most."""

SLOWER, FASTER = 0.5, 1.25
LEAST_PER_SECOND = 1.0
ASSUMED_PER_SECOND = 1_000.0
FEWEST_ATTEMPTS = 20


def pressure(adapter: Adapter, queues: Collection[str], limits: LimitSettings) -> Pressure | None:
    """The first limit that a target queue or its server is over; None when none is.

    Raises AdapterError when the source does not say.
    """
    found = [each for queue in adapter.queues() if queue.name in queues for each in _of_queue(queue, limits)]
    if found:
        return found[0]
    load = adapter.load()
    share = load.memory_bytes / load.memory_limit if load.memory_limit else 0.0
    return Pressure("memory", share, limits.slow_down_memory) if share > limits.slow_down_memory else None


def adjusted(operation: Operation, reason: Pressure | None, now: float) -> Slowdown | None:
    """The pace from now on: half of it while something is over a limit, then a quarter more each time; never zero."""
    last, asked = operation.slowdown, operation.pace.rate_per_second
    if reason:
        base = last.base if last else asked or operation.rate or ASSUMED_PER_SECOND
        rate = max((last.rate if last else base) * SLOWER, min(LEAST_PER_SECOND, asked or LEAST_PER_SECOND))
        return Slowdown(rate, base, now, reason)
    if last is None or last.rate * FASTER >= last.base:
        return None
    rate = last.rate * FASTER
    return Slowdown(rate, last.base, now)


def _of_queue(queue: Queue, limits: LimitSettings) -> Iterator[Pressure]:
    waits, longest = queue.oldest_pending_seconds, limits.slow_down_pending_seconds
    if waits is not None and waits > longest:
        yield Pressure("waits", waits, longest, queue.name)
    failed, succeeded = queue.failed_per_minute or 0.0, queue.succeeded_per_minute or 0.0
    share = failed / (failed + succeeded) if failed + succeeded >= FEWEST_ATTEMPTS else 0.0
    if share > limits.slow_down_failure_rate:
        yield Pressure("fails", share, limits.slow_down_failure_rate, queue.name)
