"""Keeps the mirror true: takes up new failures, follows requeued jobs, drops what the product no longer has.

Each turn is bounded, so that a source costs few commands a second when nobody looks: some queues have their turn, the
others in later ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

import structlog

from dashboard.adapters.contract import AdapterError, Queue, SourceUnavailable
from dashboard.adapters.mirrored.mirror import Ending, Mirror
from dashboard.adapters.mirrored.pace import Pace
from dashboard.adapters.mirrored.product import Fate, Kept, Product, Sighting

LOOK = 200
SOME = 200
QUEUES_A_TURN = 3
NUMBERS_SECONDS = 2.0
CHECK_SECONDS = 5.0
UPKEEP_SECONDS = 20.0
WARNED_SECONDS = 300.0
LOOKED_SECONDS = 10.0
"""How often it is noted that failures were looked for, and how long that note is taken for the last one."""


log = structlog.get_logger("redrive.mirror")

_PLACE = "place"
_WHOLE = "whole"
_LOOKED = "looked"
_REFUSED = "refused"
_ENDINGS: dict[Fate, Ending] = {
    Fate.RUNNING: "r", Fate.SUCCEEDED: "s", Fate.CANCELLED: "x", Fate.GONE: "g", Fate.FAILED: "f",
}  # fmt: skip


class Follower:
    """Works for one source in bounded turns.

    Args:
        product: what is followed.
        mirror: where it is kept.
        clock: gives unix seconds.
        keep_seconds: how long a failure stays in the mirror at most.
        pace: of a backlog.
    """

    def __init__(
        self, product: Product, mirror: Mirror, clock: Callable[[], float], keep_seconds: float, pace: Pace
    ) -> None:
        self._pace = pace
        self._product = product
        self._mirror = mirror
        self._clock = clock
        self._keep_seconds = keep_seconds
        self._places: dict[tuple[str, str], int] = {}
        self._turns: dict[str, int] = {}
        self._last: dict[str, float] = {}
        self._queues: list[tuple[str, Queue]] = []
        self._whole = False
        self._began = clock()
        self._looked: float | None = None
        self._seen: tuple[str, Sighting] | None = None

    def turn(self) -> bool:
        """One turn; True when there is more to do at once."""
        more = self._pace.allows() and self._look()
        if self._due("numbers", NUMBERS_SECONDS) or more:
            self._queues = list(self._mirror.queues().items())
        waiting = [(name, numbers.pending) for name, numbers in self._queues if numbers.pending]
        for name, count in self._next("follow", waiting):
            more = self._of_one("follow", name, partial(self._follow, name, count)) or more
        if self._due("check", CHECK_SECONDS):
            failed = [(name, numbers.failed) for name, numbers in self._queues if numbers.failed]
            for name, count in self._next("check", failed):
                self._of_one("check", name, partial(self._check, name, count))
        if self._due("upkeep", UPKEEP_SECONDS):
            for name, _ in self._next("trim", [(name, 1) for name, _ in self._queues]):
                self._of_one("trim", name, partial(self._trim, name))
        return more

    def notice(self) -> None:
        """Jobs were moved: follow them from the next turn on."""
        self._last.pop("numbers", None)

    def check_soon(self) -> None:
        """Look in the next turn which failures are gone."""
        self._last.pop("check", None)
        self._last.pop("numbers", None)

    def whole(self) -> bool:
        """Whether every failure the product had was seen once."""
        self._whole = self._whole or bool(self._mirror.note(_WHOLE))
        return self._whole

    def looked_at(self) -> float | None:
        """When failures were last looked for, within LOOKED_SECONDS; 0 for never, None while nobody can have."""
        if self._due("ask", LOOKED_SECONDS) or self._looked is None:
            self._looked = float(self._mirror.note(_LOOKED) or 0.0)
        return self._looked or (None if self._clock() - self._began < 6 * LOOKED_SECONDS else 0.0)

    def _look(self) -> bool:
        (place, seen), self._seen = self._seen or self._sighting(), None
        try:
            new = self._mirror.record(seen.letters)
        except AdapterError as error:
            self._seen = place, seen  # for the next turn: a product may give them only once
            if not isinstance(error, SourceUnavailable):
                self._mirror.keep_note(_REFUSED, f"{self._clock():.0f}")  # raises too while the store takes nothing
                self._seen = None
            raise
        self._pace.took(new)
        if self._due(_LOOKED, LOOKED_SECONDS):
            self._looked = self._clock()
            self._mirror.keep_note(_LOOKED, f"{self._looked:.0f}")
        if seen.place != place:
            self._mirror.keep_note(_PLACE, seen.place)
        if seen.whole and not self.whole():
            self._mirror.keep_note(_WHOLE, f"{self._clock():.0f}")
        return new > 0

    def _sighting(self) -> tuple[str, Sighting]:
        place = self._mirror.note(_PLACE)
        return place, self._product.look(place, LOOK)

    def _follow(self, queue: str, count: int) -> bool:
        """What some of the requeued jobs do now, the others in later turns."""
        letters = self._some(queue, "pend", count)
        fates = self._product.fates(queue, letters) if letters else ()
        known = [(letter, _ENDINGS[fate]) for letter, fate in zip(letters, fates, strict=True) if fate in _ENDINGS]
        ended = self._mirror.end(queue, known)
        return count > SOME and ended > 0

    def _check(self, queue: str, count: int) -> None:
        letters = self._some(queue, "dead", count)
        still = self._product.still_failed(queue, [each.id for each in letters]) if letters else ()
        self._mirror.end(queue, [(letter, "g") for letter, there in zip(letters, still, strict=True) if not there])

    def _trim(self, queue: str) -> None:
        self._mirror.trim(queue, self._clock() - self._keep_seconds)
        self._mirror.empty_trash(queue)

    def _of_one(self, what: str, queue: str, work: Callable[[], bool | None]) -> bool:
        """Work for one queue; when it fails, the other queues have theirs all the same."""
        try:
            return bool(work())
        except SourceUnavailable:
            raise
        except Exception:
            if self._due(f"warn {what} {queue}", WARNED_SECONDS):
                log.exception("a queue could not be followed", source=self._product.source, queue=queue, step=what)
            return False

    def _some(self, queue: str, which: Literal["dead", "pend"], count: int) -> list[Kept]:
        """The next ones in turn, by their place in the mirror's list."""
        at = self._places.get((queue, which), 0)
        if at >= count:
            at = 0
        self._places[(queue, which)] = at + SOME
        return self._mirror.some(queue, which, at, SOME)

    def _next(self, what: str, queues: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
        """The queues whose turn it is."""
        start = self._turns.get(what, 0)
        if start >= len(queues):
            start = 0
        self._turns[what] = start + QUEUES_A_TURN
        return list(queues[start : start + QUEUES_A_TURN])

    def _due(self, what: str, seconds: float) -> bool:
        now = self._clock()
        if now - self._last.get(what, 0.0) < seconds:
            return False
        self._last[what] = now
        return True
