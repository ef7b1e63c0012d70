"""The time ranges of charts, by name, and how long the buckets are that are drawn of each."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.history.history import RANGES
from dashboard.language import gettext, ngettext
from dashboard.web import notice

SIZES = {"15m": 10, "1h": 60, "6h": 120, "24h": 300, "7d": 1_800, "30d": 7_200}
"""Seconds of a bucket: at most 360 of them are drawn."""
USUAL, FIRST = "1h", "15m"


@dataclass(frozen=True, slots=True)
class Range:
    """seconds: its length. size: seconds of a bucket."""

    name: str

    @property
    def seconds(self) -> int:
        """Its length."""
        return RANGES[self.name]

    @property
    def size(self) -> int:
        """Seconds of a bucket."""
        return SIZES[self.name]

    @property
    def unit(self) -> str:
        """What is counted in a bucket: of one longer than a minute its highest minute is drawn."""
        if self.size < 60:
            return gettext("per 10 s")
        return gettext("per minute") if self.size == 60 else gettext("per minute, highest")

    @property
    def buckets(self) -> str:
        """How long the buckets are, in words."""
        if self.size < 60:
            return gettext("ten-second buckets")
        if self.size < 3_600:
            return ngettext("one-minute buckets", "%(num)s-minute buckets", self.size // 60)
        return ngettext("one-hour buckets", "%(num)s-hour buckets", self.size // 3_600)


def asked(text: str) -> Range | None:
    """The range of that name; None when none was asked for, or it is not known, which a notice says."""
    if text and text not in RANGES:
        known = ", ".join(RANGES)
        notice(gettext("range %(name)s is not known, so the usual one is shown; there are %(known)s.",
                 name=repr(text[:20]), known=known))  # fmt: skip
    return Range(text) if text in RANGES else None


def usual(since: float | None, now: float) -> Range:
    """The range that is shown when none is asked for: an hour, and 15 minutes as long as the history is younger.

    Args:
        since: unix seconds since when there is a history, None when there is none.
        now: unix seconds.
    """
    young = since is not None and now - since < RANGES[FIRST]
    return Range(FIRST if young else USUAL)
