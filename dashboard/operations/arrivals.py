"""What came after a selection was frozen: counted when that is cheap, never guessed."""

from __future__ import annotations

from dataclasses import fields

from dashboard.adapters.contract import Action, AdapterError, Selector, State
from dashboard.adapters.sources import Sources
from dashboard.operations.records import Operation, Plan

FOLLOWED_SECONDS = 86_400.0
MOST_SELECTORS = 20
_COUNTED = {"source", "queue", "state", "type", "fingerprint", "error", "since", "until"}


def arrived(sources: Sources, what: Plan | Operation, now: float) -> int | None:
    """Dead letters that its selectors mean and that failed after it was frozen, its own jobs aside.

    Args:
        sources: where the jobs are.
        what: only a requeue or purge of dead letters has later arrivals.
        now: unix seconds; an operation that ended more than a day ago is not asked for.

    Returns:
        None when it is not known: the filter reads jobs one by one, or a source does not answer.
    """
    if what.action not in (Action.REQUEUE, Action.PURGE) or not what.selectors:
        return None
    own = 0
    if isinstance(what, Operation):
        if what.of or now - (what.finished_at or now) > FOLLOWED_SECONDS:
            return None
        own = _failed_again(what)
    as_of = what.selection.as_of if isinstance(what, Plan) else what.as_of
    if own < 0 or len(what.selectors) > MOST_SELECTORS or not all(map(_cheap, what.selectors)):
        return None
    try:
        return max(0, sum(_count(sources, selector, as_of) for selector in what.selectors) - own)
    except AdapterError:
        return None


def _failed_again(operation: Operation) -> int:
    """Jobs of the operation itself that the selectors mean again; -1 when that cannot be told."""
    same, new = operation.outcome.refailed_same, operation.outcome.refailed_new
    if not new or all(selector.fingerprint for selector in operation.selectors):
        return same
    return -1 if any(s.error or s.fingerprint for s in operation.selectors) else same + new


def _cheap(selector: Selector) -> bool:
    given = {each.name for each in fields(selector) if getattr(selector, each.name)}
    return given <= _COUNTED and selector.state in (None, State.FAILED)


def _count(sources: Sources, selector: Selector, as_of: float) -> int:
    """Counted by error group, newest first: a group that did not grow since has nothing to count."""
    since = max(as_of + 1e-6, selector.since or 0.0)
    if selector.until is not None and selector.until <= since:
        return 0
    later = selector.narrowed(since=since)
    chosen = [sources.get(selector.source)] if selector.source else sources.all()
    return sum(adapter.select(Action.PURGE, later).matched for adapter in chosen)
