"""Families with the job type as a label: asked for by a setting, and capped, since types are made by applications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from dashboard.adapters.contract import Queue, State

OTHER = "other"
"""The type under which all beyond the cap are counted."""

_STATES = tuple(state.value for state in State)


def families(queues: Sequence[Queue], most: int) -> Iterator[Metric]:
    """Attempts and jobs by type.

    Args:
        queues: what is shown.
        most: types of a queue that are told apart. Attempts are those of the types that a queue saw first, so that no
            counter ever steps back; jobs those of the types with the most of them.
    """
    attempts = CounterMetricFamily(
        "redrive_job_type_attempts", "Attempts that ended, by job type.", labels=["source", "queue", "type", "outcome"]
    )
    jobs = GaugeMetricFamily("redrive_job_type_jobs", "Jobs by type.", labels=["source", "queue", "type", "state"])
    for queue in queues:
        for (type_, outcome), count in _attempts(queue, most).items():
            attempts.add_metric([queue.source, queue.name, type_, outcome], count)
        for (type_, state), count in _jobs(queue, most).items():
            jobs.add_metric([queue.source, queue.name, type_, state], count)
    yield from (attempts, jobs)


def _attempts(queue: Queue, most: int) -> Counter[tuple[str, str]]:
    told_apart = {each.name for each in islice((each for each in queue.types_ever if each.name), most)}
    found: Counter[tuple[str, str]] = Counter()
    for each in queue.types_ever:
        name = each.name if each.name in told_apart else OTHER
        found[name, "succeeded"] += each.succeeded
        found[name, "failed"] += each.failed_attempts
    return found


def _jobs(queue: Queue, most: int) -> Counter[tuple[str, str]]:
    counts = {type_: {s: n for s, n in by.items() if s in _STATES and n} for type_, by in queue.by_type.items()}
    largest = sorted(counts, key=lambda type_: (-sum(counts[type_].values()), type_))[:most]
    found: Counter[tuple[str, str]] = Counter()
    for type_, by_state in counts.items():
        name = type_ if type_ in largest else OTHER
        for state, count in by_state.items():
            found[name, state] += count
    return found
