"""Error groups by what only their jobs know: worker, version, arguments; found by looking through the newest jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.adapters.contract import ErrorGroup, InvalidRequest, Page, Selector, State
from dashboard.adapters.queue_core.groups import ORDERS, Groups, Named
from dashboard.adapters.queue_core.listing import Listing, group

MOST_JOBS = 5_000
"""Jobs found that one page of groups counts."""


@dataclass(frozen=True, slots=True)
class LookedGroups:
    """Groups that have jobs a filter finds; their `count` is how many were found so far.

    Args:
        listing: finds the jobs, newest first, within its bound.
        groups: tells what the groups are about.
    """

    listing: Listing
    groups_read: Groups

    def groups(self, selector: Selector, *, order: str = "last", cursor: str = "", limit: int = 50) -> Page[ErrorGroup]:
        """A page ends where the bound, or one group more than fit on it, was reached; the next one goes on there."""
        if order not in ORDERS:
            raise InvalidRequest(f"order {order!r}: use {' or '.join(ORDERS)}")
        jobs = self.listing.jobs(replace(selector, state=State.FAILED), cursor=cursor, limit=MOST_JOBS)
        first: dict[Named, int] = {}
        counts: Counter[Named] = Counter()
        further = jobs.next_cursor
        for place, job in enumerate(jobs.items):
            if group(job) not in first and len(first) == limit:
                further = jobs.cursors[place - 1]
                break
            first.setdefault(group(job), place)
            counts[group(job)] += 1
        these = self.groups_read.these(list(counts), ("-inf", "+inf"))
        found = [(name, replace(each, count=counts[name])) for name, each in these.items()]
        found.sort(key=lambda row: -row[1].count if order == "count" else first[row[0]])
        whole = jobs.complete and further is None and not cursor
        return Page(
            tuple(each for _, each in found), further, searched=jobs.searched, complete=jobs.complete,
            cursors=_cursors([first[name] for name, _ in found], jobs.cursors, further or ""),
            jobs=sum(counts.values()) if whole else None, unread=jobs.unread,
        )  # fmt: skip


def _cursors(first: Sequence[int], at: Sequence[str], further: str) -> tuple[str, ...]:
    """Where a list of several sources goes on when the groups behind one do not fit: before the first job of these."""
    return tuple(
        at[max(0, min(first[shown:]) - 1)] if shown < len(first) else further for shown in range(1, len(first) + 1)
    )
