"""Which error groups a selector means: decided by their type, error and fingerprint, without reading their jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.contract import Selector
from dashboard.adapters.queue_core import filters, residences
from dashboard.adapters.queue_core.access import Access
from dashboard.redaction import Redaction
from queue_core.replies import GroupHead, HeadPage, head_page

FIRST = 50
FURTHER = 400
MOST = 1_000
"""Groups of one queue; it has no more."""
AT_ONCE = 1_300
"""Groups that one script looks at."""

Ask = tuple[str, str, str, int]
"""A queue, the score and fingerprint behind which its groups are read (empty: from the start), and how many."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Reads the heads of error groups.

    Args:
        access: the source.
        redaction: what is hidden in their texts, and so is not found there.
    """

    access: Access
    redaction: Redaction

    def read(self, selector: Selector, order: str, asked: Sequence[Ask]) -> list[HeadPage | Exception]:
        """Groups of several queues by `last` or `count`, counted within the selector's times, or its error."""
        bounds = residences.clock_bounds(selector)
        only = (selector.fingerprint,) if selector.fingerprint else ()
        calls = [(queue, (order, size, score, after, *bounds, *only)) for queue, score, after, size in asked]
        replies = self.access.ask("heads", calls, costs=[1 if only else ask[3] for ask in asked], at_once=AT_ONCE)
        return [reply if isinstance(reply, Exception) else head_page(reply) for reply in replies]

    def meant(
        self, names: Sequence[str], selector: Selector, *, free_text: bool = True
    ) -> dict[str, tuple[GroupHead, ...]]:
        """All groups that a selector means and that have dead letters within its times, by queue."""
        found: dict[str, list[GroupHead]] = {name: [] for name in names}
        asked: list[Ask] = [(name, "", "", FIRST) for name in names]
        while asked:
            further: list[Ask] = []
            for (name, *_, size), page in zip(asked, self.read(selector, "last", asked), strict=True):
                rows = () if isinstance(page, Exception) else page.rows
                found[name] += (each for each in rows if self.means(selector, each, free_text=free_text))
                if len(rows) == size and not selector.fingerprint:
                    further.append((name, rows[-1].score, rows[-1].fingerprint, FURTHER))
            asked = further
        return {name: tuple(heads) for name, heads in found.items() if heads}

    def means(self, selector: Selector, group: GroupHead, *, free_text: bool = True) -> bool:
        """Whether one group is meant."""
        return group.matched > 0 and filters.group_matches(selector, group, self.text(group), free_text=free_text)

    def text(self, group: GroupHead) -> str:
        """The text of a group's error, with secrets hidden."""
        return self.redaction.text(group.message or group.reason)[0]

    def texts(self, wanted: Mapping[str, Iterable[str]]) -> dict[tuple[str, str], str]:
        """The texts of groups given as fingerprints by queue; unknown ones are left out."""
        calls: list[tuple[str, tuple[Any, ...]]] = []
        for queue, fingerprints in wanted.items():
            listed = sorted(set(fingerprints))
            for start in range(0, len(listed), FURTHER):
                chunk = listed[start : start + FURTHER]
                calls.append((queue, ("last", len(chunk), "", "", "-inf", "+inf", *chunk)))
        replies = self.access.ask("heads", calls, costs=[int(given[1]) for _, given in calls], at_once=AT_ONCE)
        return {
            (queue, each.fingerprint): self.text(each)
            for (queue, _), reply in zip(calls, replies, strict=True)
            if not isinstance(reply, Exception)
            for each in head_page(reply).rows
        }
