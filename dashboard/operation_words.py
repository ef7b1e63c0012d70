"""Operations in words, the same on every page."""

from __future__ import annotations

from dashboard import selectors
from dashboard.adapters.contract import Action
from dashboard.operations.records import Operation, OperationState

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
    """What was selected."""
    if operation.of:
        return f"undo of {operation.of}"
    chosen = operation.selectors or (operation.selector,)
    words = "; ".join(selectors.described(selector) for selector in chosen[:3])
    return words if len(chosen) <= 3 else f"{words} and {len(chosen) - 3} more"


def progress_words(operation: Operation) -> str:
    """`231 of 368 · 40/s · 4 failed again`."""
    outcome = operation.outcome
    if operation.state == OperationState.CANARY:
        waiting = outcome.pending + outcome.processing
        return f"Trying {operation.pace.canary} first · {outcome.succeeded} succeeded, {waiting} waiting"
    words = [f"{operation.handled:,} of {operation.matched:,}"]
    if operation.state == OperationState.RUNNING and operation.rate:
        words.append(f"{operation.rate:,.0f}/s")
    if operation.state in (OperationState.PAUSED, OperationState.STOPPED, OperationState.CANCELLED):
        words.append(str(operation.state))
    if operation.skipped:
        words.append(f"{operation.skipped:,} already moved by someone else")
    if again := failed_again(operation):
        words.append(f"{again:,} failed again")
    return " · ".join(words)


def stopped_words(operation: Operation) -> str:
    """Why it stopped, and how much is untouched."""
    return f"Stopped: {failed_again(operation):,} failed again. {operation.matched - operation.handled:,} untouched."


FILTERS = {
    "doing": doing,
    "done_word": done_word,
    "state_kind": state_kind,
    "selection_words": selection_words,
    "progress_words": progress_words,
    "stopped_words": stopped_words,
}
