"""The jobs of a store in pages, the paused ones first, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.apscheduler.store import Store
from dashboard.adapters.apscheduler.stored import BY_HAND, StoredJob, job_id, schedule_id, stored
from dashboard.adapters.contract import InvalidRequest, Page, Queue
from dashboard.adapters.memo import Memo
from dashboard.adapters.merge import decode_cursor, encode_cursor
from dashboard.adapters.schedule_records import LATE_SECONDS
from dashboard.language import N_

LOOKED_AT = 500
"""Jobs that one script looks at for paused ones."""
MOST_SCANS = 20
PAUSED_SECONDS = 2.0
"""How long the list of paused jobs is shared."""
OVERDUE_LOOKED_AT = 50

Place = tuple[str, float, bytes]
"""Where a list goes on: `p` among paused jobs or `n` among the others, the instant, the id."""


class Listing:
    """Reads one store."""

    def __init__(self, store: Store, kind: str) -> None:
        self.store = store
        self.kind = kind
        self._paused: Memo[tuple[list[bytes], bool]] = Memo(PAUSED_SECONDS)

    def queue(self, now: float) -> Queue:
        """The store with its numbers; jobs made by `run now` are neither late nor say that no scheduler runs."""
        late_before = now - LATE_SECONDS
        pipe = self.store.client.pipeline(transaction=False)
        pipe.hlen(self.store.jobs)
        pipe.zcount(self.store.run_times, "-inf", f"({late_before}")
        pipe.zrange(self.store.run_times, 0, OVERDUE_LOOKED_AT, withscores=True)
        with self.store.errors():
            count, late, first = pipe.execute()
        own = [score for member, score in first if not member.startswith(BY_HAND)]
        late -= sum(score < late_before for member, score in first if member.startswith(BY_HAND))
        earliest = own[0] if own else None
        return Queue(
            self.store.source, self.store.name, self.kind, schedules=count, schedules_late=max(0, late),
            next_schedule_at=earliest, scheduler_heard_at=earliest if late > 0 else None, has_jobs=False,
        )  # fmt: skip

    def page(self, cursor: str, limit: int) -> tuple[Page[StoredJob], bool]:
        """Jobs in order, and whether all paused ones were found. Raises InvalidRequest."""
        after = _place(cursor)
        paused, whole = self.paused()
        rows: list[Place] = []
        if after is None or after[0] == "p":
            start = after[2] if after else None
            rows += [("p", 0.0, each) for each in paused if start is None or each > start][: limit + 1]
        if len(rows) <= limit:
            rows += self._due(after if after and after[0] == "n" else None, limit + 1 - len(rows))
        shown, more = rows[:limit], len(rows) > limit
        jobs = [stored(place[2], read) for place, read in zip(shown, self._read(shown), strict=True)]
        kept = [(job, _cursor(place)) for job, place in zip(jobs, shown, strict=True) if job.size]
        with self.store.errors():
            total = self.store.client.hlen(self.store.jobs)
        page = Page(
            tuple(job for job, _ in kept), _cursor(shown[-1]) if more else None, total=total, complete=whole,
            cursors=tuple(at for _, at in kept),
        )  # fmt: skip
        return page, whole

    def one(self, schedule: str) -> StoredJob | None:
        """One job by its name in addresses; None when there is none."""
        known = job_id(schedule)
        if known is None:
            return None
        found = stored(known, self.store.read([known])[0])
        return found if found.size else None

    def paused(self) -> tuple[list[bytes], bool]:
        """Ids of the paused jobs in order, and whether these are all: a very large store is not read to its end."""
        return self._paused.get("paused", self._scan)

    def forget(self) -> None:
        """Read anew which jobs are paused."""
        self._paused.forget()

    def _scan(self) -> tuple[list[bytes], bool]:
        pipe = self.store.client.pipeline(transaction=False)
        pipe.hlen(self.store.jobs)
        pipe.zcard(self.store.run_times)
        with self.store.errors():
            there, due = pipe.execute()
        found: set[bytes] = set()
        cursor: Any = b"0"
        for _ in range(MOST_SCANS if there > due else 0):
            cursor, ids = self.store.run("paused", (self.store.jobs, self.store.run_times), (cursor, LOOKED_AT))
            found.update(ids)
            if cursor == b"0":
                break
        return sorted(found), cursor == b"0"

    def _due(self, after: Place | None, count: int) -> list[Place]:
        """The next jobs by instant; those of the same instant by their ids."""
        run_times, found = self.store.run_times, list[Place]()
        with self.store.errors():
            start = 0 if after is None else self.store.client.zcount(run_times, "-inf", f"({after[1]}")
            for _ in range(MOST_SCANS):
                read: Any = self.store.client.zrange(run_times, start, start + count, withscores=True)
                found += [
                    ("n", score, member) for member, score in read if after is None or (score, member) > after[1:]
                ]
                start += count + 1
                if len(found) >= count or len(read) <= count:
                    break
        return found[:count]

    def _read(self, places: Sequence[Place]) -> list[Any]:
        return self.store.read([each[2] for each in places])


def _cursor(place: Place) -> str:
    kind, score, member = place
    return encode_cursor([kind, str(score), schedule_id(member)])


def _place(cursor: str) -> Place | None:
    if not cursor:
        return None
    refused = InvalidRequest(N_("cursor is not one of this list; start again without a cursor"))
    value = decode_cursor(cursor)
    if not isinstance(value, list) or len(value) != 3 or value[0] not in ("p", "n"):
        raise refused
    try:
        score, known = float(value[1]), job_id(value[2])
    except (TypeError, ValueError, AttributeError):
        raise refused from None
    if known is None or score != score:  # noqa: PLR0124 - not a number
        raise refused
    return value[0], score, known
