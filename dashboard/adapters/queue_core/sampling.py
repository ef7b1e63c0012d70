"""Samples: jobs spread evenly over a list however long it is, with their arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboard.adapters.contract import Job, Page, Payload, Selector, State
from dashboard.adapters.queue_core import filters, payloads, records, residences
from dashboard.adapters.queue_core.access import Access
from dashboard.redaction import Redaction
from queue_core.replies import Row, Sampled, sampled

MOST = 1_000
PART = 100
"""Jobs that one script reads of one queue; a larger sample is read in parts of the list."""
AT_ONCE = 200
"""Jobs that one command reads, of one queue or several."""
COUNTED_AT_ONCE = 1_000
"""Lists that one command counts."""
PLACES_PER_JOB = 4
"""How many places are looked at for each wanted job of one type."""
PAYLOAD_BYTES = 4_096


def sample(
    access: Access, redaction: Redaction, selector: Selector, limit: int, counts: Mapping[str, int] | None = None
) -> Page[Job]:
    """Jobs of one state spread evenly over its list, newest first; see `Adapter.sample`. Raises UnknownQueue."""
    state = selector.state or State.FAILED
    filters.check(selector)
    names = access.selected(selector)
    wanted = max(1, min(limit, MOST))
    read = _read(access, selector, state, _shares(access, selector, names, wanted, counts))
    jobs: list[Job] = []
    total = looked = 0
    counted: set[str] = set()
    for name, found in read:
        total += 0 if name in counted else found.total
        counted.add(name)
        looked += found.looked
        jobs += (_job(access.source, name, each, state, redaction) for each in found.rows)
    meant = [job for job in jobs if filters.matches(selector, job)]
    meant.sort(key=lambda job: -(filters.moment(job) or 0.0))
    return Page(tuple(meant[:wanted]), total=total, searched=looked, complete=looked >= total)


def _shares(
    access: Access, selector: Selector, names: Sequence[str], wanted: int, counts: Mapping[str, int] | None
) -> list[tuple[str, int]]:
    """How many jobs each queue gives: as many as its share of the whole."""
    if len(names) == 1:
        return [(names[0], wanted)]
    totals = _counted(access, selector, names) if counts is None else {name: counts.get(name, 0) for name in names}
    whole = sum(totals.values())
    return [(name, max(1, round(wanted * total / whole))) for name, total in totals.items() if total]


def _counted(access: Access, selector: Selector, names: Sequence[str]) -> dict[str, int]:
    asked = [(name, _arguments(selector, 0, 0)) for name in names]
    replies = access.ask("sample", asked, at_once=COUNTED_AT_ONCE)
    return {name: int(reply[0]) for name, reply in zip(names, replies, strict=True) if isinstance(reply, list)}


def _read(
    access: Access, selector: Selector, state: State, shares: Sequence[tuple[str, int]]
) -> Iterator[tuple[str, Sampled]]:
    factor = PLACES_PER_JOB if selector.type and state != State.FAILED else 1
    calls: list[tuple[str, tuple[Any, ...]]] = []
    for name, share in shares:
        parts = -(-share // PART)
        size = -(-share // parts)
        calls += [(name, _arguments(selector, size, size * factor, (part, parts))) for part in range(1, parts + 1)]
    costs = [int(given[1]) for _, given in calls]
    for (name, _), reply in zip(calls, access.ask("sample", calls, costs=costs, at_once=AT_ONCE), strict=True):
        if isinstance(reply, list):
            yield name, sampled(reply)


def _arguments(selector: Selector, wanted: int, places: int, part: tuple[int, int] = (1, 1)) -> tuple[Any, ...]:
    bounds = residences.score_bounds(selector, selector.state or State.FAILED)
    return residences.residence(selector), wanted, places, *part, *bounds, PAYLOAD_BYTES, selector.type


def _job(source: str, queue: str, found: Row, state: State, redaction: Redaction) -> Job:
    record = {"st": records.letter(state), **found.record}
    job = records.job(source, queue, found.id, record, redaction)
    if found.size > PAYLOAD_BYTES:
        return replace(job, payload=Payload(size=found.size, undecodable=payloads.CUT, truncated=True))
    return replace(job, payload=payloads.decode(found.payload, found.size, redaction))
