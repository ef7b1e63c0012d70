"""Operations in words, the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard import selectors
from dashboard.adapters.contract import Action
from dashboard.durations import about
from dashboard.operations.records import Operation, OperationState
from dashboard.operations.slowing import per_second

_DOING = {Action.REQUEUE: "Requeueing", Action.PURGE: "Purging", Action.RESTORE: "Restoring", Action.UNDO: "Undoing"}
_DONE = {Action.REQUEUE: "requeued", Action.PURGE: "purged", Action.RESTORE: "restored", Action.UNDO: "undone"}
_KINDS = {
    OperationState.WAITING: "off",
    OperationState.CANARY: "info",
    OperationState.RUNNING: "info",
    OperationState.PAUSED: "warn",
    OperationState.CANCELLED: "off",
    OperationState.STOPPED: "warn",
    OperationState.DONE: "good",
    OperationState.UNDONE: "off",
}


def doing(operation: Operation) -> str:
    """`Requeueing` while it runs, `Requeue of` otherwise."""
    if operation.state in (OperationState.RUNNING, OperationState.CANARY):
        return _DOING.get(operation.action, "Working on")
    return f"{operation.action.capitalize()} of"


def done_word(operation: Operation) -> str:
    """What was done to a job: `requeued`."""
    return _DONE.get(operation.action, "done")


def state_kind(operation: Operation) -> str:
    """The look of its state."""
    return "bad" if operation.problem and operation.open else _KINDS[operation.state]


def failed_again(operation: Operation) -> int:
    """Requeued jobs that failed again, in the same or a new way."""
    return operation.outcome.refailed_same + operation.outcome.refailed_new


def selection_words(operation: Operation) -> str:
    """What was selected, by its error where it has one."""
    if operation.words:
        return operation.words
    if operation.of:
        return f"undo of {operation.of}"
    chosen = operation.selectors or (operation.selector,)
    words = "; ".join(selectors.described(selector) for selector in chosen[:3])
    return words if len(chosen) <= 3 else f"{words} and {len(chosen) - 3} more"


def progress_words(operation: Operation) -> str:
    """`231 of 368 · 40/s · about 5 s left · 4 failed again`."""
    outcome = operation.outcome
    if operation.of:
        return undone_words(operation)
    if operation.state == OperationState.CANARY:
        waiting = outcome.pending + outcome.processing
        return f"Trying {operation.pace.canary} first · {outcome.succeeded} succeeded, {waiting} waiting"
    words = [f"{operation.handled:,} of {operation.matched:,}"]
    if operation.state == OperationState.RUNNING and operation.rate:
        words.append(per_second(operation.rate))
    if operation.seconds_left is not None:
        words.append(f"{about(operation.seconds_left)} left")
    if operation.state in (OperationState.PAUSED, OperationState.STOPPED, OperationState.CANCELLED):
        words.append(str(operation.state))
    if operation.skipped:
        words.append(f"{operation.skipped:,} already moved by someone else")
    if again := failed_again(operation):
        words.append(f"{again:,} failed again")
    return " · ".join(words)


def undone_words(undo: Operation) -> str:
    """What an undo has taken back: `612 of 1,000 reversed, 388 already ran`; while it runs, how far it is."""
    words = f"{undo.done:,} of {undo.matched:,} reversed"
    if undo.open:
        left = "" if undo.seconds_left is None else f" · {about(undo.seconds_left)} left"
        return f"{words} so far{left}"
    late = undo.matched - undo.done
    if undo.state == OperationState.CANCELLED:
        return f"{words}, then cancelled"
    return ", ".join(filter(None, (words, too_late_words(undo, late))))


def too_late_words(undo: Operation, late: int) -> str:
    """`388 already ran`; empty for none."""
    return f"{late:,} {'already ran' if undo.action == Action.UNDO else 'no longer kept'}" if late else ""


def arrived_words(arrived: int | None) -> str:
    """`14 more failed since; not part of this`; empty when none did, or it is not known."""
    return f"{arrived:,} more failed since; not part of this" if arrived else ""


def stopped_words(operation: Operation) -> str:
    """Why it stopped, and how much is untouched."""
    return f"Stopped: {failed_again(operation):,} failed again. {operation.matched - operation.handled:,} untouched."


FILTERS: dict[str, Callable[..., Any]] = {
    "doing": doing,
    "done_word": done_word,
    "state_kind": state_kind,
    "selection_words": selection_words,
    "progress_words": progress_words,
    "stopped_words": stopped_words,
    "undone_words": undone_words,
    "arrived_words": arrived_words,
}
