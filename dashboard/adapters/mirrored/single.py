"""What is done to one job: first in the product, by one script, then in the mirror."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.adapters.contract import (
    Action,
    ActionRefused,
    Exactness,
    InvalidRequest,
    JobError,
    State,
    UnknownJob,
    UnknownQueue,
)
from dashboard.adapters.mirrored import names
from dashboard.adapters.mirrored.mirror import Mirror
from dashboard.adapters.mirrored.product import DeadLetter, Kept, Product
from dashboard.adapters.vocabulary import Word
from dashboard.language import N_
from dashboard.redaction import Redaction
from queue_core import message
from queue_core.errors import InvalidJob

_REFUSED = N_("job %(job)s is %(state)s and cannot be changed by %(action)s; nothing was changed")
_NEVER = N_("job %(job)s is pending and was not requeued; there is nothing to take back")
_NO_REQUEUE = (Action.REQUEUE, Exactness.IMPOSSIBLE)
_TRASHED = N_("in the trash")


class Single:
    """Moves of one job.

    Args:
        product: does them.
        mirror: follows.
        redaction: which values were hidden when arguments were shown.
        keep_seconds: how long a purged job can be restored.
        clock: gives unix seconds.
    """

    def __init__(
        self, product: Product, mirror: Mirror, redaction: Redaction, keep_seconds: float, clock: Callable[[], float]
    ) -> None:
        self._clock = clock
        self._product = product
        self._mirror = mirror
        self._redaction = redaction
        self._keep_seconds = keep_seconds

    def act(self, action: Action, queue: str, job_id: str) -> State | None:
        """See `Adapter.act`."""
        if action == Action.CANCEL:
            return self._product.cancel(queue, job_id)
        if action == Action.PURGE and not self._failed(queue, job_id):
            self._product.discard(queue, job_id)
            return None
        letter, reason = self._letter(queue, job_id)
        if action == Action.REQUEUE and reason:
            raise ActionRefused(N_("job %(job)s cannot be put back: %(reason)s"), job=job_id, reason=Word(reason))
        if action == Action.PURGE:
            self._purge(queue, letter)
            return None
        moves = {
            Action.REQUEUE: lambda: self._product.requeue(queue, [letter], ""),
            Action.RESTORE: lambda: self._product.restore(queue, [letter], ""),
            Action.UNDO: lambda: self._product.take_back(queue, [letter], ""),
        }
        if action not in moves:
            raise InvalidRequest(
                f"{action} is no action on one job; use {', '.join((*moves, Action.PURGE, Action.CANCEL))}"
            )
        if not moves[action]()[0]:
            raise self._refusal(action, queue, job_id)
        self._follow(action.value, queue, job_id)
        return State.PENDING if action == Action.REQUEUE else State.FAILED

    def _purge(self, queue: str, letter: Kept) -> None:
        """First in the mirror: it alone knows what can be restored, whatever dies behind it."""
        moved = self._follow(Action.PURGE, queue, letter.id)
        if not moved:
            self._take_up(queue, letter.id)
            moved = self._follow(Action.PURGE, queue, letter.id)
        if not self._product.purge(queue, [letter], "", self._keep_seconds)[0]:
            if moved:
                self._follow(Action.RESTORE, queue, letter.id)
            raise self._refusal(Action.PURGE, queue, letter.id)

    def _take_up(self, queue: str, job_id: str) -> None:
        """A failure that no look has found yet, as its product shows it."""
        job = self._product.job(queue, job_id)
        error = job.error or JobError("", "")
        never = (each.reason for each in job.actions if (each.action, each.exactness) == _NO_REQUEUE)
        letter = DeadLetter(
            queue, job_id, job.type or "unknown", job.finished_at or self._clock(), error.type, error.message,
            error.traceback, job.payload.data, job.payload.undecodable, job.attempts, worker=job.worker,
            version=job.version, requeueable=next(never, ""),
        )  # fmt: skip
        self._mirror.record([letter])

    def edit(self, queue: str, job_id: str, data: Any, seen: str = "") -> State:
        """See `Adapter.edit`."""
        letter, _ = self._letter(queue, job_id)
        if seen and seen != self._revision(queue, job_id):
            raise ActionRefused(
                N_("job %(job)s was changed meanwhile: it ran, or someone else edited it; look at its arguments again"),
                job=job_id,
            )
        try:
            new = self._redaction.put_back(data, letter.data)
            stored = message.encode(new)
        except InvalidJob as error:
            raise InvalidRequest(f"data cannot be stored: {error}") from error
        except ValueError as error:
            raise InvalidRequest(f"data: {error}") from error
        self._product.enqueue_edited(queue, letter, new)
        self._follow("edit", queue, job_id, stored, b"", "")
        return State.PENDING

    def _failed(self, queue: str, job_id: str) -> bool:
        return bool(self._product.still_failed(queue, [job_id])[0])

    def _letter(self, queue: str, job_id: str) -> tuple[Kept, str]:
        """What the mirror knows of a job; what it does not know yet, the product finds by its id."""
        try:
            ((letter, reason),) = self._mirror.with_reasons(queue, [job_id])
        except UnknownQueue:
            letter, reason = None, ""
        return (letter or Kept(job_id, "", 0.0, None, {})), reason

    def _revision(self, queue: str, job_id: str) -> str:
        try:
            return self._mirror.adapter.job(names.queue(queue), names.job(job_id)).revision
        except (UnknownQueue, UnknownJob):
            return ""

    def _follow(self, verb: str, queue: str, job_id: str, *args: str | bytes) -> bool:
        """Do the same in the mirror, if it can; else it learns from the product what became of the job."""
        if not self._mirror.has(queue):
            return False
        if verb == Action.PURGE:
            self._mirror.access.keep_purged(self._mirror.engine(queue))
        with self._mirror.access.errors():
            return self._mirror.engine(queue).control_job(verb, names.job(job_id), *args)[0]

    def _refusal(self, action: Action, queue: str, job_id: str) -> Exception:
        try:
            state = Word(self._product.job(queue, job_id).state.value)
        except UnknownJob:
            state = Word(_TRASHED) if action != Action.RESTORE and self._in_trash(queue, job_id) else Word("")
        if not state:
            return UnknownJob(N_("queue %(queue)s has no job %(job)s, or no longer"), queue=queue, job=job_id)
        never = action == Action.UNDO and state == State.PENDING.value and not self._letter(queue, job_id)[0].memo
        return ActionRefused(_NEVER if never else _REFUSED, job=job_id, state=state, action=action.value)

    def _in_trash(self, queue: str, job_id: str) -> bool:
        try:
            return self._mirror.adapter.job(names.queue(queue), names.job(job_id)).in_trash
        except (UnknownQueue, UnknownJob):
            return False
