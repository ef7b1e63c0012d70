"""Families with the job type as a label: asked for by a setting, and capped, since types are made by applications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from dashboard.adapters.contract import Queue, State
from dashboard.metrics.families import Family

OTHER = "other"
"""The type under which all beyond the cap are counted."""

_STATES = tuple(state.value for state in State)


def families(queues: Sequence[Queue], most: int) -> Iterator[Family]:
    """Attempts and jobs by type.

    Args:
        queues: what is shown.
        most: types of a queue that are told apart. Attempts are those of the types that a queue saw first, so that no
            counter ever steps back; jobs those of the types with the most of them.
    """
    ended = "Attempts that ended, by job type."
    attempts = Family("counter", "redrive_job_type_attempts", ended, ("outcome", "queue", "source", "type"))
    jobs = Family("gauge", "redrive_job_type_jobs", "Jobs by type.", ("queue", "source", "state", "type"))
    for queue in queues:
        for (type_, outcome), count in _attempts(queue, most).items():
            attempts.add((outcome, queue.name, queue.source, type_), count)
        for (type_, state), count in _jobs(queue, most).items():
            jobs.add((queue.name, queue.source, state, type_), count)
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
