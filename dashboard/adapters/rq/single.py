"""What is done to one job, or to all queues of a database at once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

from dashboard.adapters.contract import ActionRefused, State, UnknownJob
from dashboard.adapters.mirrored.product import Kept
from dashboard.adapters.rq import briefs, calls, edits
from dashboard.adapters.rq.access import Access
from dashboard.adapters.rq.moves import REACH
from dashboard.adapters.rq.values import written
from dashboard.adapters.vocabulary import Word
from dashboard.language import N_

_REFUSALS = {
    "deep": N_("job %(job)s lies deep in a long queue; looking for it there would hold up the server"),
    "elsewhere": N_("job %(job)s is being handed to a worker at this moment; nothing was changed"),
    "changed": N_("job %(job)s was changed meanwhile: it ran, or someone else edited it; look at its arguments again"),
}
_ANY = N_("job %(job)s is %(state)s and cannot be changed by %(action)s; nothing was changed")


class Single:
    """Changes of one job at a time; each is one atomic script.

    Args:
        access: the source's server.
        clock: gives unix seconds.
    """

    def __init__(self, access: Access, clock: Callable[[], float] = time.time) -> None:
        self.access = access
        self.clock = clock

    def cancel(self, queue: str, job_id: str) -> State:
        """Cancel a waiting job; tell the worker of a running one to stop it. Raises UnknownJob, ActionRefused."""
        answer = self._asked("cancel", queue, job_id)
        if answer[0] == "done":
            return State.CANCELLED
        if answer[0] == "started" and answer[1]:
            self.access.tell(answer[1], {"command": "stop-job", "job_id": job_id})
            return State.PROCESSING
        raise _refusal("cancel", queue, job_id, answer[0])

    def discard(self, queue: str, job_id: str) -> None:
        """Delete a job that neither failed nor runs, for good. Raises UnknownJob, ActionRefused."""
        answer = self._asked("discard", queue, job_id)
        if answer[0] != "done":
            raise _refusal("purge", queue, job_id, answer[0])

    def enqueue_edited(self, queue: str, letter: Kept, data: Any) -> None:
        """Requeue a failure with other arguments. Raises UnknownJob, ActionRefused, InvalidRequest."""
        with self.access.errors():
            size = self.access.client.hstrlen(self.access.keys.job(letter.id), "data")
            if size > calls.MOST_STORED:
                raise ActionRefused(N_("the arguments cannot be edited: %(reason)s"), reason=Word(calls.TOO_LARGE))
            before = self.access.client.hget(self.access.keys.job(letter.id), "data")
        if not isinstance(before, bytes):
            raise _refusal("edit", queue, letter.id, "missing")
        try:
            call = calls.decode(before)
        except calls.Undecodable as error:
            raise ActionRefused(N_("the arguments cannot be edited: %(reason)s"), reason=error) from error
        new, description = edits.stored(call, data)
        now = self.clock()
        seen = hashlib.sha1(before, usedforsecurity=False).hexdigest()
        answer = self.access.run("edit", queue, letter.id, written(now), now, seen, new, description)
        if answer != b"done":
            raise _refusal("edit", queue, letter.id, answer.decode())

    def pause(self) -> None:
        """Let no worker of the database take a job, whatever its queues; an idle one may take one more."""
        with self.access.errors():
            self.access.client.set(self.access.keys.suspended, 1)

    def resume(self) -> None:
        """Let workers take jobs again."""
        with self.access.errors():
            self.access.client.delete(self.access.keys.suspended)

    def _asked(self, script: str, queue: str, job_id: str) -> list[str]:
        now = self.clock()
        reply = self.access.run(script, queue, job_id, written(now), now, REACH)
        return [part.decode("utf-8", "replace") for part in reply]


def _refusal(action: str, queue: str, job_id: str, answer: str) -> Exception:
    if answer == "missing":
        return UnknownJob(N_("queue %(queue)s has no job %(job)s, or no longer"), queue=queue, job=job_id)
    state = briefs.STATES.get(answer)
    words = _REFUSALS.get(answer, _ANY)
    return ActionRefused(words, job=job_id, state=Word(state.value if state else answer), action=action)
