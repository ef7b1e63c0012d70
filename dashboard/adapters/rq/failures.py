"""Looks for failures: new ones soon, by when they will expire; all of them slowly, by a walk through registries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.adapters.mirrored.product import DeadLetter, Sighting
from dashboard.adapters.rq import letters
from dashboard.adapters.rq.access import Access
from dashboard.adapters.rq.known import OVERLAP_SECONDS, Front, Known, Scored
from dashboard.adapters.rq.values import number, text

MOST_TTLS = 6
"""Different times for which failures are kept that are told apart; others are found by the walk."""

LISTED = 300
RANGES = 200
"""Queues, by how long they keep failures, that one look asks for new ones; the others have their turn later."""

AHEAD_SECONDS = 60
"""By so much the clocks of workers may go before the server's."""

WALKS = 4
WALKED_SLOWLY = 50
"""Failures that a look reads on a walk when an earlier one has come to its end."""


@dataclass(slots=True)
class _Place:
    """Where a look goes on; kept by the mirror as text.

    since: unix seconds from which on new failures are still to be listed. queue, cursor: of the walk. walked: whether
    it has come to its end before.
    """

    since: float | None = None
    ttls: list[int] = field(default_factory=lambda: [letters.DEFAULT_TTL])
    queue: str = ""
    cursor: int = 0
    walked: bool = False

    def text(self) -> str:
        return json.dumps([self.since, self.ttls[:MOST_TTLS], self.queue, self.cursor, self.walked])


