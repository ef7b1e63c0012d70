"""Why one job was not changed, in words that say what to do."""

from __future__ import annotations

from dashboard.adapters.contract import Action, ActionRefused, UnknownJob
from dashboard.adapters.queue_core.records import STATES
from dashboard.adapters.vocabulary import Word
from dashboard.language import N_

_NAMES = {**{letter: state.value for letter, state in STATES.items()}, "t": N_("in the trash")}

_REFUSALS = {
    "conflict": N_("job %(job)s: another job holds its unique key; wait until that one ends, or cancel it"),
    "other": N_("job %(job)s was changed meanwhile: it ran, or someone else edited it; look at its arguments again"),
    "never": N_("job %(job)s is pending and was not requeued; there is nothing to take back"),
    "started": N_("job %(job)s has started since it was requeued; it is too late to take that back"),
}
_MOVE_REFUSALS = {
    "exists": N_("queue %(target)s holds a job %(job)s already; nothing was changed"),
    "conflict": N_(
        "job %(job)s: in %(target)s another job holds its unique key; wait until that one ends, or cancel it"
    ),
}
_UNDO = N_("job %(job)s is %(state)s: only a requeue of a job that still waits can be taken back; nothing was changed")
_MOVE = N_("job %(job)s is %(state)s; only a failed one goes to another queue. Nothing was changed")
_ANY = N_("job %(job)s is %(state)s and cannot be changed by %(action)s; nothing was changed")


def refusal(action: Action, queue: str, job_id: str, answer: str) -> Exception:
    """What the engine's answer, a state's letter or a word, means for an action on one job."""
    if answer == "missing":
        return _unknown(queue, job_id)
    words = _REFUSALS.get(answer, _UNDO if action == Action.UNDO else _ANY)
    return ActionRefused(words, job=job_id, state=Word(_NAMES.get(answer, answer)), action=action.value)


def move_refusal(queue: str, job_id: str, target: str, answer: str) -> Exception:
    """The same for a job that was to go to another queue."""
    if answer == "missing":
        return _unknown(queue, job_id)
    words = _MOVE_REFUSALS.get(answer, _MOVE)
    return ActionRefused(words, job=job_id, target=target, state=Word(_NAMES.get(answer, answer)))


def _unknown(queue: str, job_id: str) -> UnknownJob:
    return UnknownJob(N_("queue %(queue)s has no job %(job)s, or no longer"), queue=queue, job=job_id)
