"""Bulk operations on the dead letters of one queue: requeue or purge many, and take that back."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from queue_core.connection import mapped_errors
from queue_core.engine import Engine, OperationKind
from queue_core.errors import InvalidJob, UnknownOperation
from queue_core.job import new_id
from queue_core.replies import text

CHOSEN_AT_ONCE = 500
PAUSE_SECONDS = 0.05
_UNDER_WAY = ("running", "canary")
_COUNTS = ("done", "skip", "o_s", "o_same", "o_new", "o_x", "o_u")
_NAMES = ("done", "skipped", "succeeded", "failed_same", "failed_new", "cancelled", "taken_back")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an operation is, and what became of the jobs it requeued.

    state: `running`, `canary` (it waits for its first jobs), `paused`, `cancelled`, `stopped` (too many failed again),
    `done` or `undone`. done, skipped: jobs moved, and left because they were elsewhere by then. new_errors: of
    `failed_new`, how many failed with which fingerprint, for the first 20.
    """

    kind: str
    state: str
    done: int
    skipped: int
    succeeded: int = 0
    failed_same: int = 0
    failed_new: int = 0
    cancelled: int = 0
    taken_back: int = 0
    new_errors: tuple[tuple[str, int], ...] = ()


class Operation:
    """One operation, which lies in Redis: any process can go on with it, each step is atomic and bounded.

    Args:
        engine: of the queue.
        operation_id: its id.

    Every method raises ServerUnavailable when Redis does not answer, and UnknownOperation when it knows none of that
    id; operations that are over are kept for 30 days.
    """

    def __init__(self, engine: Engine, operation_id: str) -> None:
        self.engine = engine
        self.id = operation_id

    def step(self, limit: int = 100) -> bool:
        """Move at most `limit` (and 100) jobs; False when the operation is over, paused, cancelled or stopped."""
        return self._step(limit)[0]

    def run(self, *, timeout: float | None = None) -> Progress:
        """Take all steps, waiting where rate or canary hold it back, for at most `timeout` seconds."""
        ends = None if timeout is None else time.monotonic() + timeout
        while True:
            going, moved = self._step(100)
            if not going or (ends is not None and time.monotonic() >= ends):
                return self.progress()
            if not moved:
                time.sleep(PAUSE_SECONDS)

    def progress(self) -> Progress:
        """How far it is now."""
        with mapped_errors():
            fields = {text(k): text(v) for k, v in self.engine.client.hgetall(self._key).items()}
        if "kind" not in fields:
            raise UnknownOperation(f"queue {self.engine.name} knows no operation {self.id!r}, or no longer")
        counts = [int(fields.get(name, 0)) for name in _COUNTS]
        errors = sorted((name[2:], int(count)) for name, count in fields.items() if name.startswith("e|"))
        known = tuple(sorted(errors, key=lambda each: -each[1]))
        return Progress(fields["kind"], fields["state"], **dict(zip(_NAMES, counts, strict=True)), new_errors=known)

    def pause(self) -> str:
        """Take no further steps until `resume`; returns the state."""
        return self.engine.control_operation(self.id, "pause")

    def resume(self) -> str:
        """Go on; returns the state."""
        return self.engine.control_operation(self.id, "resume")

    def cancel(self) -> str:
        """Take no further steps; what was done stays. Returns the state."""
        return self.engine.control_operation(self.id, "cancel")

    @property
    def _key(self) -> str:
        return self.engine.keys.operation(self.id)

    def _step(self, limit: int) -> tuple[bool, int]:
        taken = self.engine.bulk(self.id, limit)
        if taken.state == "none":
            raise UnknownOperation(f"queue {self.engine.name} knows no operation {self.id!r}, or no longer")
        return taken.state in _UNDER_WAY, taken.done + taken.skipped


def on_chosen(
    engine: Engine, kind: OperationKind, pages: Iterable[list[str]], *, rate: int = 0, canary: int = 0,
    stop_after_refailed: int = 0,
) -> Operation:  # fmt: skip
    """Record an operation on chosen jobs; it does nothing before its first step.

    Args:
        pages: ids, at most 500 each.
        rate, canary, stop_after_refailed: as in `Engine.bulk_start`.

    Raises:
        InvalidJob: rate, canary or stop_after_refailed is negative.
    """
    if min(rate, canary, stop_after_refailed) < 0:
        raise InvalidJob("rate, canary and stop_after_refailed are 0 (none) or more")
    operation = new_id()
    for ids in pages:
        if ids:
            engine.call("select", operation, kind, *ids[:CHOSEN_AT_ONCE])
    engine.bulk_start(
        operation, kind, f"os:{operation}", rate=rate, canary=canary, stop_after_refailed=stop_after_refailed
    )
    return Operation(engine, operation)


def taking_back(engine: Engine, of: Operation | str, kind: OperationKind) -> Operation:
    """Record the operation that takes another back: `restore` of a purge, `undo` of a requeue."""
    other = of.id if isinstance(of, Operation) else of
    progress = Operation(engine, other).progress()
    needs = "purge" if kind == "restore" else "requeue"
    if progress.kind != needs:
        raise InvalidJob(f"operation {other} is a {progress.kind}: {kind} takes back a {needs}")
    operation = new_id()
    engine.bulk_start(operation, kind, f"{'tr' if kind == 'restore' else 'oq'}:{other}")
    return Operation(engine, operation)
