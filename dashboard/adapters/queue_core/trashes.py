"""Purged jobs that can still be restored: whole trashes, or what a filter finds in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from dashboard.adapters.contract import Job, Part, Selector
from dashboard.adapters.queue_core import filters
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.listing import group, without_payload
from dashboard.adapters.queue_core.rows import Rows
from queue_core import replies
from queue_core.replies import text

MOST_TRASHES = 1_000
CHUNK = 200


@dataclass
class Search:
    """What a search of the trashes found: jobs, how many were looked at, how many there are."""

    jobs: list[Job] = field(default_factory=list)
    looked: int = 0
    total: int = 0


class Trashes:
    """The trashes of one source.

    Args:
        access: the source.
        rows: reads the jobs found.
    """

    def __init__(self, access: Access, rows: Rows) -> None:
        self.access = access
        self.rows = rows

    def parts(self, selector: Selector) -> Iterator[Part]:
        """Every trash of the selected queues that holds something, whole."""
        for queue, name, count in self._held(selector):
            yield Part(self.access.source, queue, f"tr:{name}", matched=count)

    def find(self, selector: Selector, *, looked: int, jobs: int) -> Search:
        """Purged jobs that a selector means, by the state they were in; the last purged of each trash first.

        Args:
            looked, jobs: bounds; the search says by `looked` and `total` when it stopped before the end.
        """
        held = list(self._held(selector))
        search = Search(total=sum(count for _, _, count in held))
        for queue, name, _ in held:
            for chunk in self._chunks(queue, name):
                search.looked += len(chunk)
                search.jobs += self._meant(selector, queue, chunk)
                if search.looked >= looked or len(search.jobs) >= jobs:
                    return search
        return search

    def _held(self, selector: Selector) -> Iterator[tuple[str, str, int]]:
        names = self.access.selected(selector)
        pipeline = self.access.pipeline()
        for name in names:
            pipeline.zrange(self.access.engine(name).keys.trashes, 0, MOST_TRASHES - 1)
        listed = self.access.replies(pipeline) if names else []
        found = [
            (queue, text(trash))
            for queue, trashes in zip(names, listed, strict=True)
            if isinstance(trashes, list)
            for trash in trashes
        ]
        pipeline = self.access.pipeline()
        for queue, trash in found:
            pipeline.zcard(self.access.engine(queue).keys.trash(trash))
        counts = self.access.replies(pipeline) if found else []
        for (queue, trash), count in zip(found, counts, strict=True):
            if isinstance(count, int) and count:
                yield queue, trash, count

    def _chunks(self, queue: str, trash: str) -> Iterator[Sequence[replies.Place]]:
        after = ("", "")
        while True:
            (reply,) = self.access.ask("page", [(queue, (f"tr:{trash}", "desc", CHUNK, *after, "-inf", "+inf", ""))])
            places = replies.places(reply).places
            if places:
                yield places
            if len(places) < CHUNK:
                return
            after = (places[-1].score, places[-1].id)

    def _meant(self, selector: Selector, queue: str, places: Sequence[replies.Place]) -> Iterator[Job]:
        ids = [place.id for place in places]
        found = self.rows.read({queue: ids}, payloads=filters.by_arguments(selector)).values()
        jobs = [job for job in found if job.in_trash and selector.state in (None, job.state)]
        texts = self.texts(jobs) if filters.by_text(selector) else {}
        for job in jobs:
            if filters.matches(selector, job, texts.get(group(job), "")):
                yield without_payload(job)

    def texts(self, jobs: Iterable[Job]) -> dict[tuple[str, str], str]:
        """The texts of their error groups, which outlive their last dead letter."""
        named = sorted({group(job) for job in jobs if group(job)[1]})
        pipeline = self.access.pipeline()
        for queue, fingerprint in named:
            pipeline.hmget(self.access.engine(queue).keys.group_detail(fingerprint), "em", "rs")
        details = self.access.replies(pipeline) if named else []
        return {
            name: self.rows.redaction.text(text(detail[0] or detail[1] or b""))[0]
            for name, detail in zip(named, details, strict=True)
            if isinstance(detail, list)
        }
