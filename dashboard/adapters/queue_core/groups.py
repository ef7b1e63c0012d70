"""Dead letters by their error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboard.adapters import merge
from dashboard.adapters.contract import Action, ErrorGroup, InvalidRequest, Offer, Page, Selector
from dashboard.adapters.queue_core import filters, records
from dashboard.adapters.queue_core.access import Access
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

        def fetch(name: str, at: str, size: int) -> Page[ErrorGroup]:
            return self._page(self.access.engine(name), selector, order, at, size)

        return merge.pages(names, fetch, merge.group_order(order), cursor, limit)

    def matching(self, engine: Engine, selector: Selector) -> list[GroupRow]:
        """All groups of a queue that a selector means, with how many dead letters are within its times."""
        bounds = filters.clock_bounds(selector)
        if selector.fingerprint:
            pages: Iterator[GroupPage] = iter([self._these(engine, [selector.fingerprint], bounds)])
        else:
            pages = self._chunks(engine, "last", ("", ""), bounds)
        return [each for page in pages for each in page.rows if self._meant(selector, each)]

    def these(self, engine: Engine, fingerprints: Sequence[str]) -> list[GroupRow]:
        """Groups by their fingerprints; unknown ones are left out."""
        rows: list[GroupRow] = []
        for start in range(0, len(fingerprints), CHUNK):
            chunk = fingerprints[start : start + CHUNK]
            rows += self._these(engine, chunk, ("-inf", "+inf")).rows
        return rows

    def _page(self, engine: Engine, selector: Selector, order: str, cursor: str, limit: int) -> Page[ErrorGroup]:
        found: list[GroupRow] = []
        total = dead = 0
        bounds = filters.clock_bounds(selector)
        if selector.fingerprint:
            pages: Iterator[GroupPage] = iter([self._these(engine, [selector.fingerprint], bounds)])
        else:
            pages = self._chunks(engine, order, _place(cursor), bounds, min(CHUNK, limit + 1))
        for page in pages:
            total, dead = page.total, page.dead
            found += [each for each in page.rows if self._meant(selector, each)]
            if len(found) > limit:
                break
        shown = found[:limit]
        cursors = tuple(merge.encode_cursor([each.score, each.fingerprint]) for each in shown)
        plain = selector == Selector(source=selector.source, queue=selector.queue, state=selector.state)
        return Page(
            tuple(self._group(engine.name, each) for each in shown),
            cursors[-1] if len(found) > limit else None,
            total=total if plain else None,
            jobs=dead if plain else None,
            cursors=cursors,
        )

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
            actions=_OFFERS,
        )


def _place(cursor: str) -> tuple[str, str]:
    if not cursor:
        return "", ""
    value = merge.decode_cursor(cursor)
    if isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value):
        score, fingerprint = value
        if score.replace(".", "", 1).replace("e+", "", 1).isdigit() and len(fingerprint) <= 64:
            return score, fingerprint
    raise InvalidRequest("cursor is not one of this list; start again without a cursor")
