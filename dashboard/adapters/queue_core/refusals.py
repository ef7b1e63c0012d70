"""Why one job was not changed, in words that say what to do."""

from __future__ import annotations

from dashboard.adapters.contract import Action, ActionRefused, UnknownJob
from dashboard.adapters.queue_core.records import STATES

_NAMES = {**{letter: state.value for letter, state in STATES.items()}, "t": "in the trash"}

_REFUSALS = {
    "conflict": "job {job}: another job holds its unique key; wait until that one ends, or cancel it",
    "other": "job {job} was changed meanwhile: it ran, or someone else edited it; look at its arguments again",
    "never": "job {job} is pending and was not requeued; there is nothing to take back",
    "started": "job {job} has started since it was requeued; it is too late to take that back",
}
_MOVE_REFUSALS = {
    "exists": "queue {target} holds a job {job} already; nothing was changed",
    "conflict": "job {job}: in {target} another job holds its unique key; wait until that one ends, or cancel it",
}
_UNDO = "job {job} is {state}: only a requeue of a job that still waits can be taken back; nothing was changed"
_MOVE = "job {job} is {state}; only a failed one goes to another queue. Nothing was changed"
_ANY = "job {job} is {state} and cannot be changed by {action}; nothing was changed"


def refusal(action: Action, queue: str, job_id: str, answer: str) -> Exception:
    """What the engine's answer, a state's letter or a word, means for an action on one job."""
    if answer == "missing":
        return _unknown(queue, job_id)
    words = _REFUSALS.get(answer, _UNDO if action == Action.UNDO else _ANY)
    return ActionRefused(words.format(job=job_id, state=_NAMES.get(answer, answer), action=action.value))


def move_refusal(queue: str, job_id: str, target: str, answer: str) -> Exception:
    """The same for a job that was to go to another queue."""
    if answer == "missing":
        return _unknown(queue, job_id)
    words = _MOVE_REFUSALS.get(answer, _MOVE)
    return ActionRefused(words.format(job=job_id, target=target, state=_NAMES.get(answer, answer)))


def _unknown(queue: str, job_id: str) -> UnknownJob:
    return UnknownJob(f"queue {queue} has no job {job_id}, or no longer")
