"""How old failures are that are known by looking for them: said when nobody has looked lately, and never else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.adapters.snapshot import Snapshot
from dashboard.durations import length
from dashboard.language import gettext

LATE_SECONDS = 60.0
"""A collector looks each second, and notes that every ten."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A source whose failures nobody has looked for since a time (unix seconds); 0 for never."""

    source: str
    as_of: float

    def said(self, now: float) -> str:
        """In words."""
        if not self.as_of:
            return gettext("Failures of %(source)s are not known", source=self.source)
        return gettext("Failures of %(source)s as of %(time)s ago", source=self.source, time=length(now - self.as_of))


def stale(snapshot: Snapshot, now: float, source: str = "", queue: str = "") -> Iterator[Stale]:
    """Sources that answer and whose failures are old; of one source or one queue where it is named."""
    for each in snapshot.sources:
        if not each.up or source not in ("", each.name):
            continue
        told = [one.failures_as_of for one in each.queues if queue in ("", one.name) and one.failures_as_of is not None]
        if told and now - max(told) > LATE_SECONDS:
            yield Stale(each.name, max(told))
