"""What is asked of sources more rarely than their numbers, once for all who need it."""

from __future__ import annotations

from functools import partial

from dashboard.adapters.contract import ErrorGroup, Load, Page, Selector
from dashboard.adapters.memo import Memo
from dashboard.adapters.sources import Sources

LOAD_SECONDS = 30.0
GROUPS_SECONDS = 15.0
LATEST_GROUPS = 50


class Occasional:
    """Shares what was read for a while.

    Args:
        sources: what is asked.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._loads: Memo[Load] = Memo(LOAD_SECONDS)
        self._groups: Memo[Page[ErrorGroup]] = Memo(GROUPS_SECONDS)

    def load(self, source: str) -> Load:
        """How full a source's server is, at most half a minute old. Raises SourceUnavailable."""
        return self._loads.get(source, self._sources.get(source).load)

    def latest_groups(self, source: str, queue: str = "") -> Page[ErrorGroup]:
        """The 50 groups that failed last, at most 15 seconds old. Raises SourceUnavailable."""
        chosen = Selector(source, queue)
        return self._groups.get(chosen, partial(self._sources.groups, chosen, limit=LATEST_GROUPS))
