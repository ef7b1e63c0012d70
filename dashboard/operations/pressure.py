"""Limits that a target queue or its server can be over, as they are stored and as they are said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboard.durations import duration_words
from dashboard.language import N_, gettext, number

_SAID = {
    "waits": N_("%(queue)s’s oldest pending job waits %(value)s, limit %(limit)s"),
    "fails": N_("%(value)s of %(queue)s’s attempts fail, limit %(limit)s"),
    "memory": N_("Redis uses %(value)s of its memory, limit %(limit)s"),
}


@dataclass(frozen=True, slots=True)
class Pressure:
    """One value over its limit: seconds for `waits`, shares from 0 to 1 for `fails` and `memory`."""

    kind: Literal["waits", "fails", "memory"]
    value: float
    limit: float
    queue: str = ""

    def __str__(self) -> str:
        """The value and its limit, in the language of who reads it."""
        said = duration_words if self.kind == "waits" else _percent
        return gettext(_SAID[self.kind], queue=self.queue, value=said(self.value), limit=said(self.limit))


def per_second(rate: float) -> str:
    """`40/s`, `2.5/s`."""
    return gettext("%(num)s/s", num=number(rate, 0 if rate >= 10 or round(rate, 1).is_integer() else 1))


def _percent(share: float) -> str:
    return gettext("%(num)s %%", num=number(100 * share))
