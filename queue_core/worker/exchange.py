"""Everything a worker says to the server about jobs: outcomes and claims, heartbeats, checkpoints, housekeeping."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence

import redis

from queue_core.connection import Client
from queue_core.engine import Claim, Engine, Outcome
from queue_core.worker.lanes import Lane, in_turn
from queue_core.worker.options import WorkerOptions
from queue_core.worker.run import NEVER, Run

log = logging.getLogger("queue_core.worker")
BATCH = 64
HELD_SHARE = 0.75
"""Share of the lease after which a worker that heard nothing lets go: a command may take the rest to fail."""


class Exchange:
    """The scripts of all queues of one worker.

    succeeded, failed: jobs that it ran well, and attempts that failed, since it started.

    Every method raises ServerUnavailable when Redis does not answer; what was not said is kept and said again.
    """

    def __init__(
        self, client: Client, options: WorkerOptions, *, worker: str, namespace: str, version: str = ""
    ) -> None:  # fmt: skip
        self._worker, self._options, self._version = worker, options, version
        self._lease = round(options.lease * 1000)
        self.succeeded = self.failed = 0
        self.lanes = {
            name: Lane(Engine(client, name, namespace), weight) for name, weight in options.queues.items()
        }  # fmt: skip

    def add(self, run: Run, outcome: Outcome) -> None:
        """Keep an outcome until it is told."""
        self.lanes[run.queue].outcomes.append((run, outcome))

    @property
    def unsaid(self) -> int:
        """Outcomes not told yet."""
        return sum(len(lane.outcomes) for lane in self.lanes.values())

    def wake(self, key: str) -> None:
        """A token of this wake list was taken."""
        for lane in self.lanes.values():
            if lane.engine.keys.wake == key:
                lane.hot = lane.woken = True

    def settle(self, free: int) -> list[Run]:
        """Tell outcomes, and claim at most `free` jobs."""
        claimed: list[Run] = []
        for lane in in_turn(self.lanes.values()) if free else ():
            if len(claimed) < free:
                claimed += self._round(lane, min(free - len(claimed), BATCH))
        for lane in self.lanes.values():
            while lane.outcomes or (lane.woken and len(claimed) >= free):
                self._round(lane, 0)  # without a claim it puts a wake token back while jobs are left
        return claimed

    def _round(self, lane: Lane, ask: int) -> list[Run]:
        batch = [lane.outcomes[i] for i in range(min(BATCH, len(lane.outcomes)))]
        sent = time.monotonic()
        reply = lane.engine.settle(
            self._worker, [outcome for _, outcome in batch], claim=ask, lease=self._lease,
            promote=BATCH if ask else 0, version=self._version,
        )  # fmt: skip
        for _ in batch:
            lane.outcomes.popleft()
        lane.woken = False
        lane.learn(reply, ask)
        for (run, outcome), code in zip(batch, reply.codes, strict=True):
            log.debug("%s %s: %s -> %s", run.claim.type, run.claim.id, outcome.kind, code)
            self.succeeded += code == "s"
            self.failed += code in ("r", "d")
            if code == "stale":
                log.warning("job %s: the lease had ended, its outcome was refused", run.claim.id)
        return [self._run(claim, lane, sent, reply.now) for claim in reply.claims]

    def _run(self, claim: Claim, lane: Lane, sent: float, now: int) -> Run:
        ends = sent + max(0, claim.deadline - now) / 1000 if claim.deadline else NEVER
        return Run(claim, lane.engine.name, self._worker, self._held_until(sent), ends)

    def _held_until(self, sent: float) -> float:
        return sent + self._options.lease * HELD_SHARE

    def extend(self, runs: Sequence[Run]) -> list[tuple[Run, int]]:
        """Heartbeat; returns each run with the script's code: 1 extended, 0 lost, 2 cancel asked, 3 deadline."""
        answers: list[tuple[Run, int]] = []
        for name, lane in self.lanes.items():
            mine = [run for run in runs if run.queue == name]
            if not mine:
                continue
            sent = time.monotonic()
            codes = lane.engine.extend(self._worker, [(r.claim.id, r.claim.token) for r in mine], lease=self._lease)
            for run, code in zip(mine, codes, strict=True):
                if code:
                    run.local_end = self._held_until(sent)
                answers.append((run, code))
        return answers

    def checkpoint(self, run: Run, cursor: bytes) -> bool:
        """Keep a job's cursor; False when the lease is lost."""
        return self.lanes[run.queue].engine.checkpoint(self._worker, run.claim.id, run.claim.token, cursor)

    def tick(self) -> None:
        """Housekeeping of every queue, bounded; one that fails must not keep jobs from running."""
        for lane in self.lanes.values():
            try:
                self._tick(lane)
            except redis.ResponseError as error:
                log.warning("queue %s: housekeeping failed: %s", lane.engine.name, error)

    def _tick(self, lane: Lane) -> None:
        for _ in range(10):
            ticked = lane.engine.tick(100, 200)
            lane.hot = lane.hot or ticked.left > 0 or ticked.promoted > 0
            if not ticked.more:
                break

    def release_lost(self, known: Iterable[Run]) -> None:
        """After a lost connection: give back what was claimed for this worker and never arrived."""
        ids = [(run.queue, run.claim.id) for run in known]
        for name, lane in self.lanes.items():
            untold = [run.claim.id for run, _ in lane.outcomes]
            given = lane.engine.release_lost(self._worker, [*untold, *(i for queue, i in ids if queue == name)])
            lane.hot = True
            if given:
                log.warning("queue %s: %d jobs whose claim got lost were given back", name, given)
