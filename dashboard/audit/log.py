"""The audit log: a stream in the dashboard's own store, bounded by age and number, newest first when read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, cast

import structlog

from dashboard.adapters.contract import AdapterError, InvalidRequest, Page
from dashboard.audit.actor import who
from dashboard.language import N_
from dashboard.store import Store

MOST_ENTRIES = 100_000
SCAN = 2_000
CHUNK = 200
LONGEST = 500

_ID = re.compile(r"\d{1,20}-\d{1,20}\Z")

log = structlog.get_logger("redrive.audit")


@dataclass(frozen=True, slots=True)
class Entry:
    """One change, or the attempt of one.

    at: unix seconds. action: `requeue`, `pause`, `start operation`, …. kind: of what it acted on: `job`, `queue`,
    `operation`, `rule`, …. target: its id or name. count: jobs meant, None for one. detail: the selection, the reason.
    result: `done`, or why it was refused or failed.
    """

    action: str
    kind: str = ""
    source: str = ""
    queue: str = ""
    target: str = ""
    count: int | None = None
    detail: str = ""
    result: str = "done"
    actor: str = ""
    at: float = 0.0
    id: str = ""

    @property
    def done(self) -> bool:
        """Whether it was carried out."""
        return self.result == "done"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are meant; empty fields do not narrow. since, until: unix seconds."""

    actor: str = ""
    action: str = ""
    source: str = ""
    queue: str = ""
    target: str = ""
    since: float | None = None
    until: float | None = None

    def matches(self, entry: Entry) -> bool:
        """Whether an entry is meant, its time aside."""
        names = ("actor", "action", "source", "queue", "target")
        return all(not getattr(self, name) or getattr(self, name) == getattr(entry, name) for name in names)


class AuditLog:
    """Records and reads changes.

    Args:
        store: where they are kept.
        clock: gives unix seconds.
        days: for how long.
    """

    def __init__(self, store: Store, clock: Callable[[], float], days: int = 90) -> None:
        self._store = store
        self._clock = clock
        self._days = days

    def record(self, entry: Entry) -> None:
        """Add a change that was made (or refused) just now, by whoever acts.

        A store that does not answer is logged and does not undo the change: what was done was done.
        """
        now = self._clock()
        known = replace(entry, actor=entry.actor or who(), at=now, detail=entry.detail[:LONGEST], id="")
        body = {name: value for name, value in asdict(known).items() if value not in ("", None)}
        try:
            limits = (MOST_ENTRIES, self._days * 86_400)
            self._store.run("audit", "record", (self._store.audit,), (json.dumps(body), *limits))
        except AdapterError as error:
            log.warning("a change could not be written to the audit log", error=str(error), **body)

    def page(self, wanted: Wanted = Wanted(), cursor: str = "", limit: int = 50) -> Page[Entry]:
        """Entries, newest first; at most 2,000 are looked at for one page.

        Raises:
            InvalidRequest: the cursor is not one of this list.
            StoreUnavailable: the store does not answer.
        """
        if cursor and not _ID.match(cursor):
            raise InvalidRequest(N_("cursor is not one of this list; start again without a cursor"))
        found: list[Entry] = []
        looked, last = 0, ""
        for entry in self._newest_first(wanted, cursor):
            looked, last = looked + 1, entry.id
            if wanted.matches(entry):
                found.append(entry)
            if len(found) > limit:
                return Page(tuple(found[:limit]), found[limit - 1].id, searched=looked)
            if looked >= SCAN:
                return Page(tuple(found), last, searched=looked, complete=False)
        return Page(tuple(found), searched=looked)

    def _newest_first(self, wanted: Wanted, cursor: str) -> Iterator[Entry]:
        highest = f"({cursor}" if cursor else ("+" if wanted.until is None else f"{wanted.until * 1000:.0f}")
        lowest = "-" if wanted.since is None else f"{wanted.since * 1000:.0f}"
        while True:
            with self._store.errors():
                read = self._store.client.xrevrange(self._store.audit, highest, lowest, count=CHUNK)
            rows = cast("list[tuple[bytes, dict[bytes, bytes]]]", read)
            for row_id, stored in rows:
                yield _entry(row_id.decode(), stored.get(b"entry", b""))
            if len(rows) < CHUNK:
                return
            highest = f"({rows[-1][0].decode()}"


def _entry(row_id: str, stored: bytes) -> Entry:
    """The entry that `record` wrote; one that is damaged says so."""
    known = {each.name for each in fields(Entry)} - {"id"}
    try:
        body: dict[str, Any] = {name: value for name, value in json.loads(stored).items() if name in known}
        return Entry(**{"action": "unknown", **body, "id": row_id})
    except (ValueError, TypeError, AttributeError, RecursionError):
        return Entry("unknown", result="not readable", at=int(row_id.partition("-")[0]) / 1000, id=row_id)
