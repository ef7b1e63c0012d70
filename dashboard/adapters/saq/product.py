"""SAQ as a product whose failures are mirrored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from dashboard.adapters.contract import Capability, Job, Page, Queue, State, Worker
from dashboard.adapters.mirrored import reasons
from dashboard.adapters.mirrored.plain import PlainProduct
from dashboard.adapters.mirrored.product import Fate, Kept, Sighting
from dashboard.adapters.saq import numbers
from dashboard.adapters.saq.access import Access
from dashboard.adapters.saq.looking import Looking
from dashboard.adapters.saq.moves import Moves
from dashboard.adapters.saq.names import PREFIX, Names
from dashboard.adapters.saq.pages import Pages
from dashboard.adapters.vocabulary import ActionRefused

KIND = "saq"


class SaqProduct(PlainProduct):
    """SAQ's queues at one Redis; see `dashboard.adapters.mirrored.product.Product`.

    Args:
        source: the source's name.
        url: Redis URL.
        options: as an adapter's. Own options: `queues`.
    """

    kind = KIND
    able: ClassVar[Capability] = PlainProduct.able | Capability.CANCEL | Capability.WORKERS

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        super().__init__(source, url, options, "dashboard.adapters.saq")
        self._clock: Callable[[], float] = options.get("clock") or time.time
        given = self.options.get("queues", ())
        names = Names(options.get("namespace") or PREFIX)
        self._access = Access(self.server, names, (given,) if isinstance(given, str) else given)
        self._pages = Pages(self._access)
        self._looking = Looking(self._access)
        self._moves = Moves(self._access)

    def queues(self) -> list[Queue]:
        return numbers.queues(self._access, self._clock(), self.able)

    def workers(self) -> list[Worker]:
        return numbers.workers(self._access, self._clock())

    def page(self, queue: str, state: State, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        self._access.check(queue)
        return self._pages.page(queue, state, cursor, limit)

    def job(self, queue: str, job_id: str) -> Job:
        self._access.check(queue)
        job = self._pages.job(queue, job_id)
        return replace(job, actions=self.offers("")) if job.state == State.FAILED else job

    def look(self, place: str, limit: int) -> Sighting:  # noqa: ARG002 - a turn is of keys, few of which are failures
        return self._looking.look(place)

    def still_failed(self, queue: str, ids: Sequence[str]) -> Sequence[bool]:
        return [fate == Fate.FAILED for fate in self._moves.fates(queue, ids)]

    def fates(self, queue: str, letters: Sequence[Kept]) -> Sequence[Fate]:
        return self._moves.fates(queue, [letter.id for letter in letters])

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        self._access.found.remember(queue)
        return self._moves.requeue(queue, letters, mark, self._clock())

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> Sequence[bool]:
        self._access.found.remember(queue)
        return self._moves.values.purge(queue, letters, mark, keep_seconds)

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.values.restore(queue, letters, mark)

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.take_back(queue, letters, mark)

    def cancel(self, queue: str, job_id: str) -> State:
        state = self.job(queue, job_id).state
        if state == State.PROCESSING and self._moves.abort(queue, job_id):
            return State.PROCESSING
        waits = state in (State.PENDING, State.SCHEDULED, State.RETRYING)
        if waits and self._moves.cancel(queue, job_id, self._clock()):
            return State.CANCELLED
        raise ActionRefused(reasons.TAKEN, job=job_id)

    def discard(self, queue: str, job_id: str) -> None:
        state = self.job(queue, job_id).state
        if state in (State.PROCESSING, State.FAILED) or not self._moves.discard(queue, job_id):
            raise ActionRefused(reasons.TAKEN, job=job_id)

    def pause(self, queue: str) -> None:
        self._access.check(queue)
        super().pause(queue)

    def resume(self, queue: str) -> None:
        self._access.check(queue)
        super().resume(queue)

    def forget(self) -> None:
        """Look for queues anew when they are asked for next."""
        self._access.found.forget()
