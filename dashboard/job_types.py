"""The table of a queue's job types: what they did in the last hour, and what of them is in the queue now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.contract import AdapterError, JobType, Queue
from dashboard.once import shared
from dashboard.percentiles import percentile
from dashboard.services import Services

MOST = 50
"""Rows of the table."""


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One type. lately: None where the source does not keep it, or nothing of the type ended. now: jobs by state."""

    name: str
    lately: JobType | None
    now: Mapping[str, int]

    @property
    def failed_share(self) -> float | None:
        """Failed attempts as a share of those that ended."""
        return self.lately.failed_attempts / self.lately.attempts if self.lately and self.lately.attempts else None

    def percentile(self, share: float) -> float | None:
        """Seconds within which a share of the runs that succeeded ended; None when none did."""
        return percentile(self.lately.run_seconds, share) if self.lately else None


def types_of(bundle: Services, queue: Queue) -> dict[str, Any]:
    """The template context of `queue/_types.html`: rows with most attempts first, then those that are only waiting."""
    problem = ""
    try:
        adapter = bundle.sources.get(queue.source)
        kept = shared(("types", queue.source, queue.name), lambda: adapter.types(queue.name))
    except AdapterError as error:
        kept, problem = None, str(error)
    lately = {each.name: each for each in kept.types} if kept else {}
    names = [*lately, *sorted(name for name in queue.by_type if name not in lately)]
    rows = [TypeRow(name, lately.get(name), queue.by_type.get(name, {})) for name in names]
    return {
        "types": rows[:MOST],
        "types_total": len(rows),
        "types_since": kept.since if kept else None,
        "types_problem": problem,
    }
