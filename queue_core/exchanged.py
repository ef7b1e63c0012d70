"""What goes to the scripts that change a queue, and what they answer: new jobs, outcomes, claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from queue_core.replies import text

OutcomeKind = Literal["s", "f", "p", "t", "k", "r", "x"]


@dataclass(frozen=True, slots=True)
class NewJob:
    """What the enqueue script needs of one job; times in unix ms, durations in ms, 0 = none."""

    id: str
    type: str
    payload: bytes
    version: int = 1
    priority: int = 0
    max_retries: int = 3
    run_at: int = 0
    timeout: int = 300_000
    unique_key: str = ""
    unique_mode: str = ""
    unique_window: int = 0
    traceparent: str = ""
    backoff: int | None = None
    expires_at: int = 0
    front: bool = False

    def argv(self) -> list[str | bytes | int]:
        return [
            self.id, self.type, self.version, self.payload, self.priority, self.max_retries, self.run_at,
            self.timeout, self.unique_key, self.unique_mode, self.unique_window, self.traceparent,
            "" if self.backoff is None else self.backoff, self.expires_at, int(self.front),
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one run ended.

    kind: `s` success, `f` temporary, `p` permanent, `t` timeout, `k` crash, `r` release, `x` cancelled.
    delay: ms until the next attempt, -1 for the job's backoff; for `s`: 0 to keep no record, else -1.
    blob: for `s` the encoded result, else the encoded error detail.
    """

    kind: OutcomeKind
    id: str
    token: int
    delay: int = -1
    fingerprint: str = ""
    message: str = ""
    blob: bytes = b""

    def argv(self) -> list[str | bytes | int]:
        return [self.kind, self.id, self.token, self.delay, self.fingerprint, self.message, self.blob]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed job as the script returns it; times in unix ms, 0 = none."""

    id: str
    token: int
    type: str
    version: int
    priority: int
    max_retries: int
    attempt: int
    crashes: int
    requeues: int
    created: int
    deadline: int
    traceparent: str
    payload: bytes
    error: bytes
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Settled:
    """Reply of settle; `codes` are per outcome: s d r p x, `done` (already settled by this token), `stale`."""

    now: int
    next_due: int
    left: int
    why: str
    codes: tuple[str, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Ticked:
    """Reply of tick; `next_due` is -1 when nothing is scheduled."""

    now: int
    promoted: int
    reaped: int
    trimmed: int
    next_due: int
    left: int
    more: bool


@dataclass(frozen=True, slots=True)
class BulkStep:
    """Reply of one bulk step; `state` is the operation's state after it."""

    done: int
    skipped: int
    state: str
    total: int


@dataclass(frozen=True, slots=True)
class DeadRow:
    """One row of a page of dead letters; `score` is its cursor."""

    score: int
    id: str
    fingerprint: str


def claim_of(row: Sequence[Any]) -> Claim:
    """One claim of the reply of settle."""
    (id_, token, type_, version, priority, retries, attempt, crashes, requeues, created, deadline, trace, *blobs) = row
    return Claim(
        text(id_), int(token), text(type_), int(version), int(priority), int(retries), int(attempt), int(crashes),
        int(requeues), int(created), int(deadline), text(trace), *blobs,
    )  # fmt: skip
