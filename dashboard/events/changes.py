"""What changed from one reading of everything to the next, by topic. Ages and rates do not count: they always move."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from dashboard.adapters.contract import Queue, Worker
from dashboard.adapters.snapshot import Snapshot
from dashboard.alerts.records import Alert
from dashboard.operations.records import Operation

ENDINGS = ("failed", "requeued", "purged")
"""Counters that tell a change of the dead letters whose number stayed the same."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything at one instant; alerts and operations are None when the dashboard's store did not answer."""

    snapshot: Snapshot
    alerts: Sequence[Alert] | None = None
    operations: Sequence[Operation] | None = None


class Changes:
    """Remembers of each topic what the last reading showed, and since when it has been so."""

    def __init__(self) -> None:
        self._shown: dict[str, Hashable] = {}
        self._since: dict[str, float] = {}
        self.moment = -math.inf

    @property
    def begun(self) -> bool:
        """Whether there has been a reading, whose moment is `moment`."""
        return self.moment > -math.inf

    def take(self, reading: Reading) -> float:
        """Compare a reading with the one before; returns its moment in unix seconds, later than that of any other.

        With the first one every topic changes that it could read.
        """
        self.moment = max(reading.snapshot.taken_at, math.nextafter(self.moment, math.inf))
        for topic, trace in _TRACES.items():
            shown = trace(reading)
            if shown is not None and self._shown.get(topic) != shown:
                self._shown[topic], self._since[topic] = shown, self.moment
        return self.moment

    def since(self, moment: float) -> frozenset[str]:
        """The topics that changed after a moment."""
        return frozenset(topic for topic, at in self._since.items() if at > moment)


def _sources(reading: Reading) -> Hashable:
    return tuple((source.name, source.up, source.error, source.searching) for source in reading.snapshot.sources)


def _queues(reading: Reading) -> Hashable:
    return tuple(_numbers(queue) for queue in reading.snapshot.queues)


def _numbers(queue: Queue) -> Hashable:
    counts = (queue.pending, queue.processing, queue.scheduled, queue.retrying, queue.failed, queue.stalled)
    return queue.source, queue.name, queue.paused, queue.workers, *counts, *queue.totals.values()


def _dead(reading: Reading) -> Hashable:
    return tuple(
        (queue.source, queue.name, queue.failed, *(queue.totals.get(name) for name in ENDINGS))
        for queue in reading.snapshot.queues
    )


def _workers(reading: Reading) -> Hashable:
    return tuple(_doing(worker) for worker in reading.snapshot.workers)


def _doing(worker: Worker) -> Hashable:
    jobs = tuple(job.id for job in worker.jobs)
    return worker.source, worker.id, worker.lost, worker.stopping, worker.busy, worker.queues, jobs


def _alerts(reading: Reading) -> Hashable:
    if reading.alerts is None:
        return None
    return tuple((alert.fingerprint, alert.state, alert.value) for alert in reading.alerts)


def _operations(reading: Reading) -> Hashable:
    if reading.operations is None:
        return None
    return tuple((each.id, each.state, each.handled, each.slowed) for each in reading.operations)


_TRACES: Mapping[str, Callable[[Reading], Hashable]] = {
    "sources": _sources,
    "queues": _queues,
    "dead": _dead,
    "workers": _workers,
    "alerts": _alerts,
    "operations": _operations,
}
TOPICS = tuple(_TRACES)
