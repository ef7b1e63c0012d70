"""What a rule watches: the sources and queues it is about, and the value of its metric in one snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.adapters.contract import Queue
from dashboard.adapters.snapshot import Snapshot, SourceSnapshot, summed
from dashboard.alerts.metrics.contract import Sample, Target
from dashboard.alerts.records import Rule

METRICS = ("failed", "failure_rate", "oldest_pending_seconds")


def targets(rule: Rule, snapshot: Snapshot) -> Iterator[Target]:
    """What a rule is evaluated for.

    `failed` without a queue is judged by each source's total; with one, and for every other metric, by queue.
    """
    if rule.metric not in METRICS:
        raise ValueError(f"no metric is called {rule.metric}")
    for source in snapshot.sources:
        if rule.source and source.name != rule.source:
            continue
        if rule.metric == "failed" and not rule.queue:
            yield Target(source.name)
            continue
        for queue in source.queues:
            if not rule.queue or queue.name == rule.queue:
                yield Target(source.name, queue.name)


def sample(rule: Rule, target: Target, snapshot: Snapshot) -> Sample:
    """The metric's value for one target; None when its source does not answer or does not say."""
    source = snapshot.source(target.source)
    if source is None or not source.up:
        return Sample(None)
    if not target.queue:
        return Sample(_total_failed(source))
    queue = next((queue for queue in source.queues if queue.name == target.queue), None)
    return Sample(None, enough=False) if queue is None else _of_queue(rule, queue)


def _total_failed(source: SourceSnapshot) -> float | None:
    return 0.0 if not source.queues else summed(queue.failed for queue in source.queues)


def _of_queue(rule: Rule, queue: Queue) -> Sample:
    if rule.metric == "failed":
        return Sample(queue.failed)
    if rule.metric == "failure_rate":
        return _failure_rate(rule, queue)
    if queue.pending == 0:
        return Sample(0.0)
    return Sample(queue.oldest_pending_seconds)


def _failure_rate(rule: Rule, queue: Queue) -> Sample:
    """Failed attempts of all attempts that ended lately, in percent."""
    failed, succeeded = queue.failed_per_minute, queue.succeeded_per_minute
    if failed is None or succeeded is None:
        return Sample(None)
    ended = failed + succeeded
    if ended <= 0 or ended < rule.minimum:
        return Sample(None, enough=False)
    return Sample(100.0 * failed / ended)
