"""Moves the jobs of one operation in bounded steps, within its pace, and records how far it has come."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TypeVar

from dashboard.adapters.contract import Action, Adapter, Part, Step
from dashboard.adapters.sources import Sources
from dashboard.operations.ledger import Ledger, UnknownOperation
from dashboard.operations.parts import part_id
from dashboard.operations.records import Operation, OperationState

STEP_JOBS = 50
STEPS_A_TURN = 20
BURST_JOBS = 1_000
BURST_SECONDS = 0.25
JOBS_A_TURN = 2_000
TURN_SECONDS = 0.5
MOST_REMEMBERED = 640

T = TypeVar("T")


class Mover:
    """Takes the steps of the operations that its driver has claimed.

    Args:
        ledger: the records.
        sources: where the jobs are.
        name: of the driver.
        undo_seconds: how long purged jobs are kept.
    """

    def __init__(self, ledger: Ledger, sources: Sources, name: str, undo_seconds: float) -> None:
        self._ledger = ledger
        self._sources = sources
        self._name = name
        self._undo_seconds = undo_seconds
        self._begun: dict[str, int] = {}
        self._noted: dict[str, tuple[int, Step]] = {}
        self._parts: dict[str, tuple[Part, ...]] = {}

    def whole(self, operation_id: str) -> Operation:
        """The record with its parts, which never change and may be long: they are read once."""
        parts = self._parts.get(operation_id)
        if parts is None:
            operation = self._ledger.get(operation_id)
            remember(self._parts, operation_id, operation.parts)
            return operation
        read = self._ledger.read([operation_id])
        if not read:
            raise UnknownOperation(f"there is no operation {operation_id} any more")
        return replace(read[0], parts=parts)

    def move(self, operation: Operation, now: float) -> bool:
        """Bounded steps until the turn's time is over; True when a job moved."""
        moved, until = 0, time.monotonic() + TURN_SECONDS
        for _ in range(1 if operation.pace.stop_after_refailed is not None else STEPS_A_TURN):
            want = self._wanted(operation)
            granted = self._ledger.take(operation.id, self._name, now, want, operation.limit_per_second)
            if granted <= 0:
                break
            moved += self._step(operation, granted, now)
            operation = self.whole(operation.id)
            going = operation.state in (OperationState.CANARY, OperationState.RUNNING)
            if not going or moved >= JOBS_A_TURN or time.monotonic() > until:
                break
        return moved > 0

    @staticmethod
    def _wanted(operation: Operation) -> int:
        if operation.state != OperationState.CANARY:
            return BURST_JOBS if _unhurried(operation) else STEP_JOBS
        return min(STEP_JOBS, max(0, (operation.pace.canary or 0) - operation.done))

    def _step(self, operation: Operation, granted: int, now: float) -> int:
        index = operation.part_index
        part = operation.parts[index]
        adapter, own_id = self._sources.get(part.source), part_id(operation.id, index)
        if self._begun.get(operation.id) != index:
            adapter.begin(own_id, operation.action, part)
            remember(self._begun, operation.id, index)
        used, over = self._burst(adapter, own_id, operation.action, part, granted)
        total = adapter.progress(own_id, part)
        self._note(operation, now, replace(total, finished=over or total.finished), unused=max(0, granted - used))
        return used

    def catch_up(self, operation: Operation, now: float) -> Operation:
        """Record what a driver that died had moved, before anything is decided by the record."""
        index = operation.part_index
        if index >= len(operation.parts):
            return operation
        part = operation.parts[index]
        total = self._sources.get(part.source).progress(part_id(operation.id, index), part)
        if total == Step(0, 0, finished=False) or self._noted.get(operation.id) == (index, total):
            return operation
        self._note(operation, now, total)
        return self.whole(operation.id)

    def _note(self, operation: Operation, now: float, total: Step, unused: int = 0) -> None:
        index = operation.part_index
        # Jobs that someone else moved before they were reached are skipped too, though no step saw them.
        unseen = operation.parts[index].matched - total.done
        skipped = max(total.skipped, unseen) if total.finished else total.skipped
        self._ledger.note(
            operation, self._name, now, index, done=total.done, skipped=skipped, finished=total.finished,
            unused=unused,
            undo_until=now + self._undo_seconds if operation.action == Action.PURGE else None,
        )  # fmt: skip
        remember(self._noted, operation.id, (index, total))

    @staticmethod
    def _burst(adapter: Adapter, own_id: str, action: Action, part: Part, granted: int) -> tuple[int, bool]:
        """Steps of one part, at most as many jobs as granted and a quarter of a second: (jobs met, part finished).

        The source records how far the part has come with each step, so the ledger need not hear of every one.
        """
        used, until = 0, time.monotonic() + BURST_SECONDS
        while True:
            step = adapter.step(own_id, action, part, min(STEP_JOBS, granted - used))
            used += step.done + step.skipped
            if step.finished or used >= granted or not step.done + step.skipped or time.monotonic() > until:
                return used, step.finished


def remember(memory: dict[str, T], operation_id: str, value: T) -> None:
    """Keep a value by operation; what was remembered only saves work, so it may be dropped."""
    if len(memory) > MOST_REMEMBERED:
        memory.clear()
    memory[operation_id] = value


def _unhurried(operation: Operation) -> bool:
    """Whether nothing has to be looked at between two steps: no pace, no trial, no stop."""
    pace = operation.pace
    return operation.state == OperationState.RUNNING and not operation.limit_per_second and not pace.stop_after_refailed
