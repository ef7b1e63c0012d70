"""A message that no worker has any more, handed out again at once, as Celery does it after its visibility timeout."""

from __future__ import annotations

import json
from typing import Any

from dashboard.adapters.celery import messages
from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.orphans import Orphan
from dashboard.adapters.contract import ActionRefused
from dashboard.adapters.mirrored.moves import digest
from dashboard.language import N_

TAKEN = N_("a worker has job %(job)s, or does not answer whether it has it; nothing was changed")
UNFIT = N_("the message of job %(job)s cannot be read whole; Celery hands it out again by itself")


def of(application: Application, queue: str, job_id: str) -> Orphan | None:
    """The message of a task of which it is known that no worker has it, in a queue that there is: one whose routing key
    is told by a pattern would go where nobody takes from."""
    found = next((each for each in application.orphans.of(queue) if each.task.id == job_id), None)
    return found if found and application.bindings.probe(queue) else None


def redeliver(application: Application, orphan: Orphan) -> bool:
    """Put it where the next message is taken, after all workers were asked once more; False when it is gone.

    Raises:
        ActionRefused: some worker has it, or does not answer.
    """
    access, names, task = application.access, application.names, orphan.task
    if not application.orphans.still(orphan):
        raise ActionRefused(TAKEN, job=task.id)
    with access.errors():
        kept: Any = access.broker.hget(names.unacked, task.tag)
    if kept is None:
        return False
    message = _redelivered(kept)
    if message is None:
        raise ActionRefused(UNFIT, job=task.id)
    keys = [names.unacked, names.unacked_index, names.list_of(task.queue, task.priority)]
    moved = access.ask(access.broker, "redeliver", keys, [task.tag, digest(kept), message, orphan.fetched_at])
    if moved == 1:
        application.orphans.drop(orphan)
        application.roster.forget()
    return bool(moved == 1)


def _redelivered(kept: bytes) -> str | None:
    """The message as Celery restores it, marked as handed out before; None for what a worker could not run."""
    found = messages.unacked(kept)
    if found is None or found[0].undecodable:
        return None
    envelope = json.loads(kept)[0]
    info = envelope["properties"].get("delivery_info") if isinstance(envelope.get("properties"), dict) else None
    if not isinstance(info, dict) or not isinstance(envelope.get("body"), str):
        return None
    envelope["headers"]["redelivered"] = info["redelivered"] = True
    return json.dumps(envelope)
