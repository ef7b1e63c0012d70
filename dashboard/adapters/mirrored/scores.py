"""Failures in sorted sets, the newest with the highest score: what is new soon, and slowly all of them again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from dashboard.adapters.server import Server, script_source

SETS_A_TURN = 100
AGAIN_SECONDS = 10.0
AGAIN_AT_ONCE = 100

REMEMBERED = 50

Row = tuple[bytes, float]


@dataclass(frozen=True, slots=True)
class Front:
    """How far a set was read: from this score on, without those that have it and were given already.

    given: digests of these; when they are more than REMEMBERED, none of them but how many they are, as `passed`.
    """

    score: str = "-inf"
    given: tuple[str, ...] = ()
    passed: int = 0

    def fresh(self, rows: Sequence[Row]) -> list[Row]:
        """Those that were not given."""
        return [row for row in rows if repr(row[1]) != self.score or _digest(row[0]) not in self.given]

    def after(self, rows: Sequence[Row]) -> Front:
        """The front behind fresh rows."""
        score = repr(rows[-1][1])
        same = [_digest(member) for member, at in rows if repr(at) == score]
        before = score == self.score
        passed = len(same) + (self.passed + len(self.given) if before else 0)
        if passed > REMEMBERED:
            return Front(score, (), passed)
        return Front(score, (*(self.given if before else ()), *same))


_START = Front()


@dataclass(frozen=True, slots=True)
class Scored:
    """A member of the set of that name."""

    name: str
    member: bytes
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What one look gave; `place` and `whole` as in `product.Sighting`."""

    members: tuple[Scored, ...]
    place: str
    whole: bool


class ByScore:
    """Walks through the sorted sets of one source.

    What a worker with a late clock writes behind the place that was reached is found when all are gone through again,
    some every AGAIN_SECONDS.
    """

    def __init__(self, server: Server, clock: Callable[[], float] = time.monotonic) -> None:
        self._server = server
        self._clock = clock
        self._ended: set[str] = set()
        self._turn = 0
        self._again: tuple[int, Front] = (0, _START)
        self._again_at = clock()

    def look(self, sets: Mapping[str, str], place: str, limit: int) -> Found:
        """The next members, at most about `limit`.

        Args:
            sets: key by name.
            place: that of the last look.
        """
        fronts = _fronts(place)
        names = sorted(sets)
        start = self._turn % max(1, len(names))
        meant = (names[start:] + names[:start])[:SETS_A_TURN]
        self._turn = start + len(meant)
        share = max(10, limit // max(1, len(meant)))
        found: list[Scored] = []
        read = self._read([sets[name] for name in meant], [fronts.get(name, _START) for name in meant], share)
        for name, rows in zip(meant, read, strict=True):
            front = fronts.get(name, _START)
            if fresh := front.fresh(rows):
                fronts[name] = front.after(fresh)
                found += [Scored(name, member, score) for member, score in fresh]
            (self._ended.add if len(rows) < share + len(front.given) else self._ended.discard)(name)
        if not found:
            found = self._once_more(sets, names)
        kept = {name: astuple(fronts[name]) for name in names if name in fronts}
        return Found(tuple(found), json.dumps(kept) if kept else "", whole=self._ended.issuperset(names))

    def _once_more(self, sets: Mapping[str, str], names: Sequence[str]) -> list[Scored]:
        now = self._clock()
        if not names or now - self._again_at < AGAIN_SECONDS:
            return []
        self._again_at = now
        turn, front = self._again
        name = names[turn % len(names)]
        (rows,) = self._read([sets[name]], [front], AGAIN_AT_ONCE)
        fresh = front.fresh(rows)
        over = len(rows) < AGAIN_AT_ONCE or not fresh
        self._again = (turn + 1, _START) if over else (turn, front.after(fresh))
        return [Scored(name, member, score) for member, score in fresh]

    def _read(self, keys: Sequence[str], fronts: Sequence[Front], most: int) -> list[list[Row]]:
        if not keys:
            return []
        script = self._server.client.register_script(script_source("dashboard.adapters.mirrored", "newer"))
        argv = [value for front in fronts for value in (front.score, front.passed, most + len(front.given))]
        with self._server.errors():
            replies: Any = script(keys=list(keys), args=argv)
        return [[(row[i], float(row[i + 1])) for i in range(0, len(row), 2)] for row in replies]


def _digest(member: bytes) -> str:
    return hashlib.sha1(member, usedforsecurity=False).hexdigest()[:12]


def _fronts(place: str) -> dict[str, Front]:
    try:
        stored = json.loads(place or "{}")
        return {
            str(name): Front(repr(float(score)), tuple(map(str, given)), int(passed))
            for name, (score, given, passed) in stored.items()
        }
    except (ValueError, TypeError, AttributeError):
        return {}
