"""The line below a list: how much was found, how much was read to find it, and where it goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.contract import Page
from dashboard.language import N_, gettext, ngettext, number

Counted = Callable[[int], str]
_LINK = "\0"
_SEARCHED = N_("Searched %(what)s, %(match)s.")
_SO_FAR = N_("Searched %(what)s, %(match)s so far.")
_PARTS = {
    "newest": N_("the newest %(part)s"), "first": N_("the first %(part)s"), "next": N_("the next %(part)s"),
    "last": N_("the last %(part)s"),
}  # fmt: skip
_PARTS_OF = {
    "newest": N_("the newest %(part)s of %(whole)s"), "first": N_("the first %(part)s of %(whole)s"),
    "next": N_("the next %(part)s of %(whole)s"), "last": N_("the last %(part)s of %(whole)s"),
}  # fmt: skip


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
    page: Page[Any], count: Counted, *, first: bool = True, newest: bool = True, whole: int | None = None,
    of: Counted | None = None,
) -> Result:  # fmt: skip
    """How much was found.

    Args:
        page: what was read.
        count: a number of its items in words: "3 failed jobs".
        first: whether it is the list's first page.
        newest: whether the list begins with the newest.
        whole: how many items there are without the filter, when the page does not know it.
        of: the same for what was searched, when that is something else than the items.
    """
    shown = len(page.items)
    if page.searched is not None:
        size = whole if of or page.total is None else page.total
        what = count(shown) if of else number(shown)
        match = ngettext("%(what)s matches", "%(what)s match", shown, what=what)
        return _searched(page, of or count, match, size, first=first, newest=newest)
    if page.total is not None:
        total = count(page.total)
        found = gettext("%(part)s of %(whole)s", part=number(shown), whole=total) if shown < page.total else total
    elif first and page.next_cursor is None:
        found = count(shown)
    else:
        found = gettext("%(count)s on this page", count=count(shown))
    if page.complete:
        return Result(found)
    if page.unread:
        return Result(gettext("%(found)s, there may be more: not every queue can be read", found=found))
    return Result(gettext("%(found)s, there may be more: a source does not answer", found=found))


def _searched(page: Page[Any], count: Counted, match: str, whole: int | None, *, first: bool, newest: bool) -> Result:
    searched, further = page.searched or 0, page.next_cursor is not None
    goes_on = not page.complete and further
    sentence = _SO_FAR if further and page.complete else _SEARCHED
    if first and not further and page.complete:
        return _linked(sentence, "", count(searched), match)
    part = ("newest" if newest else "first") if first else "next" if further else "last"
    if whole is None or whole < searched:
        what = gettext(_PARTS[part], part=count(searched))
        return Result(gettext(sentence, what=what, match=match), goes_on=goes_on)
    what = gettext(_PARTS_OF[part], part=number(searched), whole=_LINK)
    return _linked(sentence, what, count(whole), match, goes_on=goes_on)


def _linked(sentence: str, what: str, whole: str, match: str, *, goes_on: bool = False) -> Result:
    """A sentence around a number that leads somewhere."""
    start, _, end = gettext(sentence, what=what or _LINK, match=match).partition(_LINK)
    return Result(start, whole, end, goes_on)
