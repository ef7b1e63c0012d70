"""What can be done to RQ's jobs, how exactly, and why not."""

from __future__ import annotations

from dashboard.adapters.contract import Action, Exactness, Offer
from dashboard.language import N_, gettext, number

FOR_GOOD = N_("RQ keeps no trash for it: a job that has not failed is deleted for good")
STOP = Offer(
    Action.CANCEL,
    Exactness.BEST_EFFORT,
    N_("the worker is told to stop the job; what it has done is not taken back"),
)
ORPHAN = Offer(
    Action.REQUEUE,
    Exactness.BEST_EFFORT,
    N_("nothing is heard of its worker any more, but its process may still run: the job may be executed twice"),
)
WAITING_FOREVER = N_("jobs wait for this one to succeed and would wait forever; cancel them, or requeue this one")


def of_failure(requeueable: str = "", editable: str = "", dependents: int = 0) -> tuple[Offer, ...]:
    """What can be done to a failure.

    Args:
        requeueable: why it cannot be put back, empty when it can.
        editable: why its arguments cannot be edited, empty when they can.
        dependents: how many jobs wait for it to succeed.
    """
    purge = Offer(Action.PURGE, Exactness.BEST_EFFORT, WAITING_FOREVER) if dependents else Offer(Action.PURGE)
    return _unless(Action.REQUEUE, requeueable), _unless(Action.EDIT, requeueable or editable), purge


def _unless(action: Action, refused: str) -> Offer:
    return Offer(action, Exactness.IMPOSSIBLE, refused) if refused else Offer(action)


def unknown_error(size: int, retried: bool) -> str:
    """Why the error of a failure is not known."""
    if size:
        return gettext("What was raised is not read: its results take %(size)s bytes.", size=number(size))
    if retried:
        return gettext("RQ keeps no error of a run that is tried again.")
    return gettext("RQ keeps no error of it.")


def large_result(size: int) -> str:
    """What stands in the place of a result that is too large to be read."""
    return gettext("not read: %(size)s bytes", size=number(size))
