"""Which failures one process has given already, and how far it has listed what failed lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_KNOWN = 300_000
OVERLAP_SECONDS = 3.0
"""What failed so long ago may still be written: workers' clocks differ."""

Scored = tuple[str, float]


class Known:
    """Failures by queue and id, with the score under which they were given: one that fails again has another."""

    def __init__(self) -> None:
        self._scores: dict[int, float] = {}

    def has(self, queue: str, listed: Scored) -> bool:
        """Whether it was given."""
        return self._scores.get(hash((queue, listed[0]))) == listed[1]

    def add(self, queue: str, listed: Sequence[Scored]) -> None:
        """They were given; when these are very many, all are forgotten and given another time."""
        if len(self._scores) > MOST_KNOWN:
            self._scores.clear()
        self._scores.update((hash((queue, job_id)), score) for job_id, score in listed)

    def forget(self, queue: str, ids: Sequence[str]) -> None:
        """Give them again when they are found another time."""
        for job_id in ids:
            self._scores.pop(hash((queue, job_id)), None)

    def forget_timeless(self) -> None:
        """The same for what never expires: its score does not change when it fails again."""
        self._scores = {key: score for key, score in self._scores.items() if score >= 0}

    def clear(self) -> None:
        """Forget everything."""
        self._scores.clear()


@dataclass(slots=True)
class Front:
    """How far the failures of a queue that are kept for `ttl` seconds were listed: from this score on, without the
    first `passed` of those that have it."""

    ttl: int
    score: float
    passed: int = 0

    def pass_page(self, listed: Sequence[Scored]) -> None:
        """Go on after a full page."""
        last = listed[-1][1]
        same = sum(score == last for _, score in listed)
        self.passed = same + (self.passed if last == self.score else 0)
        self.score = last

    def catch_up(self, now: float) -> None:
        """Go on shortly before now: everything older was listed."""
        self.score, self.passed = max(self.score, now + self.ttl - OVERLAP_SECONDS), 0
