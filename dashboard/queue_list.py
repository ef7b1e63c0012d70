"""The order of the queues table: by urgency unless the address says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dashboard.adapters.contract import AdapterError, Queue
from dashboard.figures import failure_share
from dashboard.language import gettext
from dashboard.limits import fails_too_often, rules_here, waits_too_long
from dashboard.services import Services
from dashboard.web import notice

COLUMNS: dict[str, Callable[[Queue], float | None]] = {
    "pending": lambda queue: queue.pending,
    "wait": lambda queue: queue.oldest_pending_seconds,
    "processing": lambda queue: queue.processing,
    "scheduled": lambda queue: queue.scheduled,
    "retrying": lambda queue: queue.retrying,
    "dead": lambda queue: queue.failed,
    "rate": lambda queue: queue.succeeded_per_minute,
    "errors": lambda queue: failure_share(queue.succeeded_per_minute, queue.failed_per_minute),
}


def ordered(queues: Iterable[Queue], sort: str) -> list[Queue]:
    """Queues by a column, highest first (`-column`: lowest first); unknown values last. An unknown column is said."""
    name = sort.removeprefix("-")
    if name == "name":
        return sorted(queues, key=lambda queue: queue.name, reverse=sort.startswith("-"))
    column = COLUMNS.get(name)
    if column is None:
        if name:
            known = ", ".join(("name", *COLUMNS))
            text = repr(name[:20])
            notice(
                gettext(
                    "sort %(text)s is not known, so the most urgent come first; there are %(known)s.",
                    text=text,
                    known=known,
                )
            )
        return sorted(queues, key=_urgency)
    sign = 1 if sort.startswith("-") else -1

    def key(queue: Queue) -> tuple[bool, float, str]:
        value = column(queue)
        return value is None, sign * (value or 0.0), queue.name

    return sorted(queues, key=key)


def table(bundle: Services, queues: Sequence[Queue]) -> dict[str, Any]:
    """The template context of `queues/_queues.html`: the queues with their last hour, and what is over a limit."""
    rules = rules_here(bundle)
    try:
        sparks = bundle.history.sparks([(queue.source, queue.name) for queue in queues])
    except AdapterError:
        sparks = {}
    return {
        "queues": queues,
        "spark_of": lambda queue: sparks.get((queue.source, queue.name), ()),
        "waits_too_long": lambda queue: waits_too_long(rules, queue),
        "fails_too_often": lambda queue: fails_too_often(rules, queue),
    }


def _urgency(queue: Queue) -> tuple[bool, int, int, str]:
    """Paused with work waiting, then the longest wait, then dead letters.

    Both count by their doublings, a wait from 15 seconds up: rows that someone looks at must not change places with
    every job.
    """
    waits_paused = bool(queue.paused and queue.pending)
    waits = int((queue.oldest_pending_seconds or 0.0) / 15)
    return not waits_paused, -waits.bit_length(), -(queue.failed or 0).bit_length(), queue.name


def sort_urls(here: str, query: Mapping[str, str]) -> dict[str, tuple[str, str | None]]:
    """For each column the address that sorts by it, and how it is sorted now."""
    current = query.get("sort", "")
    links: dict[str, tuple[str, str | None]] = {}
    for name in ("name", *COLUMNS):
        falling = (current == name and name != "name") or (name == "name" and current == "-name")
        state = None if current.removeprefix("-") != name else "descending" if falling else "ascending"
        wanted = f"-{name}" if current == name else name
        links[name] = (f"{here}?{urlencode({**query, 'sort': wanted})}", state)
    return links
