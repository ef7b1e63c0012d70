"""When a new version of an application came into use in a queue: what charts mark as a deployment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.adapters.contract import Worker

MOST = 8
"""Versions that are remembered of one queue."""
LENGTH = 40
"""Characters kept of a version."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """at: unix seconds when a worker with that version started, or was first seen."""

    at: float
    version: str


def learned(known: Sequence[Deployment], running: Sequence[Worker], now: float) -> tuple[Deployment, ...]:
    """What is known when these workers run: a new version, or a return to an earlier one, is remembered.

    Args:
        known: what was known, oldest first.
        running: workers that are not lost.
        now: unix seconds.
    """
    found = list(known)
    started: dict[str, list[float]] = {}
    for worker in running:
        if worker.version:
            began = now if worker.started_at is None else min(worker.started_at, now)
            started.setdefault(worker.version[:LENGTH], []).append(began)
    for version, starts in sorted(started.items(), key=lambda item: min(item[1])):
        if all(version != each.version for each in found):
            found.append(Deployment(min(starts), version))
        elif _back(version, starts, found, alone=len(started) == 1):
            found.append(Deployment(min(at for at in starts if at > found[-1].at), version))
        found.sort(key=lambda each: each.at)
    return tuple(found[-MOST:])


def deployments(known: Sequence[Deployment], since: float) -> tuple[Deployment, ...]:
    """Those to be marked in a chart that begins at `since`; the first version known replaced none."""
    return tuple(each for each in known[1:] if each.at >= since)


def stored(known: Sequence[Deployment]) -> str:
    """As JSON."""
    return json.dumps([[round(each.at, 3), each.version] for each in known], separators=(",", ":"))


def from_stored(text: bytes | None) -> tuple[Deployment, ...]:
    """What `stored` wrote; nothing when it is damaged."""
    try:
        rows = json.loads(text or b"[]")
        return tuple(Deployment(float(at), str(version)[:LENGTH]) for at, version in rows[:MOST])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return ()


def _back(version: str, starts: Sequence[float], known: Sequence[Deployment], *, alone: bool) -> bool:
    """Whether an earlier version came back: nothing else runs, and it was started after the newer one."""
    return alone and known[-1].version != version and any(at > known[-1].at for at in starts)
