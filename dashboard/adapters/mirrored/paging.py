"""Pages of what lies in a product's lists and sorted sets: bounded, with cursors that find their place again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import redis

from dashboard.adapters.contract import InvalidRequest, Job, Page
from dashboard.adapters.merge import decode_cursor, encode_cursor
from dashboard.adapters.server import Server
from dashboard.language import N_

AROUND = 200
"""Members before the place of a cursor that are looked at for it: those in front of it may have been taken."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Member:
    """One member with the cursor that goes on after it; score: of a sorted set."""

    raw: bytes
    cursor: str
    score: float = 0.0


def listed(server: Server, key: str, cursor: str, limit: int, *, tail: bool = False) -> list[Member]:
    """Members of a list from its head on, or from its `tail` towards its head; empty for what is no list."""
    after = _place(cursor)
    start = max(0, after[0] - AROUND) if after else 0
    stop = (after[0] if after else -1) + limit
    ends = (-stop - 1, -start - 1) if tail else (start, stop)
    raw = _asked(server, lambda: server.client.lrange(key, *ends))
    raw = raw[::-1] if tail else raw
    begin = _behind(raw, after)
    return [
        Member(each, _cursor(start + i, each)) for i, each in enumerate(raw) if i >= begin
    ][:limit]  # fmt: skip


def ranked(server: Server, key: str, cursor: str, limit: int, *, low: str = "-inf", high: str = "+inf") -> list[Member]:
    """Members of a sorted set between two scores, the lowest first; empty for what is none."""
    after = _place(cursor)
    start = max(0, after[0] - AROUND) if after else 0
    count = (after[0] - start if after else 0) + 1 + limit
    rows = _asked(
        server, lambda: server.client.zrangebyscore(key, low, high, start=start, num=count, withscores=True)
    )  # fmt: skip
    begin = _behind([member for member, _ in rows], after)
    return [
        Member(member, _cursor(start + i, member), score) for i, (member, score) in enumerate(rows) if i >= begin
    ][:limit]  # fmt: skip


def page(
    members: Sequence[Member], limit: int, jobs: Sequence[Job | None], total: int | None = None
) -> Page[Job]:  # fmt: skip
    """A page of the jobs of members; None for one that is not of the page's state, or gone."""
    shown = [(job, member.cursor) for member, job in zip(members, jobs, strict=True) if job is not None]
    more = len(members) == limit
    return Page(
        tuple(job for job, _ in shown),
        members[-1].cursor if more and members else None,
        total=total,
        cursors=tuple(cursor for _, cursor in shown),
    )


def ordered(items: Sequence[T], key: Callable[[T], list[Any]], cursor: str, limit: int) -> tuple[list[T], list[str]]:
    """Some of a few items that were read whole, after a cursor, and the cursor after each."""
    after = decode_cursor(cursor) if cursor else None
    try:
        rest = sorted((each for each in items if after is None or key(each) > after), key=key)
    except TypeError as error:
        raise _foreign() from error
    if after is not None and not isinstance(after, list):
        raise _foreign()
    return rest[:limit], [encode_cursor(key(each)) for each in rest[:limit]]


def _asked(server: Server, ask: Callable[[], Any]) -> list[Any]:
    with server.errors():
        try:
            return list(ask())
        except redis.ResponseError as error:
            if "WRONGTYPE" in str(error):
                return []
            raise


def _cursor(index: int, raw: bytes) -> str:
    return encode_cursor([index, raw.decode("utf-8", "backslashreplace")[:300]])


def _behind(raw: Sequence[bytes], after: tuple[int, str] | None) -> int:
    """Where the members after a cursor begin."""
    if after is None:
        return 0
    shown = [each.decode("utf-8", "backslashreplace")[:300] for each in raw]
    return shown.index(after[1]) + 1 if after[1] in shown else min(after[0], AROUND)


def _place(cursor: str) -> tuple[int, str] | None:
    if not cursor:
        return None
    match decode_cursor(cursor):
        case [int(index), str(member)] if 0 <= index < 2**53:
            return index, member
    raise _foreign()


def _foreign() -> InvalidRequest:
    return InvalidRequest(N_("cursor is not one of this list; start again without a cursor"))
