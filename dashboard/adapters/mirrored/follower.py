"""Keeps the mirror true: takes up new failures, follows requeued jobs, drops what the product no longer has."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.adapters.mirrored.mirror import Ending, Mirror
from dashboard.adapters.mirrored.product import Fate, Kept, Product

LOOK = 200
FATES = 200
STILL = 200
CHECK_SECONDS = 5.0
TRIM_SECONDS = 60.0

_PLACE = "place"
_WHOLE = "whole"
_ENDINGS: dict[Fate, Ending] = {
    Fate.RUNNING: "r",
    Fate.SUCCEEDED: "s",
    Fate.CANCELLED: "x",
    Fate.GONE: "g",
}


class Follower:
    """Works for one source in bounded turns.

    Args:
        product: what is followed.
        mirror: where it is kept.
        clock: gives unix seconds.
        keep_seconds: how long a failure stays in the mirror at most.
    """

    def __init__(self, product: Product, mirror: Mirror, clock: Callable[[], float], keep_seconds: float) -> None:
        self._product = product
        self._mirror = mirror
        self._clock = clock
        self._keep_seconds = keep_seconds
        self._at: dict[tuple[str, str], int] = {}
        self._checked = 0.0
        self._trimmed = 0.0

    def turn(self) -> bool:
        """One turn; True when there is more to do at once."""
        more = self._look()
        queues = list(self._mirror.queues().items())
        for name, numbers in queues:
            if numbers.pending:
                more = self._follow(name, numbers.pending) or more
        now = self._clock()
        if now - self._checked >= CHECK_SECONDS:
            self._checked = now
            for name, numbers in queues:
                self._check(name, numbers.failed or 0)
        if now - self._trimmed >= TRIM_SECONDS:
            self._trimmed = now
            for name, _ in queues:
                self._mirror.trim(name, now - self._keep_seconds)
        return more

    def whole(self) -> bool:
        """Whether every failure the product had was seen once."""
        return bool(self._mirror.note(_WHOLE))

    def _look(self) -> bool:
        place = self._mirror.note(_PLACE)
        seen = self._product.look(place, LOOK)
        new = self._mirror.record(seen.letters)
        if seen.place != place:
            self._mirror.keep_note(_PLACE, seen.place)
        if seen.whole:
            self._mirror.keep_note(_WHOLE, f"{self._clock():.0f}")
        return new > 0 and not seen.whole

    def _follow(self, queue: str, count: int) -> bool:
        """What some of the requeued jobs do now, the others in later turns."""
        letters = self._some(queue, "pending", count, FATES)
        fates = self._product.fates(queue, letters) if letters else ()
        known = [(letter, _ENDINGS[fate]) for letter, fate in zip(letters, fates, strict=True) if fate in _ENDINGS]
        ended = self._mirror.end(queue, known)
        return count > FATES and ended > 0

    def _check(self, queue: str, count: int) -> None:
        letters = self._some(queue, "dead", count, STILL)
        still = self._product.still_failed(queue, [each.id for each in letters]) if letters else ()
        self._mirror.end(queue, [(letter, "g") for letter, there in zip(letters, still, strict=True) if not there])

    def _some(self, queue: str, which: str, count: int, most: int) -> list[Kept]:
        """The next ones in turn, by their place in the mirror's list."""
        at = self._at.get((queue, which), 0)
        if at >= count:
            at = 0
        ids = self._mirror.ids(queue, "dead" if which == "dead" else "pending", at, most)
        self._at[(queue, which)] = at + most
        return [letter for letter in self._mirror.kept(queue, ids) if letter is not None] if ids else []
