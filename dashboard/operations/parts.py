"""The parts of an operation at their sources: ids, totals, and what became of the jobs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from dashboard.adapters.contract import Action, AdapterError, Outcome, Part
from dashboard.adapters.sources import Sources
from dashboard.operations.records import Operation, OperationState

LIVE_PARTS = 200
"""Up to how many parts are asked while someone waits; of longer operations the driver's last reading is shown."""


def part_id(operation_id: str, index: int) -> str:
    """The id under which a source records one part; each part has its own, several may lie in one queue."""
    return f"{operation_id}-{index}"


def begun(operation: Operation) -> int:
    """How many parts were begun at their source."""
    if operation.state == OperationState.WAITING:
        return 0
    return min(operation.part_index + 1, len(operation.parts))


def outcome_of(sources: Sources, operation: Operation) -> Outcome:
    """What became of the jobs of all parts begun so far. Raises AdapterError when one source does not say."""
    parts: dict[str, list[tuple[str, Part]]] = defaultdict(list)
    for index, part in enumerate(operation.parts[: begun(operation)]):
        parts[part.source].append((part_id(operation.id, index), part))
    return sum((sources.get(source).outcome(own) for source, own in parts.items()), Outcome())


def live(sources: Sources, operation: Operation) -> Operation:
    """The operation with the outcome as it is now; as last recorded when a source does not say."""
    if operation.action != Action.REQUEUE or begun(operation) > LIVE_PARTS:
        return operation
    try:
        return replace(operation, outcome=outcome_of(sources, operation))
    except AdapterError:
        return operation
