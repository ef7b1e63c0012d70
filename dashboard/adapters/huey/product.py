"""Huey as a product whose failures are mirrored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from dashboard.adapters.contract import Action, Capability, Job, Page, Queue, State, UnknownJob
from dashboard.adapters.huey.access import Access
from dashboard.adapters.huey.looking import Looking
from dashboard.adapters.huey.moves import Moves
from dashboard.adapters.huey.pages import Pages
from dashboard.adapters.huey.tasks import NOT_KEPT
from dashboard.adapters.mirrored import reasons
from dashboard.adapters.mirrored.plain import PlainProduct
from dashboard.adapters.mirrored.product import Kept, Sighting
from dashboard.adapters.vocabulary import ActionRefused
from dashboard.language import N_

KIND = "huey"


class HueyProduct(PlainProduct):
    """Huey's queues at one Redis; see `dashboard.adapters.mirrored.product.Product`.

    Args:
        source: the source's name.
        url: Redis URL.
        options: as an adapter's. Own options: `queues`.
    """

    kind = KIND
    able: ClassVar[Capability] = Capability.PURGE | Capability.RESTORE | Capability.GROUPS
    impossible: ClassVar[dict[Action, str]] = {Action.REQUEUE: NOT_KEPT}

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        super().__init__(source, url, options, "dashboard.adapters.huey")
        given = self.options.get("queues", ())
        self._access = Access(self.server, (given,) if isinstance(given, str) else given)
        self._pages = Pages(self._access)
        self._looking = Looking(self._access)
        self._moves = Moves(self._access)

    def queues(self) -> list[Queue]:
        return self._pages.queues(self.able)

    def page(self, queue: str, state: State, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        self._access.check(queue)
        return self._pages.page(queue, state, cursor, limit)

    def job(self, queue: str, job_id: str) -> Job:
        self._access.check(queue)
        return self._pages.job(queue, job_id, self.offers(""))

    def look(self, place: str, limit: int) -> Sighting:  # noqa: ARG002 - a turn is of results, few of which are failures
        return self._looking.look(place)

    def still_failed(self, queue: str, ids: Sequence[str]) -> Sequence[bool]:
        return [each is not None and each.failed for each in self._access.outcomes(queue, ids)]

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> Sequence[bool]:
        self._access.found.remember(queue)
        return self._moves.purge(queue, letters, mark, keep_seconds)

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.restore(queue, letters, mark)

    def discard(self, queue: str, job_id: str) -> None:
        self._access.check(queue)
        found = self._access.waiting(queue, job_id)
        if found is None:
            raise UnknownJob(N_("queue %(queue)s has no job %(job)s, or no longer"), queue=queue, job=job_id)
        if not self._moves.drop(queue, found[0], found[1]):
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
