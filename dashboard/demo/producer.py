"""Enqueues the demo's jobs at a steady rate, with an outage that begins and ends."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

from dashboard.demo import outages
from dashboard.demo.application import app
from dashboard.demo.sequence import Sample, Sequence

BURST_AFTER, BURST_SECONDS, BURST_EVERY = 20, 30, 600
POISON_AFTER, POISON_EVERY = 12, 900


def produce(seed: int, rate: float, fail_rate: float) -> None:
    """Enqueue without end.

    Args:
        seed: the same seed gives the same jobs in the same order.
        rate: jobs a second.
        fail_rate: share (0 to 1) of jobs that cannot succeed.
    """
    started = time.monotonic()
    for number, sample in enumerate(with_events(seed, rate, fail_rate)):
        time.sleep(max(0.0, started + number / rate - time.monotonic()))
        enqueue(sample)


def with_events(seed: int, rate: float, fail_rate: float) -> Iterator[Sample]:
    """The sequence, with poison pills in it and with outages begun at their places."""
    sequence = Sequence(seed, fail_rate)
    samples = iter(sequence)
    for number in itertools.count():
        second = int(number / rate)
        begins_second = second != int((number - 1) / rate)
        if begins_second and second % BURST_EVERY == BURST_AFTER:
            outages.begin("acquirer-north", BURST_SECONDS)
        if begins_second and second % POISON_EVERY == POISON_AFTER:
            yield sequence.poison_pill()
        yield sequence.payment("north") if _in_burst(second) and number % 8 == 0 else next(samples)


def _in_burst(second: int) -> bool:
    return BURST_AFTER <= second % BURST_EVERY < BURST_AFTER + BURST_SECONDS


def enqueue(sample: Sample) -> str:
    """Enqueue one sample; returns the job's id."""
    queue = app.queue(sample.queue)
    return str(queue.enqueue(sample.type, sample.data, priority=sample.priority, delay=sample.delay or None))
