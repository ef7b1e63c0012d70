"""Every row of a list, page by page, over one source or all; a source that fails ends it, so nothing is missing."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import TypeVar

from dashboard.adapters import merge
from dashboard.adapters.contract import Adapter, ErrorGroup, Job, Page, Selector
from dashboard.adapters.sources import Sources

PAGE = 200
T = TypeVar("T")


def jobs(sources: Sources, selector: Selector) -> Iterator[Job]:
    """All jobs a selector means, in the order of the list; memory does not grow with their number.

    Raises:
        UnknownSource, UnknownQueue, InvalidRequest: before the first row.
        SourceUnavailable: at any row.
    """

    def read(adapter: Adapter, cursor: str) -> Page[Job]:
        return adapter.jobs(selector, cursor=cursor, limit=PAGE)

    each = [_all(adapter, read) for adapter in _chosen(sources, selector)]
    return heapq.merge(*each, key=merge.job_order(selector.state))


def groups(sources: Sources, selector: Selector, order: str) -> Iterator[ErrorGroup]:
    """All groups a selector means, in an order; see `jobs`."""

    def read(adapter: Adapter, cursor: str) -> Page[ErrorGroup]:
        return adapter.groups(selector, order=order, cursor=cursor, limit=PAGE)

    each = [_all(adapter, read) for adapter in _chosen(sources, selector)]
    return heapq.merge(*each, key=merge.group_order(order))


def _chosen(sources: Sources, selector: Selector) -> list[Adapter]:
    return [sources.get(selector.source)] if selector.source else sources.all()


def _all(adapter: Adapter, read: Callable[[Adapter, str], Page[T]]) -> Iterator[T]:
    cursor = ""
    while True:
        page = read(adapter, cursor)
        yield from page.items
        if page.next_cursor is None or page.next_cursor == cursor:
            return
        cursor = page.next_cursor
