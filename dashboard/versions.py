"""Which workers run an older version of their application than others that serve the same queues."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dashboard.adapters.contract import Worker

_COMMIT = re.compile(r"[0-9a-f]{7,40}\Z")
_LONGEST = 100


def outdated(workers: Iterable[Worker]) -> dict[tuple[str, str], str]:
    """(source, id) of each worker that is behind, with the newest version among those that share a queue with it.

    Versions that differ in their numbers alone are compared by these; of others, that of the worker that started last
    is the newest. Lost workers are no measure, and are not measured.
    """
    alive = [worker for worker in workers if worker.version and not worker.lost]
    newest: dict[tuple[str, str], Worker] = {}
    for worker in alive:
        for queue in worker.queues:
            known = newest.get((worker.source, queue))
            if known is None or _older(known, worker):
                newest[(worker.source, queue)] = worker
    found = {}
    for worker in alive:
        ahead = [newest[(worker.source, queue)] for queue in worker.queues]
        behind = [each.version for each in ahead if each.version != worker.version and _older(worker, each)]
        if behind:
            found[(worker.source, worker.id)] = behind[0]
    return found


def _older(one: Worker, other: Worker) -> bool:
    a, b = one.version[:_LONGEST], other.version[:_LONGEST]
    if a == b:
        return False
    if _shape(a) == _shape(b) and not _COMMIT.match(a):
        return _numbers(a) < _numbers(b)
    return (one.started_at or 0.0) < (other.started_at or 0.0)


def _shape(version: str) -> str:
    return re.sub(r"\d+(?:\.\d+)*", "#", version)


def _numbers(version: str) -> list[list[int]]:
    return [[int(part) for part in found.split(".")] for found in re.findall(r"\d+(?:\.\d+)*", version)]
