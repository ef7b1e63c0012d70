"""What the form of a maintenance window was given, as a window, and a window as the form shows it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

from dashboard.adapters.contract import InvalidRequest
from dashboard.alerts.rules import seconds, written
from dashboard.alerts.windows import Window, Windows
from dashboard.filters import here
from dashboard.language import N_, UNKNOWN, day, pgettext

SHOWN = 3
DAYS = "0123456"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_WEEKLY = re.compile(r"(\d{1,2}) (\d{1,2}) \* \* (\*|[0-6](?:,[0-6])*)")


@dataclass(frozen=True, slots=True)
class Coming:
    """When a window opens next, in words. times: the next ones, empty when that is not known yet.

    overlaps: it opens again before it is over. problem: why no time can be shown.
    """

    times: tuple[str, ...] = ()
    overlaps: bool = False
    problem: str = ""


def made(windows: Windows, form: Mapping[str, str], days: Collection[str], name: str = "") -> Window:
    """The window that a form describes; not kept yet.

    Args:
        windows: what makes it.
        form: what was entered.
        days: the days of the week that were ticked.
        name: of the window that is changed.

    Raises:
        InvalidRequest: a value is not possible.
    """
    chosen = name or form.get("name", "").strip()
    if not _NAME.fullmatch(chosen):
        raise InvalidRequest(N_("the name: letters, digits, dots, hyphens and underscores, at most 64"))
    cron, lasts = _cron(form, days), _lasts(form)
    return windows.made(chosen, form.get("match", "").splitlines(), cron, lasts, zone=form.get("zone", "UTC"),
                        comment=form.get("comment", "").strip()[:300])  # fmt: skip


def coming(windows: Windows, form: Mapping[str, str], days: Collection[str], now: float) -> Coming:
    """When the window of a form would open next; who it means and what it is called do not count yet."""
    try:
        window = windows.made("preview", ["rule~*"], _cron(form, days), _lasts(form), zone=form.get("zone", "UTC"))
    except InvalidRequest as error:
        return Coming(problem=str(error))
    times = window.coming(now, SHOWN)
    overlaps = any(end >= begin for (_, end), (begin, _) in pairwise(times))
    return Coming(tuple(_words(*each) for each in times), overlaps)


def entered(window: Window) -> tuple[dict[str, str], list[str]]:
    """The form filled in as a window is, and the days that are ticked."""
    form = {
        "name": window.name, "match": "\n".join(map(str, window.matchers)), "cron": window.cron, "zone": window.zone,
        "for": written(window.seconds), "comment": window.comment, "by": "cron",
    }  # fmt: skip
    weekly = _WEEKLY.fullmatch(window.cron)
    if weekly is None:
        return form, list(DAYS)
    days = list(DAYS) if weekly[3] == "*" else weekly[3].split(",")
    return form | {"by": "days", "time": f"{int(weekly[2]):02}:{int(weekly[1]):02}"}, days


def _cron(form: Mapping[str, str], days: Collection[str]) -> str:
    if form.get("by") == "cron":
        return " ".join(form.get("cron", "").split())[:200]
    clock = _CLOCK.fullmatch(form.get("time", "").strip())
    if clock is None or not days or not set(days) <= set(DAYS):
        raise InvalidRequest(N_("choose at least one day, and a time such as 02:00"))
    return f"{int(clock[2])} {int(clock[1])} * * {'*' if len(set(days)) == 7 else ','.join(sorted(set(days)))}"


def _lasts(form: Mapping[str, str]) -> float:
    try:
        return seconds(form.get("for", "").strip())
    except ValueError:
        raise InvalidRequest(N_("say how long, such as 90m or 2h")) from None


def _words(begin: float, end: float) -> str:
    """`Sun 29 Nov 02:00 – 04:00`; the end with its day when that is another one."""
    first, last = here(begin), here(end)
    if first is None or last is None:
        return UNKNOWN
    pattern = pgettext("pattern", "EEE d MMM")
    days = [day(each.date(), pattern) for each in (first, last)]
    return f"{days[0]} {first:%H:%M} – {'' if days[0] == days[1] else days[1] + ' '}{last:%H:%M}"
