"""Dead letters by their error."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.adapters import merge
from dashboard.adapters.contract import Action, ErrorGroup, InvalidRequest, Offer, Page, Selector, Unread
from dashboard.adapters.queue_core import across, filters, records, residences
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.across import Asked, Found, Sizes
from dashboard.adapters.queue_core.heads import FIRST, FURTHER, Heads
from dashboard.redaction import Redaction
from queue_core.replies import GroupHead, GroupRow, HeadPage, Place, group_page

AT_ONCE = 64
"""Groups whose trend one script counts."""
MOST_CALLS = 4
"""Scripts by which one group is looked for in all queues; with more queues, first where it is."""
ORDERS = ("last", "count")

Named = tuple[str, str]
"""A group by its queue and fingerprint."""

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
        self.heads = Heads(access, redaction)

    def groups(self, selector: Selector, *, order: str = "last", cursor: str = "", limit: int = 50) -> Page[ErrorGroup]:
        """One row per queue and fingerprint, as far as groups decide about it (see `filters.by_job`)."""
        if order not in ORDERS:
            raise InvalidRequest(f"order {order!r}: use {' or '.join(ORDERS)}")
        filters.check(selector)
        if not cursor and (one := self._by_fingerprint(selector, order, limit)) is not None:
            return one
        narrowed = filters.by_group(selector) or selector.q or filters.excluded(selector, "q")
        timed = selector.since is not None or selector.until is not None

        def read(asked: Sequence[Asked]) -> list[Found[Named]]:
            pages = self.heads.read(selector, order, [(name, at.score, at.id, size) for name, at, size in asked])
            known = not narrowed and not timed
            return [self._found(selector, each, page, known) for each, page in zip(asked, pages, strict=True)]

        sizes = Sizes(max(FIRST, limit + 1), FURTHER) if narrowed or timed else Sizes(limit + 1, limit + 1)
        page = across.page(self.access.selected(selector), "desc", read, cursor, sizes, limit=limit)
        found, unread = self._read(page.items, residences.clock_bounds(selector))
        kept = [(found[name], at) for name, at in zip(page.items, page.cursors, strict=True) if name in found]
        return Page(
            tuple(group for group, _ in kept), page.next_cursor, total=page.total, complete=page.complete,
            cursors=tuple(at for _, at in kept), jobs=page.jobs, unread=page.unread + unread,
        )  # fmt: skip

    def _by_fingerprint(self, selector: Selector, order: str, limit: int) -> Page[ErrorGroup] | None:
        """A group that is asked for by its fingerprint alone, in all queues; None when there are too many of these."""
        s = selector
        left_out = tuple(each for each in s.excluded if each[0] in ("source", "queue"))
        plain = Selector(s.source, s.queue, s.state, "", s.fingerprint, since=s.since, until=s.until, excluded=left_out)
        names = self.access.selected(selector)
        if not s.fingerprint or selector != plain or len(names) > AT_ONCE * MOST_CALLS:
            return None
        named = [(name, s.fingerprint) for name in names]
        found, unread = self._read(named, residences.clock_bounds(selector))
        rows = [
            ((each.count if order == "count" else round(each.last_seen * 1e6)), each)
            for each in found.values()
            if each.count
        ]
        rows.sort(key=lambda row: (-row[0], row[1].queue))
        cursors = tuple(merge.encode_cursor([str(score), each.queue, each.fingerprint]) for score, each in rows)
        further = cursors[limit - 1] if len(rows) > limit else None
        return Page(tuple(each for _, each in rows[:limit]), further, cursors=cursors[:limit], unread=unread)

    def these(self, named: Sequence[Named], bounds: tuple[str, str]) -> dict[Named, ErrorGroup]:
        """Groups with their numbers, counted between bounds of the queue's clock; those that are gone are left out."""
        return self._read(named, bounds)[0]

    def _read(
        self, named: Sequence[Named], bounds: tuple[str, str]
    ) -> tuple[dict[Named, ErrorGroup], tuple[Unread, ...]]:
        """The groups, and the queues that cannot be read."""
        by_queue: dict[str, list[str]] = {}
        for queue, fingerprint in named:
            by_queue.setdefault(queue, []).append(fingerprint)
        calls = [
            (queue, ("these", AT_ONCE, "", "", *bounds, *fingerprints[start : start + AT_ONCE]))
            for queue, fingerprints in by_queue.items()
            for start in range(0, len(fingerprints), AT_ONCE)
        ]
        replies = self.access.ask("groups", calls, costs=[len(given) - 6 for _, given in calls], at_once=AT_ONCE)
        asked = [(queue, reply) for (queue, _), reply in zip(calls, replies, strict=True)]
        broken = {queue: str(reply) for queue, reply in asked if isinstance(reply, Exception)}
        found = {
            (queue, each.fingerprint): self._group(queue, each)
            for queue, reply in asked
            if not isinstance(reply, Exception)
            for each in group_page(reply).rows
        }
        return found, tuple(Unread("", queue, problem) for queue, problem in broken.items())

    def _found(self, selector: Selector, asked: Asked, page: HeadPage | Exception, known: bool) -> Found[Named]:
        name, place, size = asked
        if isinstance(page, Exception):
            return Found(broken=str(page))
        rows = [each for each in page.rows if not selector.fingerprint or _behind(each, place)]
        return Found(
            tuple(
                ((name, each.fingerprint), Place(each.fingerprint, each.score))
                for each in rows
                if self.heads.means(selector, each)
            ),
            tuple(Place(each.fingerprint, each.score) for each in rows),
            ended=len(page.rows) < size or bool(selector.fingerprint),
            total=page.total if known else None,
            jobs=page.dead if known else None,
        )

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


def _behind(found: GroupHead, place: Place) -> bool:
    """Whether a group comes after a place in a descending list."""
    if not place.score:
        return True
    score = float(found.score)
    return score < float(place.score) or (score == float(place.score) and found.fingerprint < place.id)
