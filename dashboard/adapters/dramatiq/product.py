"""Dramatiq as a product whose failures are mirrored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from dashboard.adapters.contract import Job, Page, Queue, State, UnknownQueue
from dashboard.adapters.dramatiq import messages, numbers
from dashboard.adapters.dramatiq.moves import Moves
from dashboard.adapters.dramatiq.names import MESSAGES, NAMESPACE, Names
from dashboard.adapters.dramatiq.pages import Pages
from dashboard.adapters.dramatiq.whole import Whole
from dashboard.adapters.mirrored import reasons, values
from dashboard.adapters.mirrored.finding import Finding, literal
from dashboard.adapters.mirrored.plain import PlainProduct
from dashboard.adapters.mirrored.product import Fate, Kept, Sighting
from dashboard.adapters.mirrored.scores import ByScore
from dashboard.adapters.vocabulary import ActionRefused
from dashboard.language import N_

KIND = "dramatiq"
MOST_QUEUES = 500


class DramatiqProduct(PlainProduct):
    """One Redis broker; see `dashboard.adapters.mirrored.product.Product`.

    Args:
        source: the source's name.
        url: Redis URL.
        options: as an adapter's; `namespace` is the broker's, `dramatiq` when empty. Own options: `queues`.
    """

    kind = KIND

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        super().__init__(source, url, options, "dashboard.adapters.dramatiq")
        self._clock: Callable[[], float] = options.get("clock") or time.time
        self._names = Names(options.get("namespace") or NAMESPACE)
        given = self.options.get("queues", ())
        self._found = Finding(
            self.server, f"{literal(self._names.namespace)}:*{MESSAGES}", self._names.queue_of,
            (given,) if isinstance(given, str) else given,
        )  # fmt: skip
        self._pages = Pages(self.server, self._names)
        self._whole = Whole(self.server, self._names, self.offers)
        self._moves = Moves(self.server, self._names)
        self._deaths = ByScore(self.server)

    def queues(self) -> list[Queue]:
        return numbers.queues(self.server, self._names, self._queue_names(), self._clock(), self.able)

    def page(self, queue: str, state: State, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        self._known(queue)
        return self._pages.page(queue, state, cursor, limit)

    def job(self, queue: str, job_id: str) -> Job:
        self._known(queue)
        return self._whole.job(queue, job_id)

    def look(self, place: str, limit: int) -> Sighting:
        names = self._queue_names()
        found = self._deaths.look({name: self._names.dead(name) for name in names}, place, limit)
        letters = []
        for name in dict.fromkeys(each.name for each in found.members):
            own = [each for each in found.members if each.name == name]
            ids = [values.text(each.member) for each in own]
            read = self._pages.read(self._names.dead_messages(name), ids)
            letters += [
                messages.letter(name, job_id, one, each.score)
                for job_id, each, one in zip(ids, own, read, strict=True)
                if one is not None
            ]
        return Sighting(tuple(letters), found.place, whole=found.whole and self._found.whole)

    def still_failed(self, queue: str, ids: Sequence[str]) -> Sequence[bool]:
        return [place == "dead" for place, _ in self._whole.where(queue, ids)]

    def fates(self, queue: str, letters: Sequence[Kept]) -> Sequence[Fate]:
        found = self._whole.where(queue, [letter.id for letter in letters])
        told = {"dead": Fate.FAILED, "waiting": Fate.WAITING, "delayed": Fate.WAITING, "fetched": Fate.RUNNING}
        return [told.get(place, Fate.GONE) for place, _ in found]

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        self._found.remember(queue)
        return self._moves.requeue(queue, letters, mark)

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> Sequence[bool]:
        self._found.remember(queue)
        return self._moves.purge(queue, letters, mark, keep_seconds)

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.restore(queue, letters, mark)

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.take_back(queue, letters, mark)

    def discard(self, queue: str, job_id: str) -> None:
        state = self.job(queue, job_id).state
        if state in (State.SCHEDULED, State.RETRYING):
            raise ActionRefused(reasons.HELD)
        if state != State.PENDING or not self._moves.discard(queue, job_id):
            raise ActionRefused(reasons.TAKEN, job=job_id)

    def pause(self, queue: str) -> None:
        self._known(queue)
        super().pause(queue)

    def resume(self, queue: str) -> None:
        self._known(queue)
        super().resume(queue)

    def forget(self) -> None:
        """Look for queues anew when they are asked for next."""
        self._found.forget()

    def _queue_names(self) -> list[str]:
        return self._found.names()[:MOST_QUEUES]

    def _known(self, queue: str) -> None:
        """Raises UnknownQueue when there is no such queue, and remembers one that is new."""
        if queue in self._found.names():
            return
        with self.server.errors():
            keys = (self._names.messages(queue), self._names.delayed(queue), self._names.dead_messages(queue))
            there = self.server.client.exists(*keys)
        if not there:
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; a queue appears with its first job or worker"),
                source=self.source, queue=queue,
            )  # fmt: skip
        self._found.remember(queue)
