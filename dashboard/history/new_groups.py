"""Which error groups came up between two readings of a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dashboard.adapters.contract import ErrorGroup

LATE = 600.0
"""Seconds after its first failure for which a group that is found only now is a new one."""


class NewGroups:
    """Counts each group of a source once, as long as this collector leads; another one goes on by the time alone."""

    def __init__(self) -> None:
        self._counted: dict[str, dict[tuple[str, str], float]] = {}

    def found(self, source: str, groups: Iterable[ErrorGroup], before: float | None, now: float) -> Counter[str]:
        """How many new ones each queue has.

        Args:
            source: whose groups they are.
            groups: those that failed last.
            before: when the source was last read (unix seconds); what is older was counted then. None: never, so that
                all of them may be old.
            now: unix seconds.
        """
        rows = {(group.queue, group.fingerprint): group.first_seen for group in groups}
        counted = self._counted.get(source)
        if counted is None:
            counted = {key: at for key, at in rows.items() if before is None or at <= before}
        new = {key: at for key, at in rows.items() if key not in counted and at > now - LATE}
        self._counted[source] = {key: at for key, at in (counted | rows).items() if at > now - LATE}
        return Counter(queue for queue, _ in new)
