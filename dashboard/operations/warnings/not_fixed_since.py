"""Warns when nothing changed in the workers since the selected jobs' errors last happened."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from dashboard.adapters.contract import ErrorGroup, Worker
from dashboard.durations import duration_words
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight
from dashboard.operations.wording import error_name, listed

WHAT = "whether the workers changed since the last failure"
SHOWN = 3


def check(facts: Facts) -> Iterator[Caution]:
    """One caution for each queue whose workers all run what failed, since before it failed; at most three."""
    yield from itertools.islice(_unchanged(facts), SHOWN)


def _unchanged(facts: Facts) -> Iterator[Caution]:
    for place in facts.places:
        workers = facts.workers(place)
        same = [group for group in facts.groups(place) if workers and not _changed(group, workers)]
        if same:
            names = listed(error_name(group.error_type) for group in same)
            ago = _span(facts.now - same[0].last_seen)
            yield Caution(
                "not_fixed_since",
                f"Not fixed since: no worker of {place[1]} has started or changed its version since {names} last"
                f" happened, {ago} ago. {_running(workers, facts.now)}",
                "Deploy the fix first, or try a few jobs and look at their outcome.",
                Weight.FAIL,
            )


def _changed(group: ErrorGroup, workers: Sequence[Worker]) -> bool:
    """Whether a worker started since, or reports another version; one that does not say when may have."""
    return any(
        worker.started_at is None
        or worker.started_at > group.last_seen
        or bool(group.version and worker.version and worker.version != group.version)
        for worker in workers
    )


def _running(workers: Sequence[Worker], now: float) -> str:
    versions = sorted({worker.version for worker in workers if worker.version})
    what = f"version {listed(versions)}" if versions else "a version they do not report"
    newest = max(worker.started_at or 0.0 for worker in workers)
    subject = "They have" if len(workers) > 1 else "It has"
    return f"{subject} run {what} for {_span(now - newest)}."


def _span(seconds: float) -> str:
    return duration_words(max(1, round(seconds)))
