"""What the checks of a plan ask of the sources: read once for all of them, and bounded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any, TypeVar, cast

from dashboard.adapters.contract import Action, Adapter, ErrorGroup, Part, Queue, Selection, Selector, Worker
from dashboard.adapters.sources import Sources
from dashboard.settings import LimitSettings

MOST_QUEUES = 25
MOST_ASKED_SINGLY = 8
GROUPS_READ = 200

Place = tuple[str, str]
T = TypeVar("T")


class Facts:
    """One frozen selection, and what its sources say of its queues, errors and workers.

    Args:
        sources: where the jobs are.
        action: what is planned.
        selection: the frozen jobs.
        limits: from where on something is worth a warning.

    Each reading is made once; what it raised is raised again for the next check that asks.
    """

    def __init__(self, sources: Sources, action: Action, selection: Selection, limits: LimitSettings) -> None:
        self.action = action
        self.selection = selection
        self.limits = limits
        self.now = selection.as_of
        self._sources = sources
        self._read: dict[object, Any] = {}

    @property
    def places(self) -> list[Place]:
        """(source, queue) that the jobs go to, most jobs first, at most 25."""
        jobs: Counter[Place] = Counter()
        for part in self.selection.parts:
            jobs[part.source, part.queue] += part.matched
        return [place for place, _ in jobs.most_common(MOST_QUEUES)]

    def adapter(self, source: str) -> Adapter:
        """One source."""
        return self._sources.get(source)

    def queue(self, place: Place) -> Queue:
        """One target queue as it is now."""
        return self._once(("queue", place), lambda: self.adapter(place[0]).queue(place[1]))

    def workers(self, place: Place) -> list[Worker]:
        """The living workers that serve a queue."""
        source, queue = place
        found: list[Worker] = self._once(("workers", source), lambda: self.adapter(source).workers())
        return [worker for worker in found if queue in worker.queues and not worker.lost]

    def unable(self) -> Counter[str]:
        """Selected jobs that cannot be put back, by reason."""
        by_source: dict[str, list[Part]] = defaultdict(list)
        for part in self.selection.parts:
            by_source[part.source].append(part)
        found: Counter[str] = Counter()
        for source, parts in by_source.items():
            found.update(self.adapter(source).unable(parts))
        return found

    def groups(self, place: Place) -> list[ErrorGroup]:
        """The errors that the selected jobs of a queue died of, the latest first; of very many those that grew last."""
        return self._once(("groups", place), lambda: self._groups(place))

    def _groups(self, place: Place) -> list[ErrorGroup]:
        source, queue = place
        wanted = self._fingerprints(place)
        narrow = Selector(source=source, queue=queue)
        read = self.adapter(source).groups
        if len(wanted) > MOST_ASKED_SINGLY:
            return [each for each in read(narrow, limit=GROUPS_READ).items if each.fingerprint in wanted]
        pages = [read(narrow.narrowed(fingerprint=each), limit=1) for each in sorted(wanted)]
        return sorted((each for page in pages for each in page.items), key=lambda group: -group.last_seen)

    def _fingerprints(self, place: Place) -> set[str]:
        """Of whole groups from the parts, of chosen jobs from the sample."""
        found = {part.fingerprint for part in self.selection.parts if (part.source, part.queue) == place}
        here = (job for job in self.selection.sample if (job.source, job.queue) == place and job.error)
        return (found | {job.error.fingerprint for job in here if job.error}) - {""}

    def _once(self, key: object, read: Callable[[], T]) -> T:
        if key not in self._read:
            try:
                self._read[key] = read()
            except Exception as error:  # noqa: BLE001 - raised again below, for each check that asks
                self._read[key] = error
        if isinstance(self._read[key], Exception):
            raise self._read[key]
        return cast("T", self._read[key])
