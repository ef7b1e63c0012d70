"""What can be done to a task, with how exact that is."""

from __future__ import annotations

from dashboard.adapters.celery import results
from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.messages import Message
from dashboard.adapters.celery.results import Result
from dashboard.adapters.contract import Action, Exactness, Offer
from dashboard.language import N_

ALONE = N_("the task runs again alone: Celery keeps no callbacks, chain, chord, time limits or priority with a failure")
OF_GROUP = N_("the task runs again alone: its group or chord was over when it failed, and is not continued")
TELLS = N_("only workers that run now are told; one that starts later may run it")
STOPS = N_("the worker ends the process that runs it; what it has done is not taken back")

TWICE = N_("if a worker that answers nobody still runs it, it runs twice")

_PURGE = Offer(Action.PURGE)


def of_dead_letter(requeueable: str, reason: str = ALONE) -> tuple[Offer, ...]:
    """A failure; `requeueable` says why it cannot be put back."""
    if requeueable:
        return (
            Offer(Action.REQUEUE, Exactness.IMPOSSIBLE, requeueable),
            Offer(Action.EDIT, Exactness.IMPOSSIBLE, requeueable),
            _PURGE,
        )
    return (
        Offer(Action.REQUEUE, Exactness.BEST_EFFORT, reason),
        Offer(Action.EDIT, Exactness.BEST_EFFORT, reason),
        _PURGE,
    )


def of_result(application: Application, queue: str, result: Result) -> tuple[Offer, ...]:
    """A failure whose result is at hand."""
    known = queue if application.bindings.probe(queue) else None
    grouped = bool(result.meta.get("group_id") or result.meta.get("children"))
    return of_dead_letter(results.refusal(result, known), OF_GROUP if grouped else ALONE)


def of_message(message: Message) -> tuple[Offer, ...]:
    """A message that lies in a list: it can be deleted there; a worker is told to leave it out."""
    deleted = (_PURGE,) if message.whole else ()
    return (Offer(Action.CANCEL, Exactness.BEST_EFFORT, TELLS), *deleted) if not message.undecodable else deleted


def of_held() -> tuple[Offer, ...]:
    """A message that a worker has fetched."""
    return (Offer(Action.CANCEL, Exactness.BEST_EFFORT, TELLS),)


def of_orphan() -> tuple[Offer, ...]:
    """A message that no worker has any more."""
    return (Offer(Action.REQUEUE, Exactness.BEST_EFFORT, TWICE), *of_held())


def of_running() -> tuple[Offer, ...]:
    """A task that runs."""
    return (Offer(Action.CANCEL, Exactness.BEST_EFFORT, STOPS),)
