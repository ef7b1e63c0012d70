"""Dead letters by their error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dashboard.adapters.contract import Action, ErrorGroup, InvalidRequest, Offer, Page, Selector
from dashboard.adapters.queue_core import across, filters, records
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.across import Found, Place
from dashboard.redaction import Redaction
from queue_core.engine import Engine
from queue_core.replies import GroupPage, GroupRow, group_page

CHUNK = 100
ORDERS = ("last", "count")

_OFFERS = (Offer(Action.REQUEUE), Offer(Action.PURGE))


class Groups:
    """Error groups of one source.

    Args:
        access: the source.
        redaction: what is hidden in messages.
    """

    def __init__(self, access: Access, redaction: Redaction) -> None:
        self.access = access
        self.redaction = redaction

    def groups(self, selector: Selector, *, order: str = "last", cursor: str = "", limit: int = 50) -> Page[ErrorGroup]:
        """One row per queue and fingerprint."""
        if order not in ORDERS:
            raise InvalidRequest(f"order {order!r}: use {' or '.join(ORDERS)}")
        names = [self.access.engine(selector.queue).name] if selector.queue else list(self.access.names())

        def read(name: str, place: Place, size: int) -> Found[ErrorGroup]:
            return self._found(self.access.engine(name), selector, order, place, size)

        return across.page(names, "desc", read, cursor, limit)

    def matching(self, engine: Engine, selector: Selector) -> list[GroupRow]:
        """All groups of a queue that a selector means, with how many dead letters are within its times."""
        pages = self._pages(engine, selector, "last", Place())
        return [each for page in pages for each in page.rows if self._meant(selector, each)]

    def these(self, engine: Engine, fingerprints: Sequence[str]) -> list[GroupRow]:
        """Groups by their fingerprints; unknown ones are left out."""
        rows: list[GroupRow] = []
        for start in range(0, len(fingerprints), CHUNK):
            chunk = fingerprints[start : start + CHUNK]
            rows += self._these(engine, chunk, ("-inf", "+inf")).rows
        return rows

    def _found(self, engine: Engine, selector: Selector, order: str, place: Place, limit: int) -> Found[ErrorGroup]:
        found: list[tuple[ErrorGroup, Place]] = []
        total = dead = 0
        for page in self._pages(engine, selector, order, place, limit):
            total, dead = page.total, page.dead
            meant = [each for each in page.rows if self._meant(selector, each)]
            found += [(self._group(engine.name, each), Place(each.score, each.fingerprint)) for each in meant]
            if len(found) > limit:
                break
        until = found[-1][1] if found else place
        if selector != Selector(source=selector.source, queue=selector.queue, state=selector.state):
            return Found(tuple(found), len(found) > limit, until)
        return Found(tuple(found), len(found) > limit, until, total=total, jobs=dead)

    def _pages(
        self, engine: Engine, selector: Selector, order: str, place: Place, limit: int = CHUNK
    ) -> Iterator[GroupPage]:
        """A group chosen by its fingerprint stands at the place that its order gives it, as in the whole list."""
        bounds = filters.clock_bounds(selector)
        if not selector.fingerprint:
            yield from self._chunks(engine, order, (place.score, place.id), bounds, min(CHUNK, limit + 1))
            return
        page = self._these(engine, [selector.fingerprint], bounds)
        rows = [replace(each, score=str(each.count if order == "count" else each.last_death)) for each in page.rows]
        yield replace(page, rows=tuple(each for each in rows if _behind(each, place)))

    def _meant(self, selector: Selector, found: GroupRow) -> bool:
        return found.matched > 0 and filters.group_matches(selector, found.fingerprint, found.detail)

    def _chunks(
        self, engine: Engine, order: str, place: tuple[str, str], bounds: tuple[str, str], size: int = CHUNK
    ) -> Iterator[GroupPage]:
        while True:
            with self.access.errors():
                page = group_page(engine.call("groups", order, size, *place, *bounds))
            yield page
            if len(page.rows) < size:
                return
            place = (page.rows[-1].score, page.rows[-1].fingerprint)

    def _these(self, engine: Engine, fingerprints: Sequence[str], bounds: tuple[str, str]) -> GroupPage:
        with self.access.errors():
            return group_page(engine.call("groups", "these", CHUNK, "", "", *bounds, *fingerprints))

    def _group(self, queue: str, found: GroupRow) -> ErrorGroup:
        reason = found.detail.get("rs", "")
        type_, message = records.described(found.detail.get("em", ""), reason)
        return ErrorGroup(
            fingerprint=found.fingerprint,
            error_type=type_,
            message=self.redaction.text(message)[0],
            source=self.access.source,
            queue=queue,
            type=found.detail.get("ty", ""),
            count=found.matched,
            first_seen=records.seconds(found.detail.get("f")) or found.last_death / 1e6,
            last_seen=found.last_death / 1e6,
            sample_id=found.newest,
            trend=found.trend,
            per_minute=found.recent / 5,
            reason=reason,
            version=found.detail.get("vn", ""),
            versions=records.versions(found.detail),
            actions=_OFFERS,
        )


def _behind(found: GroupRow, place: Place) -> bool:
    """Whether a group comes after a place in a descending list."""
    if not place.score:
        return True
    score = float(found.score)
    return score < float(place.score) or (score == float(place.score) and found.fingerprint < place.id)
