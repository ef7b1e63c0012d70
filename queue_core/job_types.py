"""What the jobs of a queue did lately, by type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from queue_core.replies import text
from queue_core.stats import BUCKETS, Histogram

STRETCHES = 7
"""Stretches of ten minutes that are read: the last hour, and up to ten minutes more."""
OTHERS = ""
"""The type under which all types beyond about a hundred are counted."""


@dataclass(frozen=True, slots=True)
class TypeStats:
    """One type of job. run_time: of the runs that succeeded; its sum is not kept."""

    succeeded: int
    failed_attempts: int
    run_time: Histogram


@dataclass(frozen=True, slots=True)
class TypesLately:
    """since: unix seconds from which on it is counted. types: by name."""

    since: float
    types: dict[str, TypeStats]


def parse_types(reply: Sequence[Any]) -> TypesLately:
    """Turn a reply of the `types` script into TypesLately; fields that are none of ours are left out."""
    _, since, flat = reply
    failed: dict[str, int] = {}
    ran: dict[str, list[int]] = {}
    for field, count in zip(flat[::2], flat[1::2], strict=True):
        what, _, type_ = text(field).partition("|")
        if what == "f":
            failed[type_] = int(count)
        elif what.isdigit() and int(what) < BUCKETS:
            ran.setdefault(type_, [0] * BUCKETS)[int(what)] = int(count)
    return TypesLately(
        int(since) / 1000, {name: _stats(ran.get(name, ()), failed.get(name, 0)) for name in ran | failed}
    )


def _stats(counts: Sequence[int], failed: int) -> TypeStats:
    return TypeStats(sum(counts), failed, Histogram(tuple(counts) or (0,) * BUCKETS, 0.0))
