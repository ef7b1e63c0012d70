"""Numbers of Dramatiq's queues."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dashboard.adapters.contract import Capability, Queue
from dashboard.adapters.dramatiq.names import Names
from dashboard.adapters.mirrored import values
from dashboard.adapters.server import Server

LOST_SECONDS = 60.0
"""A broker that no command came from for so long is lost, as Dramatiq sees it."""

MOST_LOST = 20
_ENQUEUED = re.compile(rb'"message_timestamp":\s*(\d{1,15})[^"]*$')


def queues(server: Server, names: Names, known: Sequence[str], now: float, able: Capability) -> list[Queue]:
    """All queues, in two scripts.

    `processing` is what workers have fetched, also what they hold in memory before it runs; `scheduled` is what is to
    run later, retries among them; `stalled` is what lost workers had fetched.
    """
    if not known:
        server.ping()
        return []
    keys = [
        key
        for name in known
        for key in (names.queue(name), names.messages(name), names.delayed(name), names.dead(name))
    ]
    counted = server.run("counts", keys)
    before = round((now - LOST_SECONDS) * 1000)
    lost = server.run("lost", [names.heartbeats()], [names.fetched(), before, MOST_LOST, *known])
    stalled = [int(each) for each in lost] if lost else [None] * len(known)
    return [
        _queue(server.source, name, row, since=_since(row[4], now), stalled=count, able=able)
        for name, row, count in zip(known, counted, stalled, strict=True)
    ]


def _since(ending: bytes, now: float) -> float | None:
    """Seconds since the message was enqueued of which this is the end."""
    told = _ENQUEUED.search(ending)
    enqueued = values.seconds(told[1]) if told else None
    return None if enqueued is None else max(0.0, now - enqueued)


def _queue(
    source: str, name: str, row: Sequence[Any], *, since: float | None, stalled: int | None, able: Capability
) -> Queue:  # fmt: skip
    waiting, stored, delayed, dead = (int(each) if int(each) >= 0 else None for each in row[:4])
    fetched = None if waiting is None or stored is None else max(0, stored - waiting)
    return Queue(
        source, name, "dramatiq", pending=waiting, processing=fetched, scheduled=delayed, failed=dead, paused=False,
        stalled=stalled, oldest_pending_seconds=since, capabilities=able,
    )  # fmt: skip
