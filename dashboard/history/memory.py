"""How much memory the history takes in the store: measured on a few queues, and reckoned for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.history.places import Place
from dashboard.history.readings import from_stored
from dashboard.history.resolutions import ALL, CHUNK, Resolution
from dashboard.store import Store

MOST_SAMPLED = 12
"""Queues that are measured; two hashes of each resolution of each of them are read."""

Measure = tuple[int, int]
"""Bytes and fields of a hash."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes; None where the server does not tell, or nothing was recorded yet.

    places: queues with a history of their own, and sources as a whole. sampled: how many of them were measured.
    now: what is there. complete: what will be there when it was recorded for thirty days.
    """

    places: int
    sampled: int = 0
    now: int | None = None
    complete: int | None = None


def measured(store: Store, places: Sequence[Place], now: float) -> Memory:
    """Measure in one command.

    Args:
        store: where the history is kept.
        places: all that have a history.
        now: unix seconds.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    sample = _spread(places)
    if not sample:
        return Memory(len(places))
    whole = (store.history_readings, store.history_sparks, store.history_versions)
    chunks = [(each, each.chunk(int(now)) - back) for each in ALL for back in (1, 0)]
    keys = [store.history(each.seconds, chunk, *place) for place in sample for each, chunk in chunks]
    fields = [f"{source}|{queue}" for source, queue in sample]
    since, *found = store.run("history", "measure", (store.history_readings, *whole, *keys), fields)
    sizes = [(int(size), int(count)) for size, count in found]
    if any(size < 0 for size, _ in sizes):
        return Memory(len(places))
    rows = [sizes[at : at + len(chunks)] for at in range(len(whole), len(sizes), len(chunks))]
    per_place = [_of_place(row, _since(reading), now) for row, reading in zip(rows, since, strict=True)]
    known = [each for each in per_place if each is not None]
    if not known:
        return Memory(len(places))
    besides = sum(size for size, _ in sizes[: len(whole)])
    here, in_the_end = (besides + round(len(places) * sum(each[at] for each in known) / len(known)) for at in (0, 1))
    return Memory(len(places), len(known), here, in_the_end)


def _spread(places: Sequence[Place]) -> list[Place]:
    step = max(1.0, len(places) / MOST_SAMPLED)
    return [places[int(at * step)] for at in range(min(MOST_SAMPLED, len(places)))]


def _since(reading: Any) -> float | None:
    known = from_stored(reading) if reading else None
    return known.since if known else None


def _of_place(hashes: Sequence[Measure], since: float | None, now: float) -> tuple[float, float] | None:
    """Bytes now and in the end of one queue; None when nothing of it was measured."""
    here = in_the_end = 0.0
    bucket = 0.0
    for place, resolution in enumerate(ALL):
        last, running = hashes[2 * place : 2 * place + 2]
        size, count = last if last[1] else running
        bucket = size / count if count else bucket  # a coarser one that is not there yet is no smaller
        whole = _hashes(resolution, since, now)
        here += whole * last[0] + running[0] if last[1] else running[0]
        in_the_end += bucket * (resolution.kept / resolution.seconds + CHUNK)
    return (here, in_the_end) if bucket else None


def _hashes(resolution: Resolution, since: float | None, now: float) -> float:
    """How many there are besides the running one: a hash goes as a whole, so up to one more is there than is kept."""
    length = CHUNK * resolution.seconds
    past = resolution.kept + length
    return max(0.0, (past if since is None else min(past, now - since)) - now % length) / length
