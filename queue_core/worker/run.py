"""One job that this worker holds, and the instants that matter to it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from queue_core.context import StopReason
from queue_core.engine import Claim, Outcome, OutcomeKind
from queue_core.failure import ErrorDetail, append
from queue_core.worker.wire import Ended

NEVER = float("inf")


@dataclass(slots=True)
class Run:
    """A claimed job.

    Args:
        local_end: on the monotonic clock, when this worker must have let go of the job: a little before the server
            hands it to another, counted from the moment the claim or heartbeat was sent.
        ends: when its timeout is over. kill_at: when asking has been enough. stop: why it was asked to stop.
    """

    claim: Claim
    queue: str
    worker: str
    local_end: float
    ends: float = NEVER
    kill_at: float = NEVER
    stop: StopReason = ""
    settled: bool = False
    started: float = field(default_factory=time.time)

    @property
    def key(self) -> str:
        """Names this run and no other."""
        return f"{self.queue}/{self.claim.id}/{self.claim.token}"

    @property
    def seconds(self) -> float:
        """Time the attempt may still take, 0 without limit."""
        return 0.0 if self.ends == NEVER else max(0.01, self.ends - time.monotonic())

    def outcome(self, ended: Ended) -> Outcome:
        """What to tell the server."""
        kind: OutcomeKind = ended.kind  # type: ignore[assignment]
        return Outcome(kind, self.claim.id, self.claim.token, ended.delay, ended.fingerprint, ended.message, ended.blob)

    def without_exception(self, kind: OutcomeKind, message: str, *, host: str, version: str) -> Ended:
        """An end that nobody inside the job could describe: a crash, a timeout."""
        if kind in ("r", "x"):
            return Ended(kind)
        detail = ErrorDetail(
            message=message, worker=self.worker, host=host, version=version, number=self.claim.attempt,
            started=self.started, finished=time.time(), outcome={"t": "timeout", "k": "crash"}.get(kind, "failed"),
        )  # fmt: skip
        return Ended(kind, message=message, blob=append(self.claim.error, detail))
