"""One worker's queues: which is asked next, and what there is to tell each."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from queue_core.engine import Engine, Outcome, Settled
from queue_core.worker.run import NEVER, Run

LIMITED_PAUSE = 0.25
"""Seconds until a queue whose limits let nothing through is asked again."""


@dataclass(slots=True)
class Lane:
    """One queue as this worker knows it; instants on the monotonic clock.

    hot: there may be something to claim. quiet_until: do not ask before. due: when the next job becomes pending.
    woken: a wake token was taken and not used yet. left: jobs pending after the last claim, None before the first.
    """

    engine: Engine
    weight: int
    hot: bool = True
    woken: bool = False
    quiet_until: float = 0.0
    due: float = NEVER
    left: int | None = None
    turn: int = 0
    outcomes: deque[tuple[Run, Outcome]] = field(default_factory=deque)

    def learn(self, reply: Settled, asked: int) -> None:
        """Take in what a claim said."""
        now = time.monotonic()
        self.due = now + max(0, reply.next_due - reply.now) / 1000 if reply.next_due >= 0 else NEVER
        if not asked:
            self.hot = self.hot or reply.left > 0
            return
        self.left = 0 if reply.why == "paused" else reply.left
        self.hot = self.left > 0
        if self.hot and not reply.claims:
            self.quiet_until = now + LIMITED_PAUSE

    def wants(self, now: float) -> bool:
        """Whether to ask it now."""
        if now >= self.due:
            self.hot, self.due = True, NEVER
        return self.hot and now >= self.quiet_until


def in_turn(lanes: Iterable[Lane]) -> Iterator[Lane]:
    """The lanes that want to be asked, by smooth weighted round robin; each once."""
    now = time.monotonic()
    waiting = [lane for lane in lanes if lane.wants(now)]
    while waiting:
        for lane in waiting:
            lane.turn += lane.weight
        chosen = max(waiting, key=lambda lane: lane.turn)
        chosen.turn -= sum(lane.weight for lane in waiting)
        waiting.remove(chosen)
        yield chosen
