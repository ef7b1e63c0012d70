"""Queues with their numbers: what Redis tells at once, and what workers told lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from dashboard.adapters.celery import workers
from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.roster import Seen
from dashboard.adapters.contract import Capability, Queue, State
from dashboard.language import N_

LISTS_AT_ONCE = 2_000
IGNORED = N_(
    "Tasks with ignore_result were seen here. Celery stores nothing of their failures: capture them in the "
    "application with redrive.contrib.celery."
)
NO_LIST = N_("one of its keys holds something else than a list")


def queues(application: Application, kind: str, capabilities: Capability) -> list[Queue]:
    """All queues that are known, by name."""
    seen, now = application.roster.seen(), application.clock()
    names = application.bindings.queues()
    counted = pending(application, names)
    paused = application.pauses.paused(seen, now)
    running = _running(application, seen, now)
    orphans = Counter(each.task.queue for each in application.orphans.known() or ())
    held, forsaken = _held(application, now), _forsaken(application, seen, now)
    alive, ignoring = seen.alive(now), frozenset() if application.captures else application.bindings.ignoring
    found = []
    for name, waiting in zip(names, counted, strict=True):
        own = [each for each in alive if name in (each.queues or ())]
        slots = [workers.slots(each) for each in own]
        found.append(
            Queue(
                source=application.source,
                name=name,
                kind=kind,
                pending=waiting,
                processing=None if running is None else running[name] + orphans[name],
                scheduled=None if held is None else held[name, State.SCHEDULED],
                retrying=None if held is None else held[name, State.RETRYING],
                stalled=forsaken(name),
                paused=paused(name),
                workers=len(own) if seen.fresh(now) else None,
                slots=None if None in slots or not seen.fresh(now) else sum(each or 0 for each in slots),
                capabilities=capabilities,
                problem=NO_LIST if waiting is None else "",
                hint=IGNORED if name in ignoring else "",
            )
        )
    return found


def pending(application: Application, names: Sequence[str]) -> list[int | None]:
    """How many messages lie in the lists of each queue, all priorities together; None where something else lies."""
    access, steps = application.access, len(application.names.steps)
    lists = [key for name in names for key in application.names.lists(name)]
    lengths: list[int] = []
    for start in range(0, len(lists), LISTS_AT_ONCE):
        lengths += access.ask(access.broker, "lengths", lists[start : start + LISTS_AT_ONCE], [])
    each = [lengths[start : start + steps] for start in range(0, len(lengths), steps)]
    return [None if min(own) < 0 else sum(own) for own in each]


def _running(application: Application, seen: Seen, now: float) -> Counter[str] | None:
    """Tasks that workers run by queue; None when no worker answered lately, which does not mean that none runs."""
    if not seen.fresh(now) or not seen.alive(now):
        return None
    return Counter(task.queue for task in workers.running(seen, application.bindings, now))


def _held(application: Application, now: float) -> Counter[tuple[str, State]] | None:
    tasks = application.held.tasks()
    return None if tasks is None else Counter((task.queue, task.state(now)) for task in tasks)


def _forsaken(application: Application, seen: Seen, now: float) -> Callable[[str], int | None]:
    """Messages of a queue that were fetched and that no worker has any more; Celery hands them out again after its
    visibility timeout. Where nobody takes from it any more these are all, else those of which no worker knows. None
    where that is not known."""
    tasks, known = application.held.tasks(), application.orphans.known()
    orphans = None if known is None else Counter(each.task.queue for each in known)
    if tasks is None or not seen.fresh(now) or seen.silent:
        return lambda queue: None if orphans is None else orphans[queue]
    held = Counter(task.queue for task in tasks)
    taken = {queue for each in seen.alive(now) for queue in each.queues or ()}
    return lambda queue: held[queue] if queue not in taken else None if orphans is None else orphans[queue]
