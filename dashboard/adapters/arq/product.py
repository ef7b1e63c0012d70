"""arq as a product whose failures are mirrored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from dashboard.adapters.arq import calls
from dashboard.adapters.arq.access import Access
from dashboard.adapters.arq.looking import Looking
from dashboard.adapters.arq.moves import Moves
from dashboard.adapters.arq.names import result
from dashboard.adapters.arq.pages import Pages
from dashboard.adapters.contract import Capability, Job, Page, Queue, State
from dashboard.adapters.mirrored import reasons
from dashboard.adapters.mirrored.plain import PlainProduct
from dashboard.adapters.mirrored.product import Fate, Kept, Sighting
from dashboard.adapters.vocabulary import ActionRefused

KIND = "arq"


class ArqProduct(PlainProduct):
    """arq's queues at one Redis; see `dashboard.adapters.mirrored.product.Product`.

    Args:
        source: the source's name.
        url: Redis URL.
        options: as an adapter's. Own options: `queues`.
    """

    kind = KIND
    able: ClassVar[Capability] = PlainProduct.able | Capability.CANCEL

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        super().__init__(source, url, options, "dashboard.adapters.arq")
        self._clock: Callable[[], float] = options.get("clock") or time.time
        given = self.options.get("queues", ())
        self._access = Access(self.server, (given,) if isinstance(given, str) else given)
        self._pages = Pages(self._access, self._clock)
        self._looking = Looking(self._access, self._clock)
        self._moves = Moves(self._access)

    def queues(self) -> list[Queue]:
        return self._pages.queues(self.able)

    def page(self, queue: str, state: State, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        self._access.check(queue)
        return self._pages.page(queue, state, cursor, limit)

    def job(self, queue: str, job_id: str) -> Job:
        self._access.check(queue)
        job = self._pages.job(queue, job_id)
        if job.state != State.FAILED:
            return job
        (read,) = self._access.read([(result(job_id), job_id)])
        return replace(job, actions=self.offers(calls.read(read[1] if read else b"").requeueable))

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
        if state == State.PROCESSING:
            self._moves.abort(job_id, self._clock())
            return State.PROCESSING
        self.discard(queue, job_id)
        return State.CANCELLED

    def discard(self, queue: str, job_id: str) -> None:
        self.job(queue, job_id)
        if not self._moves.drop(queue, job_id):
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
