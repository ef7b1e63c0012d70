"""When alerts fired: for annotations of charts, and for pages of rules."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import cast

import structlog
from pydantic import ValidationError

from dashboard.alerts.judgement import period_of
from dashboard.alerts.records import Alert, Period
from dashboard.alerts.storing import period_from
from dashboard.store import Store

MOST_READ = 1_000

log = structlog.get_logger("redrive.alerts")


class Periods:
    """The log of firing periods, which the leading collector writes when one is over.

    Args:
        store: the dashboard's own data.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def between(
        self, since: float, until: float = math.inf, *, firing: Iterable[Alert] = (), source: str = "",
        queue: str | None = None, rule: str = "",
    ) -> list[Period]:  # fmt: skip
        """Periods that overlap a time, the earliest first; at most the 1,000 that ended last, and those that last.

        Args:
            since, until: unix seconds.
            firing: the alerts as they stand; those that fire have a period that lasts.
            source: of this one alone.
            queue: of this one alone; '': of alerts about a whole source; None: of all.
            rule: of this one alone.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        found = overlapping(self._ended(since), firing, until)
        return [each for each in found if _wanted(each, source, queue, rule)]

    def _ended(self, since: float) -> list[bytes]:
        with self._store.errors():
            rows = self._store.client.zrevrangebyscore(
                self._store.periods, "+inf", round(since * 1000), start=0, num=MOST_READ
            )
        return cast("list[bytes]", rows)


def overlapping(ended: Iterable[bytes], firing: Iterable[Alert], until: float = math.inf) -> list[Period]:
    """Stored periods and those of what fires, the earliest first; none that began after `until` (unix seconds)."""
    lasting = [period_of(alert) for alert in firing if alert.unresolved]
    found = [*(period for row in ended for period in _read(row)), *lasting]
    return sorted((each for each in found if each.started <= until), key=lambda each: each.started)


def _wanted(period: Period, source: str, queue: str | None, rule: str) -> bool:
    return source in ("", period.source) and queue in (None, period.queue) and rule in ("", period.rule)


def _read(row: bytes) -> list[Period]:
    try:
        return [period_from(row)]
    except ValidationError:
        log.warning("a stored firing period is not readable")
        return []
