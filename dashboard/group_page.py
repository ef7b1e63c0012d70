"""What the page of one group shows; each part is read when it is first asked for, so a region costs its own part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import TypeVar

from dashboard import selectors
from dashboard.action_limits import Limit, limits
from dashboard.adapters.contract import (
    Action,
    AdapterError,
    Capability,
    ErrorGroup,
    Frame,
    Job,
    Selector,
    State,
    Worker,
)
from dashboard.arrivals import Arrivals, arrivals, chart, pace_words, still_happening
from dashboard.charts.chart import Chart
from dashboard.filters import class_name
from dashboard.fixed_since import Verdict, fixed_since
from dashboard.group_samples import Contrast
from dashboard.language import gettext, ngettext
from dashboard.once import shared_here
from dashboard.operations.records import Operation
from dashboard.services import Services
from dashboard.splits import Splits

T = TypeVar("T")

MOST_QUEUES = 100
MOST_FRAMES = 50
LOOKED_THROUGH = 200
"""How many of the newest operations are looked through for the one that emptied a group."""


class GroupPage:
    """One group over all queues that the address means.

    Args:
        bundle: the services.
        fingerprint: of the group.
        query: the query string.
    """

    def __init__(self, bundle: Services, fingerprint: str, query: Mapping[str, str]) -> None:
        self.bundle = bundle
        self.fingerprint = fingerprint
        self.now = bundle.clock()
        self.selector = selectors.parse({**query, "fingerprint": fingerprint}, self.now, default_state=State.FAILED)
        s = self.selector
        self.about = Selector(source=s.source, queue=s.queue, fingerprint=fingerprint, since=s.since, until=s.until)
        """The group itself: what its figures count, whatever else narrows the list of its jobs."""
        self.problem: dict[str, str] = {}

    @cached_property
    def rows(self) -> Sequence[ErrorGroup]:
        """The group in each queue, the most jobs first; none when it is gone."""
        groups = self.bundle.sources.groups
        return shared_here("rows", lambda: groups(self.about, order="count", limit=MOST_QUEUES).items)

    @property
    def heading(self) -> str:
        """The error's name."""
        return class_name(self.rows[0].error_type) or self.rows[0].reason or gettext("Unknown error")

    @property
    def count(self) -> int:
        """Dead letters of the group."""
        return sum(row.count for row in self.rows)

    def may(self, action: str) -> bool:
        """Whether an action is possible on some of its jobs."""
        return any(row.can(Action(action)) for row in self.rows)

    @property
    def limits(self) -> list[Limit]:
        """What can be done only in part, or not at all."""
        return limits(offer for row in self.rows for offer in row.actions)

    @property
    def versions(self) -> list[str]:
        """The version that each queue's last failure came from."""
        return sorted({row.version for row in self.rows if row.version})

    @property
    def places(self) -> str:
        """Where they are: the queue, or how many queues."""
        queues = {(row.source, row.queue) for row in self.rows}
        return self.rows[0].queue if len(queues) == 1 else ngettext("%(num)s queue", "%(num)s queues", len(queues))

    @cached_property
    def arrivals(self) -> Arrivals:
        """When its jobs failed."""
        return arrivals(self.rows, self._workers, self.now)

    @property
    def pace(self) -> str:
        """Whether it still happens."""
        return pace_words(self.arrivals, self.now)

    @property
    def still(self) -> bool:
        """Whether it happens at this very time."""
        return still_happening(self.arrivals, self.now)

    @property
    def chart(self) -> Chart:
        """Arrivals by hour."""
        return chart(self.arrivals)

    @cached_property
    def fixed(self) -> Verdict:
        """Whether something changed since the last failure."""
        places = {(row.source, row.queue) for row in self.rows}
        queues = [each for each in self.bundle.sources.snapshot().queues if (each.source, each.name) in places]
        told = not queues or any(Capability.WORKERS in each.capabilities for each in queues)
        return fixed_since(self.rows, self._workers, told=told)

    @property
    def _workers(self) -> Sequence[Worker]:
        return self.bundle.sources.snapshot().workers

    @cached_property
    def sample(self) -> Job | None:
        """A job to show the error by; None when it has just gone."""
        for row in self.rows:
            try:
                return self.bundle.sources.get(row.source).job(row.queue, row.sample_id)
            except AdapterError:
                continue
        return None

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The sample's frames as they were called, outermost first."""
        return self.sample.error.frames[-MOST_FRAMES:] if self.sample and self.sample.error else ()

    @property
    def own_frames(self) -> list[Frame]:
        """The frames of the job's own code, innermost first."""
        return [frame for frame in reversed(self.frames) if frame.own]

    @cached_property
    def splits(self) -> Splits | None:
        """How the group divides; None when it cannot be read, and `problem` says why."""
        return self._read("splits", lambda: self.bundle.samples.splits(self._sampled, self._counts))

    @cached_property
    def contrast(self) -> Contrast | None:
        """How its arguments differ from those of succeeded jobs; None as for `splits`."""
        return self._read("contrast", lambda: self.bundle.samples.contrast(self._sampled, self._counts))

    @property
    def only_place(self) -> tuple[str, str]:
        """The one source and queue that it is in, so that no other queue need be asked; empty when there are more."""
        places = {(row.source, row.queue) for row in self.rows}
        return places.pop() if len(places) == 1 else ("", "")

    @property
    def _sampled(self) -> Selector:
        source, queue = self.only_place
        return self.about.narrowed(source=source, queue=queue) if queue else self.about

    @property
    def _counts(self) -> dict[tuple[str, str], int] | None:
        """Dead letters by source and queue; None when there may be more queues."""
        if len(self.rows) >= MOST_QUEUES:
            return None
        return {(row.source, row.queue): row.count for row in self.rows}

    def _read(self, name: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except AdapterError as error:
            self.problem[name] = str(error)
            return None

    @cached_property
    def emptied_by(self) -> Operation | None:
        """The newest operation that requeued or purged this group, when it is among the newest 200."""
        try:
            newest = self.bundle.operations.list(limit=LOOKED_THROUGH).items
        except AdapterError:
            return None
        return next((each for each in islice(newest, LOOKED_THROUGH) if self._took(each)), None)

    def _took(self, operation: Operation) -> bool:
        chosen = any(selector.fingerprint == self.fingerprint for selector in operation.selectors)
        return chosen and operation.action in (Action.REQUEUE, Action.PURGE)

    @cached_property
    def elsewhere(self) -> int:
        """Dead letters of the group outside of what the address narrows it to."""
        if self.about == Selector(fingerprint=self.fingerprint):
            return 0
        everywhere = Selector(fingerprint=self.fingerprint)
        return sum(row.count for row in self.bundle.sources.groups(everywhere, order="count", limit=MOST_QUEUES).items)
