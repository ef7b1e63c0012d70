"""taskiq as a product whose failures are mirrored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from dashboard.adapters.contract import Capability, Job, Page, Queue, Schedule, State, UnknownJob, Worker
from dashboard.adapters.mirrored import reasons
from dashboard.adapters.mirrored.plain import PlainProduct
from dashboard.adapters.mirrored.product import Fate, Kept, Sighting
from dashboard.adapters.taskiq.access import Access
from dashboard.adapters.taskiq.looking import Looking
from dashboard.adapters.taskiq.moves import Moves
from dashboard.adapters.taskiq.pages import Pages
from dashboard.adapters.taskiq.schedules import Schedules
from dashboard.adapters.vocabulary import ActionRefused
from dashboard.language import N_
from dashboard.redaction import Redaction

KIND = "taskiq"


class TaskiqProduct(PlainProduct):
    """Queues of taskiq-redis at one Redis; see `dashboard.adapters.mirrored.product.Product`.

    Args:
        source: the source's name.
        url: Redis URL.
        options: as an adapter's. Own options: `queues`, `group` (its `consumer_group_name`), `result_prefix`
            (its `prefix_str`), `schedule_prefix`.
    """

    kind = KIND
    able: ClassVar[Capability] = (
        PlainProduct.able | Capability.WORKERS | Capability.SCHEDULES | Capability.SCHEDULE_DELETE
    )

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        super().__init__(source, url, options, "dashboard.adapters.taskiq")
        clock: Callable[[], float] = options.get("clock") or time.time
        given = self.options.get("queues", ())
        names = [str(self.options.get(name) or usual) for name, usual in _NAMES]
        self._access = Access(self.server, (given,) if isinstance(given, str) else given, *names[:2])
        self._pages = Pages(self._access, clock)
        self._looking = Looking(self._access)
        self._moves = Moves(self._access, clock)
        self._schedules = Schedules(self.server, names[2], clock, Redaction(options.get("redact", ())))

    def queues(self) -> list[Queue]:
        return self._pages.queues(self.able)

    def workers(self) -> list[Worker]:
        return self._pages.workers()

    def page(self, queue: str, state: State, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        return self._pages.page(queue, state, cursor, limit)

    def job(self, queue: str, job_id: str) -> Job:
        return self._pages.job(queue, job_id, self.offers(""))

    def look(self, place: str, limit: int) -> Sighting:  # noqa: ARG002 - a turn is of keys, few of which are failures
        return self._looking.look(place)

    def still_failed(self, queue: str, ids: Sequence[str]) -> Sequence[bool]:  # noqa: ARG002 - results name no queue
        return [each is not None and each.failed for each in self._access.stored(ids)]

    def fates(self, queue: str, letters: Sequence[Kept]) -> Sequence[Fate]:
        return self._moves.fates(self._access.now(queue), [letter.id for letter in letters])

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.requeue(queue, letters, mark)

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> Sequence[bool]:
        return self._moves.values.purge(queue, letters, mark, keep_seconds)

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.values.restore(queue, letters, mark)

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.take_back(queue, letters, mark)

    def discard(self, queue: str, job_id: str) -> None:
        line = self._access.line(queue)
        found = self._access.find(line, job_id)
        if found is None:
            raise UnknownJob(N_("queue %(queue)s has no job %(job)s, or no longer"), queue=queue, job=job_id)
        if found.running or not self._moves.drop(line, found):
            raise ActionRefused(reasons.TAKEN, job=job_id)

    def pause(self, queue: str) -> None:
        self._access.line(queue)
        super().pause(queue)

    def resume(self, queue: str) -> None:
        self._access.line(queue)
        super().resume(queue)

    def schedules(self) -> list[Schedule]:
        return self._schedules.all()

    def delete_schedule(self, schedule_id: str) -> None:
        if not self._schedules.delete(schedule_id):
            self._unknown(schedule_id)

    def forget(self) -> None:
        """Look for queues anew when they are asked for next."""
        self._access.found.forget()


_NAMES = (("group", "taskiq"), ("result_prefix", ""), ("schedule_prefix", "schedule"))
