"""Pages of tasks in one state: messages of a queue's lists, what workers hold, and what they run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.celery import jobs, messages, workers
from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.messages import Message
from dashboard.adapters.contract import InvalidRequest, Job, Page, State
from dashboard.language import N_


def page(application: Application, queue: str, state: State, cursor: str, limit: int) -> Page[Job]:
    """Jobs of a queue in one state; an empty page for one that is not known. Raises UnknownQueue."""
    application.known(queue)
    start = _place(cursor)
    if state == State.PENDING:
        return _pending(application, queue, start, limit)
    if state == State.PROCESSING:
        runs = [jobs.of_running(application, task) for task in running(application, queue)]
        left = [jobs.of_orphan(application, each) for each in application.orphans.of(queue)]
        return _part([*left, *runs], start, limit)
    if state in (State.SCHEDULED, State.RETRYING):
        return _held(application, queue, state, start, limit)
    return Page((), total=0 if state == State.FAILED else None)


def running(application: Application, queue: str) -> list[workers.Running]:
    """What workers said lately they run of a queue."""
    seen = application.roster.seen()
    return [each for each in workers.running(seen, application.bindings, application.clock()) if each.queue == queue]


def peek(application: Application, key: bytes, first: int, last: int) -> list[Message]:
    """Messages of a list by their places, as LRANGE counts them."""
    access = application.access
    found: Any = access.ask(access.broker, "peek", [key], [first, last, messages.READ_BYTES, messages.END_BYTES])
    return [messages.read(stored, size) for size, stored in found]


def _pending(application: Application, queue: str, start: int, limit: int) -> Page[Job]:
    """From the tails of the lists, where workers take messages, the most urgent list first."""
    access, lists = application.access, application.names.lists(queue)
    lengths = [max(0, each) for each in access.ask(access.broker, "lengths", lists, [])]
    found: list[Message] = []
    before = 0
    for key, length in zip(lists, lengths, strict=True):
        skipped, wanted = max(0, start - before), limit - len(found)
        if wanted > 0 and skipped < length:
            found += reversed(peek(application, key, -skipped - wanted, -skipped - 1))
        before += length
    if any(message.ignored for message in found):
        application.bindings.see_ignoring([queue])
    items = [jobs.of_message(application, queue, message) for message in found]
    return _numbered(items, start, sum(lengths))


def _held(application: Application, queue: str, state: State, start: int, limit: int) -> Page[Job]:
    application.roster.seen()
    now, tasks = application.clock(), application.held.tasks()
    if tasks is None:
        return Page((), complete=False)
    found = [task for task in tasks if task.queue == queue and task.state(now) == state]
    return _part([jobs.of_held(application, task, now) for task in found], start, limit)


def _part(items: Sequence[Job], start: int, limit: int) -> Page[Job]:
    return _numbered(items[start : start + limit], start, len(items))


def _numbered(items: Sequence[Job], start: int, total: int) -> Page[Job]:
    cursors = tuple(str(start + number) for number in range(1, len(items) + 1))
    more = bool(items) and start + len(items) < total
    return Page(tuple(items), cursors[-1] if more else None, total=total, cursors=cursors)


def _place(cursor: str) -> int:
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise InvalidRequest(N_("cursor is not one of this list; start again without a cursor"))
    return int(cursor or 0)
