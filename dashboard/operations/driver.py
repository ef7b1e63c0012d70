"""Drives operations: bounded steps, part after part, so that several share the time; any process may take over."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from dashboard.adapters.contract import Action, AdapterError, NotFound, Outcome, SourceUnavailable
from dashboard.adapters.sources import Sources
from dashboard.operations import problems
from dashboard.operations.codec import outcome_to_json
from dashboard.operations.ledger import Ledger, UnknownOperation
from dashboard.operations.mover import Mover, remember
from dashboard.operations.parts import outcome_of, part_id
from dashboard.operations.records import Operation, OperationState
from dashboard.operations.slowing import EVERY_SECONDS, adjusted, pressure
from dashboard.settings import Settings
from dashboard.store import Store, StoreUnavailable

TURNS_A_ROUND = 64
CLAIM_SECONDS = 20.0
OBSERVE_SECONDS = 2.0
FOLLOW_SHARE = 0.01
"""An operation that ended some time ago is read again after this share of that time."""

log = structlog.get_logger("redrive.operations")


@dataclass(frozen=True, slots=True)
class _Turn:
    """How a turn ended: whether jobs moved, what is wrong (None: leave what is recorded), what became of the jobs."""

    moved: bool = False
    problem: str | None = None
    outcome: Outcome | None = None


class Driver:
    """Takes open operations forward.

    A claim on the record makes one driver at a time the only one of an operation, so that its pace and canary hold.
    Moves do not depend on it: the source keeps how far a part has come in the same step as the moves, so whatever
    process dies where, and however many drive, no job is moved twice and none is left out.

    Args:
        store: where the records are.
        sources: where the jobs are.
        settings: how long purged jobs are kept, and operations.
        clock: gives unix seconds.
    """

    def __init__(self, store: Store, sources: Sources, settings: Settings, clock: Callable[[], float]) -> None:
        self._ledger = Ledger(store)
        self._sources = sources
        self._limits = settings.limits
        self._keep_seconds = settings.retention.operations_days * 86_400.0
        self._clock = clock
        self._name = secrets.token_hex(8)
        self._mover = Mover(self._ledger, sources, self._name, settings.retention.trash_minutes * 60.0)
        self._last = ""
        self._observed: dict[str, float] = {}
        self._problems: dict[str, str] = {}
        self._felt: dict[str, float] = {}

    def drive(self, now: float | None = None) -> bool:
        """Give every open operation one turn (at most 64 a call, each in its order).

        Args:
            now: unix seconds, the clock's when left out.

        Returns:
            Whether a job moved, so that another call is worth while at once.

        Raises:
            StoreUnavailable: the store does not answer; nothing is lost.
        """
        moved = False
        down: set[str] = set()
        for operation_id in self._next_ids():
            self._last = operation_id
            moved = self._turn(operation_id, self._clock() if now is None else now, down) or moved
        return moved

    def follow(self, now: float | None = None) -> None:
        """Read again what became of the jobs of requeues that have ended, as long as some are under way, for the lists.

        Looks at the newest 50 operations and reads at most 10 of them, the older ones rarely. Raises StoreUnavailable.
        """
        now = self._clock() if now is None else now
        waiting = [each for each in self._ledger.page("", 50).items if self._to_be_read(each, now)]
        for each in sorted(waiting, key=lambda one: self._observed.get(one.id, 0.0))[:10]:
            remember(self._observed, each.id, now)
            with contextlib.suppress(AdapterError):
                self._ledger.observe(each.id, outcome_of(self._sources, self._ledger.get(each.id)))

    def clean(self, now: float | None = None, *, most: int = 100) -> int:
        """Forget operations older than they are kept, at most `most`; returns how many. Raises StoreUnavailable."""
        now = self._clock() if now is None else now
        gone = 0
        for operation_id in self._ledger.older_than(now - self._keep_seconds, most):
            with contextlib.suppress(AdapterError):
                operation = self._ledger.get(operation_id)
                if operation.state == OperationState.STOPPED:
                    self._close(operation, now)
            gone += self._ledger.forget(operation_id)
        return gone

    def _to_be_read(self, operation: Operation, now: float) -> bool:
        """Whether an ended requeue had jobs under way when it was last read, and that was long enough ago."""
        if operation.action != Action.REQUEUE or operation.open or operation.outcome.ended >= operation.done:
            return False
        since = now - self._observed.get(operation.id, 0.0)
        return since >= FOLLOW_SHARE * (now - (operation.finished_at or now))

    def _next_ids(self) -> list[str]:
        """The open operations after the one that had the last turn, then those before it."""
        ids = sorted(self._ledger.open_ids(0, 1_000))
        after = [each for each in ids if each > self._last]
        return (after + [each for each in ids if each <= self._last])[:TURNS_A_ROUND]

    def _turn(self, operation_id: str, now: float, down: set[str]) -> bool:
        state = self._ledger.claim(operation_id, self._name, CLAIM_SECONDS, now)
        if state is None:
            return False
        turn = _Turn()
        try:
            turn = self._act(self._mover.whole(operation_id), now, down)
        except UnknownOperation:
            return False
        except StoreUnavailable:
            raise
        except AdapterError as error:
            turn = _Turn(problem=str(error))
        except Exception as error:
            log.exception("an operation could not go on", operation=operation_id)
            turn = _Turn(problem=problems.stored("broken", type(error).__name__, str(error)))
        if turn.problem and turn.problem != self._problems.get(operation_id):
            log.warning("an operation waits", operation=operation_id, problem=problems.in_words(turn.problem))
        if turn.problem or turn.moved:
            remember(self._problems, operation_id, turn.problem or "")
        outcome = "" if turn.outcome is None else outcome_to_json(turn.outcome)
        self._ledger.release(operation_id, self._name, outcome=outcome, problem=turn.problem)
        return turn.moved

    def _act(self, operation: Operation, now: float, down: set[str]) -> _Turn:
        if operation.state == OperationState.CANCELLED:
            return self._close(operation, now)
        source = operation.parts[min(operation.part_index, len(operation.parts) - 1)].source
        if source in down:
            return _Turn()
        try:
            return self._advance(operation, now)
        except SourceUnavailable as error:
            down.add(source)
            if isinstance(error, StoreUnavailable):
                raise
            return _Turn(problem=problems.stored("silent", str(error)))

    def _close(self, operation: Operation, now: float) -> _Turn:
        """Tell the source that the part in hand will not go on, and the record what was moved of it."""
        with contextlib.suppress(NotFound):
            operation = self._mover.catch_up(operation, now)
        if operation.part_index < len(operation.parts):
            part = operation.parts[operation.part_index]
            with contextlib.suppress(NotFound):
                self._sources.get(part.source).finish(part_id(operation.id, operation.part_index), part)
        self._ledger.close(operation.id)
        return _Turn()

    def _advance(self, operation: Operation, now: float) -> _Turn:
        operation = self._mover.catch_up(operation, now)
        if operation.state not in (OperationState.CANARY, OperationState.RUNNING):
            return _Turn(moved=True)
        outcome = self._observe(operation, now)
        if outcome is not None and not self._judge(operation, outcome, now):
            return _Turn(outcome=outcome)
        moved = self._mover.move(self._slowed(self._mover.whole(operation.id), now), now)
        return _Turn(moved, None, outcome)

    def _slowed(self, operation: Operation, now: float) -> Operation:
        """Slower while a target queue or its server is over a limit, faster again when none is."""
        if not operation.pace.slow_down or operation.state != OperationState.RUNNING:
            return operation
        last = operation.slowdown.at if operation.slowdown else 0.0
        if now - max(last, self._felt.get(operation.id, 0.0)) < EVERY_SECONDS:
            return operation
        remember(self._felt, operation.id, now)
        source = operation.parts[operation.part_index].source
        queues = {part.queue for part in operation.parts if part.source == source}
        try:
            reason = pressure(self._sources.get(source), queues, self._limits)
        except AdapterError:
            return operation
        slowdown = adjusted(operation, reason, now)
        if slowdown != operation.slowdown:
            self._ledger.slow(operation.id, self._name, slowdown)
        return replace(operation, slowdown=slowdown)

    def _observe(self, operation: Operation, now: float) -> Outcome | None:
        """What became of the jobs so far: read when the pace depends on it, else now and then for the lists."""
        if operation.action != Action.REQUEUE:
            return None
        needed = operation.state == OperationState.CANARY or operation.pace.stop_after_refailed is not None
        if not needed and now - self._observed.get(operation.id, 0.0) < OBSERVE_SECONDS:
            return None
        remember(self._observed, operation.id, now)
        return outcome_of(self._sources, operation)

    def _judge(self, operation: Operation, outcome: Outcome, now: float) -> bool:
        """End the canary or stop the operation as its pace says; False when no job may go now."""
        refailed = outcome.refailed_same + outcome.refailed_new - operation.forgiven
        limit, alike = operation.pace.stop_after_refailed, min(refailed, outcome.refailed_alike)
        if limit is not None and alike >= limit:
            return self._stop(operation, now, problems.stored("limit", alike, limit))
        if operation.state == OperationState.CANARY and refailed > 0:
            tried = operation.done
            return self._stop(operation, now, problems.stored("trial", refailed, tried))
        canary = operation.pace.canary or 0
        if operation.state != OperationState.CANARY or operation.done < canary:
            return True
        if outcome.ended < operation.done:
            return False
        before, after = OperationState.CANARY, OperationState.RUNNING
        return self._ledger.decide(operation.id, self._name, now, before=before, after=after, reason="") == after

    def _stop(self, operation: Operation, now: float, reason: str) -> bool:
        self._ledger.decide(
            operation.id, self._name, now, before=operation.state, after=OperationState.STOPPED, reason=reason
        )
        return False
