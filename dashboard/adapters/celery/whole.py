"""One task, complete: wherever it is, found in a bounded number of steps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.celery import jobs, listing, messages, results
from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.messages import Message
from dashboard.adapters.celery.names import raw
from dashboard.adapters.celery.results import FINAL, Result
from dashboard.adapters.contract import Job, State, UnknownJob
from dashboard.language import N_

SEARCHED = 2_000
"""Messages of a list that are looked through from each end."""
AT_ONCE = 500
HELD_STEPS = 25

UNKNOWN = N_("queue %(queue)s has no job %(job)s, or no longer")


@dataclass(frozen=True, slots=True)
class Place:
    """A message and the list in which it lies."""

    key: bytes
    message: Message


def job(application: Application, queue: str, job_id: str) -> Job:
    """A task by its id. Raises UnknownQueue, UnknownJob."""
    if queue != messages.UNKNOWN_TYPE:
        application.known(queue)
    (result,) = results.read_all(application.access, [job_id])
    if result is not None and result.status in FINAL:
        return jobs.of_result(application, queue, result, FINAL[result.status])
    waits = result is not None and result.status == "RETRY"  # what workers told may be older
    for find in (_waiting, _held) if waits else (_running, _waiting, _held):
        if (found := find(application, queue, job_id)) is not None:
            return found
    if result is not None:
        return jobs.of_result(application, queue, result, _unfinished(result))
    raise unknown(queue, job_id)


def unknown(queue: str, job_id: str) -> UnknownJob:
    """There is none, or it was not found."""
    return UnknownJob(UNKNOWN, queue=queue, job=job_id)


def place(application: Application, queue: str, job_id: str) -> Place | None:
    """Where a message lies in the lists of a queue; only their ends are looked through."""
    access, lists = application.access, application.names.lists(queue)
    for key, length in zip(lists, access.ask(access.broker, "lengths", lists, []), strict=True):
        for first, last in _windows(length):
            for message in listing.peek(application, key, first, last):
                if (_told(job_id, message.stored) or job_id.startswith("message-")) and message.id == job_id:
                    return Place(key, message)
    return None


def held(application: Application, job_id: str) -> Message | None:
    """A message that a worker has fetched and not acknowledged."""
    access, cursor = application.access, 0
    for _ in range(HELD_STEPS):
        with access.errors():
            reply: Any = access.broker.hscan(application.names.unacked, cursor, count=AT_ONCE)
        cursor, fields = int(reply[0]), reply[1]
        for stored in fields.values():
            found = messages.unacked(stored) if _told(job_id, stored) else None
            if found is not None and found[0].id == job_id:
                return found[0]
        if not cursor:
            break
    return None


def _told(job_id: str, stored: bytes) -> bool:
    """Whether a message may be that of a task: it has its id, as it is or as JSON escapes it."""
    return raw(job_id) in stored or json.dumps(job_id)[1:-1].encode() in stored


def _windows(length: int) -> Iterator[tuple[int, int]]:
    """Places of a list, from where workers take messages and then from the other end."""
    for back in range(0, min(length, SEARCHED), AT_ONCE):
        yield -min(length, back + AT_ONCE), -back - 1
    for start in range(0, min(max(0, length - SEARCHED), SEARCHED), AT_ONCE):
        yield start, min(start + AT_ONCE, length - SEARCHED) - 1


def _running(application: Application, queue: str, job_id: str) -> Job | None:
    found = [task for task in listing.running(application, queue) if task.id == job_id]
    if not found:
        return None
    message = held(application, job_id) if found[0].late else None
    made = jobs.of_running(application, found[0])
    return jobs.with_arguments(made, message) if message else made


def _waiting(application: Application, queue: str, job_id: str) -> Job | None:
    found = place(application, queue, job_id)
    if found is None:
        return None
    return jobs.with_arguments(jobs.of_message(application, queue, found.message), found.message)


def _held(application: Application, queue: str, job_id: str) -> Job | None:
    message, now = held(application, job_id), application.clock()
    if message is None:
        return None
    later = message.eta is not None and message.eta > now
    state = (State.RETRYING if message.retries else State.SCHEDULED) if later else State.PENDING
    orphan = next((each for each in application.orphans.of(queue) if each.task.id == job_id), None)
    made = jobs.fetched(jobs.of_message(application, queue, message, state))
    return jobs.with_arguments(jobs.of_orphan(application, orphan) if orphan else made, message)


def _unfinished(result: Result) -> State:
    return State.RETRYING if result.status == "RETRY" else State.PROCESSING
