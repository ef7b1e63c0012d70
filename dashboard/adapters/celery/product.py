"""Celery as a product whose failures are mirrored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.celery import listing, offering, outcomes, queues, redelivery, single, whole, workers
from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.moves import Moves
from dashboard.adapters.celery.redbeat import PREFIX, RedBeat
from dashboard.adapters.celery.successes import Successes
from dashboard.adapters.celery.watching import Watch
from dashboard.adapters.contract import (
    Capability,
    Job,
    Load,
    Offer,
    Page,
    Queue,
    Schedule,
    Selector,
    State,
    Worker,
)
from dashboard.adapters.mirrored.product import Fate, Kept, Sighting
from dashboard.redaction import Redaction

KIND = "celery"

OPTIONS = (
    "backend", "backend_prefix", "queues", "priority_steps", "sep", "unacked_key", "unacked_index_key", "fanout_prefix",
    "control_exchange", "listen", "redbeat_prefix", "successes", "visibility_timeout",
)  # fmt: skip
"""What a source of this kind can be told in `[sources.options]`."""

CAPABILITIES = (
    Capability.REQUEUE
    | Capability.PURGE
    | Capability.RESTORE
    | Capability.CANCEL
    | Capability.EDIT
    | Capability.PAUSE
    | Capability.GROUPS
    | Capability.WORKERS
    | Capability.SCHEDULES
)


class CeleryProduct:
    """One source of kind `celery`; see `dashboard.adapters.mirrored.product.Product`.

    Args:
        source: the source's name.
        url: of the broker.
        options: an adapter's: `namespace` is the application's `global_keyprefix`; and in `options` the kind's own:
            `backend` (address of the result backend), `backend_prefix`, `queues`, `priority_steps`, `sep`,
            `unacked_key`, `unacked_index_key`, `fanout_prefix`, `control_exchange`, `redbeat_prefix`, `listen` (0: look
            at all results once a minute instead of listening to them), `successes` (0: keep no samples of tasks that
            succeeded), `visibility_timeout` (seconds).

    Raises:
        ValueError: an address or an option is not understood.
    """

    kind = KIND

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        self.source = source
        self._application = Application(source, url, options)
        self._moves = Moves(self._application)
        own = options.get("options") or {}
        listens = str(own.get("listen", 1)) != "0"
        prefix = str(own.get("redbeat_prefix") or PREFIX)
        self._redbeat = RedBeat(self._application.access, prefix, Redaction(options.get("redact", ())))
        store = str(options.get("store_url") or url)
        self._successes = Successes(source, store, options, self._application.clock)
        self._watch = Watch(self._application.access, self._application.bindings, self._successes, listens=listens)

    def capabilities(self) -> Capability:
        return CAPABILITIES

    def ping(self) -> None:
        self._application.access.ping()

    def searching(self) -> bool:
        """Whether queues are still looked for, so that those may be missing that no worker serves."""
        return not self._application.bindings.complete

    def load(self) -> Load:
        return self._application.access.load()

    def queues(self) -> list[Queue]:
        return queues.queues(self._application, self.kind, CAPABILITIES)

    def workers(self) -> list[Worker]:
        with self._application.access.errors():
            self._application.access.broker.ping()  # what was seen is remembered when the server is gone
        seen = self._application.roster.seen()
        return workers.workers(self.source, seen, self._application.bindings, self._application.clock())

    def page(self, queue: str, state: State, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        return listing.page(self._application, queue, state, cursor, limit)

    def job(self, queue: str, job_id: str) -> Job:
        return whole.job(self._application, queue, job_id)

    def sample(self, selector: Selector, limit: int) -> Page[Job]:
        """Tasks that succeeded, some of those that were seen."""
        return self._successes.sample(selector, limit) if selector.state == State.SUCCEEDED else Page((), total=0)

    def offers(self, requeueable: str) -> tuple[Offer, ...]:
        return offering.of_dead_letter(requeueable)

    def look(self, place: str, limit: int) -> Sighting:
        return self._watch.look(place, limit)

    def still_failed(self, queue: str, ids: Sequence[str]) -> Sequence[bool]:  # noqa: ARG002 - ids name results alone
        return outcomes.still_failed(self._application, ids)

    def fates(self, queue: str, letters: Sequence[Kept]) -> Sequence[Fate]:
        return outcomes.fates(self._application, self._moves, queue, letters)

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        orphan = None if mark or len(letters) != 1 else redelivery.of(self._application, queue, letters[0].id)
        if orphan is not None:  # a single job; operations act on failures alone
            return [redelivery.redeliver(self._application, orphan)]
        return self._moves.requeue(queue, letters, mark)

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> Sequence[bool]:
        return self._moves.purge(queue, letters, mark, keep_seconds)

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.restore(queue, letters, mark)

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.take_back(queue, letters, mark)

    def cancel(self, queue: str, job_id: str) -> State:
        return single.cancel(self._application, queue, job_id)

    def discard(self, queue: str, job_id: str) -> None:
        single.discard(self._application, queue, job_id)

    def enqueue_edited(self, queue: str, letter: Kept, data: Any) -> None:
        single.enqueue_edited(self._application, self._moves, queue, letter, data)

    def pause(self, queue: str) -> None:
        self._application.pauses.pause(self._application.known(queue))

    def resume(self, queue: str) -> None:
        self._application.pauses.resume(self._application.known(queue))

    def schedules(self) -> list[Schedule]:
        return self._redbeat.all()

    def pause_schedule(self, schedule_id: str) -> None:
        raise self._redbeat.refusal(schedule_id)

    def resume_schedule(self, schedule_id: str) -> None:
        raise self._redbeat.refusal(schedule_id)

    def run_now(self, schedule_id: str) -> str:
        raise self._redbeat.refusal(schedule_id)

    def delete_schedule(self, schedule_id: str) -> None:
        raise self._redbeat.refusal(schedule_id)
