"""Operations in words, the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard import selectors
from dashboard.adapters.contract import Action
from dashboard.durations import about
from dashboard.language import N_, gettext, ngettext, number, pgettext
from dashboard.operations.pressure import per_second
from dashboard.operations.records import Operation, OperationState, Plan

_Counted = Callable[[int], str]
_TITLES: dict[str, _Counted] = {
    Action.REQUEUE: lambda n: ngettext("Requeue %(num)s job", "Requeue %(num)s jobs", n),
    Action.PURGE: lambda n: ngettext("Purge %(num)s job", "Purge %(num)s jobs", n),
    Action.RESTORE: lambda n: ngettext("Restore %(num)s job", "Restore %(num)s jobs", n),
    Action.UNDO: lambda n: ngettext("Undo %(num)s job", "Undo %(num)s jobs", n),
}
_QUESTIONS: dict[str, _Counted] = {
    Action.REQUEUE: lambda n: ngettext("Requeue %(num)s job?", "Requeue %(num)s jobs?", n),
    Action.PURGE: lambda n: ngettext("Purge %(num)s job?", "Purge %(num)s jobs?", n),
    Action.RESTORE: lambda n: ngettext("Restore %(num)s job?", "Restore %(num)s jobs?", n),
}
_NOTHING = {
    Action.REQUEUE: N_("Nothing to requeue"),
    Action.PURGE: N_("Nothing to purge"),
    Action.RESTORE: N_("Nothing to restore"),
}
_DOING: dict[str, _Counted] = {
    Action.REQUEUE: lambda n: ngettext("Requeueing %(num)s job", "Requeueing %(num)s jobs", n),
    Action.PURGE: lambda n: ngettext("Purging %(num)s job", "Purging %(num)s jobs", n),
    Action.RESTORE: lambda n: ngettext("Restoring %(num)s job", "Restoring %(num)s jobs", n),
    Action.UNDO: lambda n: ngettext("Undoing %(num)s job", "Undoing %(num)s jobs", n),
}
_OF: dict[str, _Counted] = {
    Action.REQUEUE: lambda n: ngettext("Requeue of %(num)s job", "Requeue of %(num)s jobs", n),
    Action.PURGE: lambda n: ngettext("Purge of %(num)s job", "Purge of %(num)s jobs", n),
    Action.RESTORE: lambda n: ngettext("Restore of %(num)s job", "Restore of %(num)s jobs", n),
    Action.UNDO: lambda n: ngettext("Undo of %(num)s job", "Undo of %(num)s jobs", n),
}
_ACTIONS: dict[str, str] = {
    Action.REQUEUE: N_("Requeue"), Action.PURGE: N_("Purge"), Action.RESTORE: N_("Restore"), Action.UNDO: N_("Undo"),
}  # fmt: skip
_DONE = {
    Action.REQUEUE: N_("Requeued"), Action.PURGE: N_("Purged"), Action.RESTORE: N_("Restored"),
    Action.UNDO: N_("Undone"),
}  # fmt: skip
_HANDLED = {
    Action.REQUEUE: N_("%(done)s of %(whole)s jobs requeued"),
    Action.PURGE: N_("%(done)s of %(whole)s jobs purged"),
    Action.RESTORE: N_("%(done)s of %(whole)s jobs restored"),
    Action.UNDO: N_("%(done)s of %(whole)s jobs undone"),
}
_ENDED = {
    Action.REQUEUE: N_("Requeued %(done)s of %(whole)s jobs."),
    Action.PURGE: N_("Purged %(done)s of %(whole)s jobs."),
    Action.RESTORE: N_("Restored %(done)s of %(whole)s jobs."),
}
_STATES = {
    OperationState.WAITING: (N_("Waiting"), "off"),
    OperationState.CANARY: (N_("Canary"), "info"),
    OperationState.RUNNING: (N_("Running"), "info"),
    OperationState.PAUSED: (N_("Paused"), "warn"),
    OperationState.CANCELLED: (N_("Cancelled"), "off"),
    OperationState.STOPPED: (N_("Stopped"), "warn"),
    OperationState.DONE: (N_("Done"), "good"),
    OperationState.UNDONE: (N_("Undone"), "off"),
}
_STANDS = {
    OperationState.PAUSED: N_("paused"),
    OperationState.STOPPED: N_("stopped"),
    OperationState.CANCELLED: N_("cancelled"),
}
_WORDS = (N_("waiting"), N_("canary"), N_("running"), N_("done"), N_("undone"))
"""Further states, as errors say them."""


def action_name(action: str) -> str:
    """`Requeue`; an action that has no name of its own as it is."""
    return gettext(_ACTIONS[action]) if action in _ACTIONS else action.capitalize()


def action_noun(action: str) -> str:
    """`requeue`, as a thing in a sentence."""
    nouns = {
        Action.REQUEUE: lambda: pgettext("noun", "requeue"),
        Action.PURGE: lambda: pgettext("noun", "purge"),
        Action.RESTORE: lambda: pgettext("noun", "restore"),
        Action.UNDO: lambda: pgettext("noun", "undo"),
    }
    return nouns[Action(action)]()


def title(operation: Operation | Plan) -> str:
    """`Requeue 3,209 jobs`."""
    return _TITLES[operation.action](operation.matched)


def question(plan: Plan) -> str:
    """`Requeue 3,209 jobs?`, or that there is nothing to do."""
    return _QUESTIONS[plan.action](plan.matched) if plan.matched else gettext(_NOTHING[plan.action])


def noun(operation: Operation) -> str:
    """`Requeue of 3,209 jobs`."""
    return _OF[operation.action](operation.matched)


def doing(operation: Operation) -> str:
    """`Requeueing 3,209 jobs` while it runs, `Requeue of 3,209 jobs` otherwise."""
    runs = operation.state in (OperationState.RUNNING, OperationState.CANARY)
    return (_DOING if runs else _OF)[operation.action](operation.matched)


def started(operation: Operation) -> str:
    """`Requeue of 3,209 jobs started`."""
    return gettext("%(operation)s started", operation=noun(operation))


def done_word(operation: Operation) -> str:
    """What was done to a job: `Requeued`."""
    return gettext(_DONE[operation.action])


def handled_words(operation: Operation) -> str:
    """How far it is, for who does not see the bar: `231 of 368 jobs requeued`."""
    done, whole = number(operation.handled), number(operation.matched)
    return gettext(_HANDLED[operation.action], done=done, whole=whole)


def operation_state(operation: Operation) -> str:
    """Its state in a word."""
    return gettext(_STATES[operation.state][0])


def state_kind(operation: Operation) -> str:
    """The look of its state."""
    return "bad" if operation.problem and operation.open else _STATES[operation.state][1]


def failed_again(operation: Operation) -> int:
    """Requeued jobs that failed again, in the same or a new way."""
    return operation.outcome.refailed_same + operation.outcome.refailed_new


def selection_words(operation: Operation) -> str:
    """What was selected, by its error where it has one."""
    if not operation.selectors and operation.of:
        return gettext("undo of %(operation)s", operation=operation.of)
    return operation.words or selectors.described(operation.selector)


def progress_words(operation: Operation) -> str:
    """`231 of 368 · 40/s · about 5 s left · 4 failed again`."""
    outcome = operation.outcome
    if operation.of:
        return undone_words(operation)
    if operation.skipped and operation.state == OperationState.DONE and operation.action in _ENDED:
        return partial_words(operation)
    if operation.state == OperationState.CANARY:
        return gettext(
            "Trying %(canary)s first · %(succeeded)s succeeded, %(waiting)s waiting",
            canary=number(operation.pace.canary),
            succeeded=number(outcome.succeeded),
            waiting=number(outcome.pending + outcome.processing),
        )
    words = [gettext("%(part)s of %(whole)s", part=number(operation.handled), whole=number(operation.matched))]
    if operation.state == OperationState.RUNNING and operation.rate:
        words.append(per_second(operation.rate))
    if operation.seconds_left is not None:
        words.append(gettext("%(time)s left", time=about(operation.seconds_left)))
    if operation.state in _STANDS:
        words.append(gettext(_STANDS[operation.state]))
    if operation.skipped:
        words.append(gettext("%(num)s already moved by someone else", num=number(operation.skipped)))
    if again := failed_again(operation):
        words.append(gettext("%(num)s failed again", num=number(again)))
    return " · ".join(words)


def partial_words(operation: Operation) -> str:
    """`Requeued 2,319 of 2,322 jobs. 3 had already been moved by someone else.`, and what failed again."""
    words = [*partial(operation)]
    if again := failed_again(operation):
        words.append(gettext("%(num)s failed again.", num=number(again)))
    return " ".join(words)


def partial(operation: Operation) -> tuple[str, str]:
    """How many of its jobs it moved, and why not all, in two sentences; empty ones for an undo."""
    if operation.action not in _ENDED:
        return "", ""
    done, whole = number(operation.done), number(operation.matched)
    skipped = ngettext(
        "%(num)s had already been moved by someone else.",
        "%(num)s had already been moved by someone else.",
        operation.skipped,
    )
    return gettext(_ENDED[operation.action], done=done, whole=whole), skipped


def undone_words(undo: Operation) -> str:
    """What an undo has taken back: `612 of 1,000 reversed, 388 already ran`; while it runs, how far it is."""
    of = {"done": number(undo.done), "whole": number(undo.matched)}
    if undo.open:
        words = gettext("%(done)s of %(whole)s reversed so far", **of)
        if undo.seconds_left is None:
            return words
        left = gettext("%(time)s left", time=about(undo.seconds_left))
        return f"{words} · {left}"
    if undo.state == OperationState.CANCELLED:
        return gettext("%(done)s of %(whole)s reversed, then cancelled", **of)
    late = too_late_words(undo, undo.matched - undo.done)
    return ", ".join(filter(None, (gettext("%(done)s of %(whole)s reversed", **of), late)))


def too_late_words(undo: Operation, late: int) -> str:
    """`388 already ran`; empty for none."""
    if not late:
        return ""
    if undo.action == Action.UNDO:
        return ngettext("%(num)s already ran", "%(num)s already ran", late)
    return ngettext("%(num)s no longer kept", "%(num)s no longer kept", late)


def arrived_words(arrived: int | None) -> str:
    """`14 more failed since; not part of this`; empty when none did, or it is not known."""
    if not arrived:
        return ""
    return ngettext(
        "%(num)s more failed since; not part of this", "%(num)s more failed since; not part of this", arrived
    )


def stopped_words(operation: Operation) -> str:
    """Why it stopped, and how much is untouched."""
    return gettext(
        "Stopped: %(again)s failed again. %(left)s untouched.",
        again=number(failed_again(operation)),
        left=number(operation.matched - operation.handled),
    )


FILTERS: dict[str, Callable[..., Any]] = {
    "action_name": action_name,
    "operation_title": title,
    "operation_state": operation_state,
    "doing": doing,
    "done_word": done_word,
    "handled_words": handled_words,
    "state_kind": state_kind,
    "selection_words": selection_words,
    "progress_words": progress_words,
    "stopped_words": stopped_words,
    "undone_words": undone_words,
    "arrived_words": arrived_words,
}
