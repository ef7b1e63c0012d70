"""Backpressure: when an operation goes slower than asked, how much, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dashboard.adapters.contract import Adapter, Queue
from dashboard.durations import duration_words
from dashboard.operations.records import Operation, Slowdown
from dashboard.settings import LimitSettings

EVERY_SECONDS = 5.0
"""How often the sources are asked, and the pace is changed at most."""

SLOWER, FASTER = 0.5, 1.25
LEAST_PER_SECOND = 1.0
ASSUMED_PER_SECOND = 1_000.0
FEWEST_ATTEMPTS = 20


def pressure(adapter: Adapter, queues: Collection[str], limits: LimitSettings) -> str:
    """The first limit that a target queue or its server is over, as `VALUE, limit LIMIT`; empty when none is.

    Raises AdapterError when the source does not say.
    """
    found = [words for queue in adapter.queues() if queue.name in queues for words in _of_queue(queue, limits)]
    if found:
        return found[0]
    load = adapter.load()
    share = load.memory_bytes / load.memory_limit if load.memory_limit else 0.0
    if share > limits.slow_down_memory:
        return f"Redis uses {share:.0%} of its memory, limit {limits.slow_down_memory:.0%}".replace("%", " %")
    return ""


def adjusted(operation: Operation, reason: str, now: float) -> Slowdown | None:
    """The pace from now on: half of it while something is over a limit, then a quarter more each time; never zero."""
    last, asked = operation.slowdown, operation.pace.rate_per_second
    if reason:
        base = last.base if last else asked or operation.rate or ASSUMED_PER_SECOND
        rate = max((last.rate if last else base) * SLOWER, min(LEAST_PER_SECOND, asked or LEAST_PER_SECOND))
        return Slowdown(rate, base, now, f"Slowed to {per_second(rate)}: {reason}")
    if last is None or last.rate * FASTER >= last.base:
        return None
    rate = last.rate * FASTER
    return Slowdown(rate, last.base, now, f"Speeding up again, {per_second(rate)} now")


def per_second(rate: float) -> str:
    """`40/s`, `2.5/s`."""
    return f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}".removesuffix(".0") + "/s"


def _of_queue(queue: Queue, limits: LimitSettings) -> Iterator[str]:
    waits, longest = queue.oldest_pending_seconds, limits.slow_down_pending_seconds
    if waits is not None and waits > longest:
        yield f"{queue.name}’s oldest pending job waits {duration_words(waits)}, limit {duration_words(longest)}"
    failed, succeeded = queue.failed_per_minute or 0.0, queue.succeeded_per_minute or 0.0
    share = failed / (failed + succeeded) if failed + succeeded >= FEWEST_ATTEMPTS else 0.0
    if share > limits.slow_down_failure_rate:
        words = f"{share:.0%} of {queue.name}’s attempts fail, limit {limits.slow_down_failure_rate:.0%}"
        yield words.replace("%", " %")
