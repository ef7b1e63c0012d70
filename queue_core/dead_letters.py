"""Dead letters of one queue as its applications see them: by error, by job, and chosen for an operation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from queue_core.engine import Engine
from queue_core.errors import InvalidJob
from queue_core.job import instant
from queue_core.message import decode
from queue_core.queue import JobInfo
from queue_core.replies import GroupRow, Row, group_page, job_page, row
from queue_core.stats import STATES

T = TypeVar("T")
PAGE = 100
MOST = 200
PAYLOAD_BYTES = 65_536
_LAST = "+inf"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `next_cursor` goes on after it, None at the end."""

    items: tuple[T, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which dead letters are meant; None does not narrow. Instants as in `Options`, the first inclusive."""

    fingerprint: str | None = None
    type: str | None = None
    since: Any = None
    until: Any = None

    def bounds(self) -> tuple[str, str]:
        """On the queue's clock."""
        low = "-inf" if self.since is None else str(instant(self.since) * 1000)
        return low, _LAST if self.until is None else str(instant(self.until) * 1000)


class DeadLetters:
    """Reads them in pages; nothing here changes anything."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def groups(
        self, *, type: str | None, order: Literal["last", "count"], limit: int, cursor: str | None
    ) -> Page[GroupRow]:
        """Error groups, those that failed last or most first."""
        if order not in ("last", "count"):
            raise InvalidJob(f"order is {order!r}: use last or count")
        place, size, found = _place(cursor), _size(limit), list[GroupRow]()
        while True:
            page = group_page(self.engine.call("groups", order, PAGE, *place, "-inf", _LAST)).rows
            for each in page:
                if len(found) == size:
                    return Page(tuple(found), f"{found[-1].score}:{found[-1].fingerprint}")
                if type is None or each.detail.get("ty") == type:
                    found.append(each)
            if len(page) < PAGE:
                return Page(tuple(found))
            place = (page[-1].score, page[-1].fingerprint)

    def jobs(self, chosen: Chosen, *, limit: int, cursor: str | None) -> Page[JobInfo]:
        """Jobs with their arguments (those above 64 kB without), newest first."""
        size = _size(limit)
        rows: list[Row] = []
        for page in self.pages(chosen, start=cursor, payload=PAYLOAD_BYTES, size=size):
            for each in page:
                if len(rows) == size:
                    return Page(tuple(map(_info, rows)), f"{_score(rows[-1])}:{rows[-1].id}")
                rows.append(each)
        return Page(tuple(map(_info, rows)))

    def pages(
        self, chosen: Chosen, *, start: str | None = None, payload: int = 0, size: int = PAGE
    ) -> Iterator[list[Row]]:
        """Rows of all that are meant, newest first, in pages; an empty one ends nothing."""
        if chosen.fingerprint is not None:
            yield from self._of_group(chosen, chosen.fingerprint, _place(start), payload, size)
        else:
            yield from self._of_all(chosen, start, payload, size)

    def _of_group(
        self, chosen: Chosen, fingerprint: str, place: tuple[str, str], payload: int, size: int
    ) -> Iterator[list[Row]]:
        while True:
            argv = (f"df:{fingerprint}", "desc", size, *place, *chosen.bounds(), payload)
            rows = job_page(self.engine.call("page", *argv)).rows
            yield [each for each in rows if chosen.type is None or each.record.get("ty") == chosen.type]
            if len(rows) < size:
                return
            place = (rows[-1].score, rows[-1].id)

    def _of_all(self, chosen: Chosen, start: str | None, payload: int, size: int) -> Iterator[list[Row]]:
        low, high = chosen.bounds()
        before = _place(start)[0] or (high if high == _LAST else str(int(high) + 1))
        first = -1 if low == "-inf" else int(low)
        while True:
            found = self.engine.dead_page(before, size, chosen.type or "")
            yield self.these([each.id for each in found if each.score >= first], payload)
            if len(found) < size or found[-1].score < first:
                return
            before = str(found[-1].score)

    def these(self, ids: Sequence[str], payload: int = 0) -> list[Row]:
        """Those of at most 200 jobs that are dead letters."""
        rows = map(row, self.engine.call("jobs", payload, *ids)) if ids else ()
        return [each for each in rows if each.state == "d"]


def _size(limit: int) -> int:
    if not 1 <= limit <= MOST:
        raise InvalidJob(f"limit is {limit!r}: use 1 to {MOST}")
    return limit


def _place(cursor: str | None) -> tuple[str, str]:
    score, _, member = (cursor or "").partition(":")
    if cursor and not score.replace(".", "", 1).isdigit():
        raise InvalidJob(f"{cursor!r} is no cursor of this list")
    return score, member


def _score(found: Row) -> str:
    return found.record.get("ds", found.score)


def _info(found: Row) -> JobInfo:
    body = decode(found.payload)
    return JobInfo(found.id, found.record.get("ty", ""), STATES.get(found.state, ""), body, found.record)
