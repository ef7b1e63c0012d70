"""Reads for the metrics what is not in a snapshot: only what a rule needs, and once for all rules of an evaluation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from dashboard.adapters.contract import ErrorGroup, JobTypes, Load, Page, Selector
from dashboard.adapters.occasional import Occasional
from dashboard.adapters.snapshot import Snapshot
from dashboard.adapters.sources import Sources
from dashboard.alerts.metrics.contract import Reading
from dashboard.history.history import History, Past
from dashboard.history.places import Place, places
from dashboard.history.sparks import Spark

MOST_GROUPS = 200
T = TypeVar("T")


class Readings:
    """Makes what each evaluation reads.

    Args:
        sources: where jobs live.
        history: the past of their queues.
        most_queues: of a source that have a history of their own.
        occasional: what is good for longer than one evaluation; it may be shared.
    """

    def __init__(
        self, sources: Sources, history: History, most_queues: int = 200, occasional: Occasional | None = None
    ) -> None:
        self._sources = sources
        self._history = history
        self._most_queues = most_queues
        self._occasional = occasional or Occasional(sources)

    def of(self, snapshot: Snapshot, now: float) -> Reading:
        """What is read at one instant (unix seconds); nothing is asked for yet."""
        known = frozenset(places(snapshot, self._most_queues))
        return Reading(snapshot, now, _Looks(self._sources, self._history, known, self._occasional))


class _Looks:
    """See `Looks`; what was asked for once is remembered, also that it did not answer."""

    def __init__(self, sources: Sources, history: History, known: frozenset[Place], occasional: Occasional) -> None:
        self._sources = sources
        self._history = history
        self._places = known
        self._occasional = occasional
        self._read: dict[object, object] = {}

    def minutes(self, source: str, queue: str) -> Spark | None:
        if (source, queue) not in self._places:
            return None
        sparks = self._once("minutes", partial(self._history.sparks, sorted(self._places)))
        return sparks.get((source, queue), ())

    def past(self, source: str, queue: str, seconds: int, size: int) -> Past:
        read = partial(self._history.past, (source,), queue, seconds, size)
        return self._once(("past", source, queue, seconds, size), read)

    def load(self, source: str) -> Load:
        return self._once(("load", source), partial(self._occasional.load, source))

    def groups(self, selector: Selector) -> Page[ErrorGroup]:
        read = partial(self._sources.groups, selector, order="last", limit=MOST_GROUPS)
        return self._once(("groups", selector), read)

    def latest_groups(self, source: str, queue: str) -> Page[ErrorGroup]:
        return self._once(("latest", source, queue), partial(self._occasional.latest_groups, source, queue))

    def types(self, source: str, queue: str) -> JobTypes | None:
        return self._once(("types", source, queue), lambda: self._sources.get(source).types(queue))

    def _once(self, key: object, read: Callable[[], T]) -> T:
        if key not in self._read:
            try:
                self._read[key] = read()
            except Exception as error:  # noqa: BLE001 - raised below, and again for the next rule
                self._read[key] = _Raised(error)
        found = self._read[key]
        if isinstance(found, _Raised):
            raise found.error
        return found  # type: ignore[return-value]


class _Raised:
    def __init__(self, error: Exception) -> None:
        self.error = error
