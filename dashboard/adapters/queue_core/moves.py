"""What can be done to one job or one queue, and why it is refused when it is."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.contract import Action, ActionRefused, InvalidRequest, State, UnknownJob
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.records import STATES
from dashboard.adapters.queue_core.refusals import move_refusal, refusal
from dashboard.language import N_
from dashboard.redaction import Redaction
from queue_core import keys
from queue_core.engine import Engine
from queue_core.errors import InvalidJob, OtherSlot
from queue_core.message import decode, encode
from queue_core.replies import text

MOST_TRASHES = 1_000

_ACTIONS = (Action.REQUEUE, Action.PURGE, Action.RESTORE, Action.CANCEL, Action.UNDO)


class Moves:
    """Changes of one job at a time; each is one atomic script."""

    def __init__(self, access: Access, redaction: Redaction) -> None:
        self.access = access
        self.redaction = redaction

    def pause(self, queue: str) -> None:
        """Stop handing out jobs of a queue."""
        engine = self.access.engine(queue)
        with self.access.errors():
            engine.pause()

    def resume(self, queue: str) -> None:
        """Hand out jobs of a queue again."""
        engine = self.access.engine(queue)
        with self.access.errors():
            engine.resume()

    def act(self, action: Action, queue: str, job_id: str) -> State | None:
        """Requeue, purge, restore or cancel one job, or undo its requeue; its new state, None when purged."""
        engine = self.access.engine(queue)
        check_id(queue, job_id)
        if action not in _ACTIONS:
            raise InvalidRequest(f"{action} is no action on one job; use {', '.join(_ACTIONS)}")
        extra: tuple[str, ...] = ()
        if action == Action.RESTORE:
            trash = self._trash_of(engine, job_id)
            if not trash:
                raise self._not_in_trash(engine, job_id)
            extra = (trash,)
        if action == Action.PURGE:
            self.access.keep_purged(engine)
        with self.access.errors():
            changed, letter = engine.control_job(action.value, job_id, *extra)
        if not changed:
            raise refusal(action, queue, job_id, letter)
        return State.PROCESSING if letter == "requested" else STATES.get(letter)

    def edit(self, queue: str, job_id: str, data: Any, seen: str = "") -> State:
        """Requeue a failed job with other arguments; the old ones are kept with it. Refused when it is not as seen."""
        engine = self.access.engine(queue)
        check_id(queue, job_id)
        with self.access.errors():
            before = self.access.client.get(engine.keys.payload(job_id))
        stored = encoded(*self._with_secrets(data, before))
        with self.access.errors():
            changed, letter = engine.control_job("edit", job_id, stored, b"", seen)
        if not changed:
            raise refusal(Action.EDIT, queue, job_id, letter)
        return STATES.get(letter, State.PENDING)

    def move(self, queue: str, job_id: str, target: str) -> State:
        """Take a failed job, whole, to the end of another queue, where it is pending."""
        engine = self.access.engine(queue)
        check_id(queue, job_id)
        other = self.access.engine(target).name
        if other == queue:
            raise ActionRefused(
                N_("job %(job)s is in %(queue)s already; name another queue, or requeue it"), job=job_id, queue=queue
            )
        try:
            with self.access.errors():
                changed, letter = engine.move(job_id, other)
        except OtherSlot as error:
            raise ActionRefused(f"job {job_id} was not moved: {error}") from error
        if not changed:
            raise move_refusal(queue, job_id, other, letter)
        return STATES.get(letter, State.PENDING)

    def _trash_of(self, engine: Engine, job_id: str) -> str:
        """The operation in whose trash a job lies; every trash is looked at, the newest first."""
        with self.access.errors():
            names = [text(name) for name in self.access.client.zrevrange(engine.keys.trashes, 0, MOST_TRASHES - 1)]
        pipeline = self.access.pipeline()
        for name in names:
            pipeline.zscore(engine.keys.trash(name), job_id)
        scores = self.access.replies(pipeline) if names else []
        return next((name for name, score in zip(names, scores, strict=True) if isinstance(score, float)), "")

    def _not_in_trash(self, engine: Engine, job_id: str) -> Exception:
        with self.access.errors():
            letter = self.access.client.hget(engine.keys.job(job_id), "st")
        return refusal(Action.RESTORE, engine.name, job_id, text(letter) if letter else "missing")

    def _with_secrets(self, data: Any, stored: Any) -> tuple[Any, dict[str, Any]]:
        """The new arguments with hidden values put back, and the envelope's further fields."""
        before = decode(stored if isinstance(stored, bytes) else b"")
        try:
            return self.redaction.put_back(data, before.data), before.extra
        except ValueError as error:
            raise InvalidRequest(f"data: {error}") from error


def check_id(queue: str, job_id: str) -> None:
    """Refuse what cannot be a job's id. Raises UnknownJob."""
    if not keys.JOB_ID.match(job_id):
        raise UnknownJob(f"queue {queue} has no job {job_id[:80]!r}")


def encoded(data: Any, extra: dict[str, Any]) -> bytes:
    """Arguments as they are stored. Raises InvalidRequest when they are not plain JSON, or too large."""
    try:
        return encode(data, extra)
    except InvalidJob as error:
        raise InvalidRequest(f"data cannot be stored: {error}") from error
