"""Purged jobs that can still be restored, as one list over the trashes of all queues, the last purged first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboard.adapters.contract import Job, Page, Selector
from dashboard.adapters.queue_core import across, filters
from dashboard.adapters.queue_core.across import AFTER_ALL, Asked, Found, Sizes
from dashboard.adapters.queue_core.listing import CHUNK, group, without_payload
from dashboard.adapters.queue_core.trashes import Trashes
from queue_core.replies import Place, text

AT_ONCE = 400
"""Places that one command finds, each by a search of its own."""


class TrashList:
    """The list of purged jobs.

    Args:
        trashes: of the source.
        scan: how many jobs a filter may look at for one page.
    """

    def __init__(self, trashes: Trashes, scan: int) -> None:
        self._trashes = trashes
        self._scan = scan

    def jobs(self, selector: Selector, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        """Purged jobs that a selector means, by the state they were in; see `Adapter.trash`."""
        filters.check(selector)
        names = self._trashes.access.selected(selector)
        left_out = tuple(each for each in selector.excluded if each[0] in ("source", "queue"))
        whole = Selector(source=selector.source, queue=selector.queue, excluded=left_out)
        sizes = Sizes(limit + 1, limit + 1) if selector == whole else Sizes(CHUNK, CHUNK, self._scan)
        return across.page(names, "desc", lambda asked: self._read(selector, asked), cursor, sizes, limit=limit)

    def _read(self, selector: Selector, asked: Sequence[Asked]) -> list[Found[Job]]:
        sizes = [min(size, CHUNK) for _, _, size in asked]
        calls = [(name, (_before(at), size)) for (name, at, _), size in zip(asked, sizes, strict=True)]
        pages = self._trashes.access.ask("trash_page", calls, costs=sizes, at_once=AT_ONCE)
        known = [(queue, page) for (queue, _), page in zip(calls, pages, strict=True) if isinstance(page, list)]
        wanted = {queue: list(map(text, page[2][1::2])) for queue, page in known}
        jobs = self._trashes.rows.read(wanted, payloads=filters.by_arguments(selector))
        texts = self._trashes.texts(jobs.values()) if filters.by_text(selector) else {}
        found: list[Found[Job]] = []
        for (queue, _), page, size in zip(calls, pages, sizes, strict=True):
            if not isinstance(page, list):
                found.append(Found(broken=str(page)))
                continue
            total, kept_ms, flat = int(page[0]), int(page[1]), list(map(text, page[2]))
            at = [Place(id=job_id, score=score) for score, job_id in zip(flat[::2], flat[1::2], strict=True)]
            rows = [(jobs.get((queue, place.id)), place) for place in at]
            meant = tuple(
                (_dated(job, place, kept_ms), place)
                for job, place in rows
                if job and job.in_trash and selector.state in (None, job.state)
                if filters.matches(selector, job, texts.get(group(job), ""))
            )
            found.append(Found(meant, tuple(at), ended=len(at) < size, total=total))
        return found


def _dated(job: Job, place: Place, kept_ms: int) -> Job:
    purged = float(place.score) / 1e6
    return replace(without_payload(job), purged_at=purged, restorable_until=purged + kept_ms / 1_000)


def _before(place: Place) -> str:
    """The clock before which purges are read: behind a place."""
    if not place.score:
        return "+inf"
    return str(int(float(place.score)) + 1) if place.id == AFTER_ALL else place.score