class Failures:
    """The failures of one source, as one process has seen them.

    Args:
        access: the source's server.
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        self.known = Known()
        self._fronts: dict[tuple[str, int], Front] = {}
        self._sizes: dict[str, int] = {}
        self._hurry: dict[str, int] = {}
        self._again: dict[tuple[str, str], None] = {}
        self._turn = 0
        self._left = 0
        self._now = 0.0

    def look(self, place: str, limit: int) -> Sighting:
        """At most about `limit` failures that this process has not given before; see `Product.look`."""
        at = _parsed(place)
        if not place:
            self.known.clear()
            self._fronts.clear()
        names = self.access.names()
        if not names:
            return Sighting((), at.text(), whole=True)
        self._left = limit
        found = self._repeated()
        found += self._new(at, names)
        found += self._hurried(at)
        walked, whole = self._walk(at, names)
        return Sighting((*found, *walked), at.text(), whole)

    def again(self, queue: str, ids: Sequence[str]) -> None:
        """Give failures with the next look, also when they were given before."""
        self.known.forget(queue, ids)
        self._again |= dict.fromkeys((queue, job_id) for job_id in ids)

    def _repeated(self) -> list[DeadLetter]:
        asked = list(self._again)[: self._left]
        self._left -= len(asked)
        found: list[DeadLetter] = []
        for queue in dict.fromkeys(queue for queue, _ in asked):
            ids = [job_id for name, job_id in asked if name == queue]
            found += [each.letter for each in letters.read(self.access, queue, ids) if each]
        for each in asked:
            del self._again[each]
        return found

    def _new(self, at: _Place, names: Sequence[str]) -> list[DeadLetter]:
        """What failed lately, of some queues in turn."""
        if self._turn >= len(names):
            self._turn = 0
            self._fronts = {each: front for each, front in self._fronts.items() if each[0] in names}
        ttls = at.ttls[:MOST_TTLS]
        asked = names[self._turn : self._turn + RANGES // len(ttls)]
        self._turn += len(asked)
        fronts = [(queue, self._front(at, queue, ttl)) for queue in asked for ttl in ttls]
        ranges = [part for queue, front in fronts for part in (queue, front.ttl, repr(front.score), front.passed)]
        now, rows = self.access.run("new_failures", LISTED, AHEAD_SECONDS, *ranges)
        self._now = float(now)
        found: list[DeadLetter] = []
        unknown: dict[str, int] = {}
        for (queue, front), (size, flat) in zip(fronts, rows, strict=True):
            listed = _scored(flat)
            taken, all_taken, new = self._take(at, queue, listed)
            found += taken
            unknown[queue] = unknown.get(queue, 0) - new
            if all_taken:
                front.pass_page(listed) if len(listed) == LISTED else front.catch_up(self._now)
            if front.ttl == ttls[0]:
                count = size if isinstance(size, int) else 0
                unknown[queue] += count - self._sizes.get(queue, count)
                self._sizes[queue] = count
        self._hurry |= {queue: 0 for queue, more in unknown.items() if more > 0 and queue not in self._hurry}
        reached = min(front.score - front.ttl for front in self._fronts.values())
        every = len({queue for queue, _ in self._fronts}) >= len(names)  # else the others begin where it stands
        at.since = reached if every or at.since is None else min(reached, at.since)
        return found

    def _front(self, at: _Place, queue: str, ttl: int) -> Front:
        if (queue, ttl) not in self._fronts:
            since = at.since if at.since is not None else self._server_time() - OVERLAP_SECONDS
            self._fronts[(queue, ttl)] = Front(ttl, since + ttl)
        return self._fronts[(queue, ttl)]

    def _server_time(self) -> float:
        if not self._now:
            with self.access.errors():
                told: Any = self.access.client.time()
            self._now = float(told[0]) + float(told[1]) / 1e6
        return self._now

    def _hurried(self, at: _Place) -> list[DeadLetter]:
        """A page of a queue that has more failures than were listed as new."""
        if not self._hurry or self._left <= 0:
            return []
        queue, cursor = next(iter(self._hurry.items()))
        after, found, all_taken = self._page(at, queue, cursor)
        if all_taken:
            self._hurry.pop(queue)
            if after:
                self._hurry[queue] = after
        return found

    def _walk(self, at: _Place, names: Sequence[str]) -> tuple[list[DeadLetter], bool]:
        """The next pages of the walk, and whether it came to its end."""
        found: list[DeadLetter] = []
        self._left = min(self._left, WALKED_SLOWLY) if at.walked else self._left
        pages = 1 if at.walked else WALKS
        while pages and self._left > 0:
            queue = next((name for name in names if name >= at.queue and self._sizes.get(name) != 0), None)
            if queue is None:
                at.queue, at.cursor, at.walked = "", 0, True
                self.known.forget_timeless()
                return found, True
            if queue not in self._sizes:
                break  # whether it has failures is asked by a later look
            cursor = at.cursor if queue == at.queue else 0
            after, read, all_taken = self._page(at, queue, cursor)
            found += read
            pages -= 1
            at.queue, at.cursor = queue, after if all_taken else cursor
            if all_taken and not after:
                at.queue = queue + "\0"  # the first name after it
        return found, False

    def _page(self, at: _Place, queue: str, cursor: int) -> tuple[int, list[DeadLetter], bool]:
        """Some of a registry in the server's order: the next cursor, 0 at its end; a damaged one is empty."""
        pipeline = self.access.server.pipeline()
        pipeline.zscan(self.access.keys.registry("failed", queue), cursor, count=LISTED)
        (reply,) = self.access.server.replies(pipeline)
        after, pairs = (0, []) if isinstance(reply, Exception) else reply
        scored: list[Any] = [part for pair in pairs for part in pair]
        found, all_taken, _ = self._take(at, queue, _scored(scored))
        return int(after), found, all_taken

    def _take(self, at: _Place, queue: str, listed: Sequence[Scored]) -> tuple[list[DeadLetter], bool, int]:
        """Read what was not given yet: the failures, whether none is left, and how many there were."""
        kept = (each for each in listed if each[1] < 0 or each[1] > self._now)
        fresh = [each for each in kept if not self.known.has(queue, each)]
        taken = fresh[: max(0, self._left)]
        self._left -= len(taken)
        read = [each for each in letters.read(self.access, queue, [job_id for job_id, _ in taken]) if each]
        self.known.add(queue, taken)
        at.ttls += sorted({each.ttl for each in read if each.ttl > 0} - set(at.ttls))
        return [each.letter for each in read], len(taken) == len(fresh), len(fresh)


def _scored(flat: Sequence[Any]) -> list[Scored]:
    pairs = ((text(flat[i]), number(flat[i + 1])) for i in range(0, len(flat) - 1, 2))
    return [(name, score) for name, score in pairs if name and score is not None]


def _parsed(place: str) -> _Place:
    try:
        since, ttls, queue, cursor, walked = json.loads(place)
        kept = [ttl for ttl in ttls if isinstance(ttl, int) and ttl > 0][:MOST_TTLS]
        return _Place(number(since), kept or [letters.DEFAULT_TTL], str(queue), int(cursor), bool(walked))
    except (ValueError, TypeError):
        return _Place()
