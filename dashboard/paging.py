"""Links to the pages of a list before and after: cursors lead forwards, so a page carries those of the ones before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

BETWEEN = "~"
"""Stands between cursors; before the first of them, pages are left out."""
MOST = 1_500
"""Letters of cursors in an address; pages further back are reached from the first one."""


def links(url: Callable[..., str], query: Mapping[str, str], next_cursor: str | None) -> dict[str, Any]:
    """The template context of `search/_pages.html`, and `here_full`, the page's own address.

    Args:
        url: the address of a page from its `cursor` and what is `before` it; both are empty on the first page.
        query: of the page that is shown.
        next_cursor: where the page after it begins.
    """
    cursor, before = query.get("cursor", ""), query.get("before", "") if query.get("cursor") else ""
    earlier, _, previous = before.rpartition(BETWEEN)
    reachable = cursor and (previous or not before)
    previous_url = url(cursor=previous, before=_start(earlier, before)) if reachable else ""
    return {
        "here_full": url(cursor=cursor, before=before),
        "previous_url": previous_url,
        "first_url": url(cursor="", before="") if cursor and (previous or not reachable) else "",
        "next_url": url(cursor=next_cursor, before=_after(before, cursor)) if next_cursor else "",
    }


def _start(earlier: str, before: str) -> str:
    """What is before the previous page: its first cursor may be marked as not the first page's successor."""
    return BETWEEN if not earlier and before.startswith(BETWEEN) else earlier


def _after(before: str, cursor: str) -> str:
    """What is before the next page: as many pages back as there is room for."""
    if not cursor:
        return ""
    cursors = before.split(BETWEEN) if before else []
    kept, room = [cursor], MOST - len(cursor)
    for each in reversed(cursors):
        room -= len(each) + 1
        if not each or room < 0:
            return BETWEEN + BETWEEN.join(reversed(kept))
        kept.append(each)
    return BETWEEN.join(reversed(kept))
