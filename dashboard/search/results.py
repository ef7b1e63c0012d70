"""The line below a list: how much was found, how much was read to find it, and where it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboard.adapters.contract import Page


@dataclass(frozen=True, slots=True)
class Result:
    """`start`, then `whole` (the number that was searched in, a link to that list), then `end`.

    goes_on: the reading stopped at its bound, so "Continue" says better what follows than "Next".
    """

    start: str
    whole: str = ""
    end: str = ""
    goes_on: bool = False

    def __str__(self) -> str:
        return f"{self.start}{self.whole}{self.end}"


def result(
    page: Page[Any], one: str, many: str, *, first: bool = True, newest: bool = True, whole: int | None = None,
    of: str = "",
) -> Result:  # fmt: skip
    """How much was found.

    Args:
        page: what was read.
        one, many: what its items are: "failed job", "failed jobs".
        first: whether it is the list's first page.
        newest: whether the list begins with the newest.
        whole: how many items there are without the filter, when the page does not know it.
        of: what was searched, when that is something else than the items: "failed jobs".
    """
    shown = len(page.items)
    if page.searched is not None:
        kind = one if shown == 1 else many
        match = f"{shown:,}{f' {kind}' if of else ''} {'matches' if shown == 1 else 'match'}"
        size = whole if of or page.total is None else page.total
        return _searched(page, of or many, match, size, first=first, newest=newest)
    missing = "" if page.complete else ", there may be more: a source does not answer"
    if page.total is None:
        where = "" if first and page.next_cursor is None else " on this page"
        return Result(f"{shown:,} {one if shown == 1 else many}{where}{missing}")
    total = f"{page.total:,} {one if page.total == 1 else many}"
    return Result(f"{shown:,} of {total}{missing}" if shown < page.total else f"{total}{missing}")


def _searched(page: Page[Any], many: str, match: str, whole: int | None, *, first: bool, newest: bool) -> Result:
    searched, further = page.searched or 0, page.next_cursor is not None
    everything = first and not further and page.complete
    if everything:
        return Result("Searched ", _count(searched, many), f", {match}.")
    part = ("the newest " if newest else "the first ") if first else f"{'the next ' if further else 'the last '}"
    end = f", {match}." if not further or not page.complete else f", {match} so far."
    if whole is None or whole < searched:
        return Result(f"Searched {part}{_count(searched, many)}", "", end, goes_on=not page.complete and further)
    return Result(f"Searched {part}{searched:,} of ", _count(whole, many), end, goes_on=not page.complete and further)


def _count(number: int, many: str) -> str:
    return f"{number:,} {many.removesuffix('s') if number == 1 else many}"
