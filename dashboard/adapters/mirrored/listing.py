"""Jobs that are no failures, read from the product page by page over one queue or all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dashboard.adapters import merge
from dashboard.adapters.contract import InvalidRequest, Job, Page, Selector, State, UnknownQueue
from dashboard.adapters.mirrored.product import Product
from dashboard.adapters.queue_core import filters
from dashboard.language import N_

CHUNK = 200


class Listing:
    """Lists of one product.

    Args:
        product: what is listed.
        scan: how many jobs a filter may look at for one page.
    """

    def __init__(self, product: Product, scan: int) -> None:
        self._product = product
        self._scan = scan

    def jobs(self, selector: Selector, state: State, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        """One page; a filter looks at a bounded number of jobs and says how many."""
        filters.check(selector)
        if filters.by_arguments(selector):
            if selector.source != self._product.source:
                return Page((), complete=False)
            raise InvalidRequest(
                N_("arguments are searched among failed jobs only; leave args. out, or show failed jobs")
            )
        queues = self.queues(selector)
        if not queues:
            return Page((), total=0)
        plain = (
            not filters.needs_scan(selector.narrowed(state=None), state) and selector.since is selector.until is None
        )
        share = max(CHUNK, self._scan // len(queues))

        def read(queue: str, at: str, size: int) -> Page[Job]:
            return self._product.page(queue, state, cursor=at, limit=size)

        def search(queue: str, at: str, size: int) -> Page[Job]:
            return _matching(selector, lambda place: read(queue, place, min(CHUNK, share)), at, size, share)

        return merge.pages(queues, read if plain else search, merge.job_order(state), cursor, limit)

    def queues(self, selector: Selector) -> list[str]:
        """The queues a selector means. Raises UnknownQueue."""
        names = [queue.name for queue in self._product.queues()]
        if selector.queue and selector.queue not in names:
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; a queue appears with its first job or worker"),
                source=self._product.source, queue=selector.queue,
            )  # fmt: skip
        if ("source", self._product.source) in selector.excluded:
            return []
        meant = [selector.queue] if selector.queue else names
        return [name for name in meant if ("queue", name) not in selector.excluded]


def _matching(selector: Selector, read: Callable[[str], Page[Job]], at: str, size: int, most: int) -> Page[Job]:
    """The jobs of one queue that are meant, from a place on, looking at about `most`."""
    found: list[tuple[Job, str]] = []
    looked, cursor = 0, at
    while True:
        page = read(cursor)
        for job, place in zip(page.items, page.cursors, strict=True):
            looked, cursor = looked + 1, place
            if filters.matches(selector, job):
                found.append((job, place))
                if len(found) == size:
                    return _found(found, cursor, page, looked)
        if page.next_cursor is None:
            return _found(found, None, page, looked)
        cursor = page.next_cursor
        if looked >= most or not page.items:
            return replace(_found(found, cursor, page, looked), complete=False)


def _found(found: Sequence[tuple[Job, str]], cursor: str | None, page: Page[Job], looked: int) -> Page[Job]:
    return Page(
        tuple(job for job, _ in found), cursor, total=page.total, searched=looked,
        cursors=tuple(place for _, place in found),
    )  # fmt: skip
