"""What is recorded of a source besides the numbers of its queues: how full its server is, and which errors are new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from dashboard.adapters.contract import Capability, Load
from dashboard.adapters.occasional import Occasional
from dashboard.adapters.snapshot import SourceSnapshot
from dashboard.history.bucket import UNTOLD
from dashboard.history.levels import of_source
from dashboard.history.new_groups import NewGroups


class Besides:
    """Asks sources for it. What one of them cannot answer is not known, and the rest is recorded all the same.

    Args:
        occasional: what they are asked more rarely.
    """

    def __init__(self, occasional: Occasional) -> None:
        self._occasional = occasional
        self._new_groups = NewGroups()

    def of(
        self, source: SourceSnapshot, before: float | None, now: float
    ) -> tuple[Mapping[str, int | None], Callable[[str], int | None]]:
        """The levels of a source that answers, and how many new error groups each queue has.

        Args:
            source: as it was just read.
            before: when it was last read, None for never. now: unix seconds.
        """
        found = self._found(source, before, now)
        none = None if Capability.GROUPS in source.capabilities else UNTOLD
        whole = none if found is None else found.total()
        return of_source(self._load(source.name), whole), lambda queue: none if found is None else found[queue]

    def _found(self, source: SourceSnapshot, before: float | None, now: float) -> Counter[str] | None:
        if Capability.GROUPS not in source.capabilities:
            return None
        try:
            groups = self._occasional.latest_groups(source.name).items
        except Exception:  # noqa: BLE001 - a rule that needs them says what is wrong
            return None
        found = self._new_groups.found(source.name, groups, before, now)
        return None if before is None else found

    def _load(self, source: str) -> Load | None:
        try:
            return self._occasional.load(source)
        except Exception:  # noqa: BLE001 - the same
            return None
