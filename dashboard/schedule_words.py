"""When a schedule is due, in words of the viewer's language, and how its runs went."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, get_day_names, get_month_names
from cron_descriptor import ExpressionDescriptor, FormatError, MissingFieldError, Options, WrongArgumentError

from dashboard.adapters.contract import ScheduledRun, State, Timing
from dashboard.durations import duration_words
from dashboard.filters import date_time, moment
from dashboard.language import N_, UNKNOWN, gettext, locale, ngettext, pgettext

_LOCALES = {"de": "de_DE", "fr": "fr_FR", "es": "es_ES", "ja": "ja_JP", "zh": "zh_CN"}
_ENGLISH = Locale("en")
_NAMED = frozenset((
    "sun", "mon", "tue", "wed", "thu", "fri", "sat",
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
))  # fmt: skip
_EVERY: tuple[tuple[int, Callable[[int], str]], ...] = (
    (86_400, lambda n: ngettext("Every day", "Every %(num)s days", n)),
    (3_600, lambda n: ngettext("Every hour", "Every %(num)s hours", n)),
    (60, lambda n: ngettext("Every minute", "Every %(num)s minutes", n)),
    (1, lambda n: ngettext("Every second", "Every %(num)s seconds", n)),
)
_OUTCOMES: dict[State | None, tuple[str, str]] = {
    State.SUCCEEDED: ("good", N_("Succeeded")),
    State.FAILED: ("bad", N_("Failed")),
    State.PROCESSING: ("info", N_("Running")),
    State.RETRYING: ("warn", N_("Retrying")),
    State.PENDING: ("off", N_("Waiting")),
    State.SCHEDULED: ("off", N_("Waiting")),
    State.CANCELLED: ("gone", N_("Cancelled")),
    None: ("gone", N_("No longer known")),
}


def timing_words(timing: Timing) -> str:
    """`Every day at 02:00 UTC`, `Every 2 minutes`; what cannot be said in words as its product writes it."""
    if timing.seconds is not None:
        return _interval(timing.seconds)
    if timing.at is not None:
        return gettext("Once, %(moment)s", moment=date_time(timing.at))
    if not timing.expression:
        return timing.text
    ours = _ours(timing.expression.lower().split())
    words, timed = ours or _described(timing.expression, str(locale()))
    if not timed:
        return words
    return f"{words} UTC" if ours and timing.zone == "UTC" else f"{words} ({timing.zone})"


def in_zone(at: float | None, zone: str) -> str:
    """`27 Nov 02:00` in a time zone, which is named elsewhere."""
    when = None if at is None else moment(at)
    if when is None:
        return UNKNOWN
    try:
        there = when.astimezone(ZoneInfo(zone or "UTC"))
    except (OSError, ValueError, LookupError):
        there = when
    clock = f"{there:%H:%M:%S}" if there.second else f"{there:%H:%M}"
    pattern = pgettext("pattern", "d MMM")
    return f"{format_date(there, pattern, locale=locale())} {clock}"


def outcome(run: ScheduledRun) -> tuple[str, str]:
    """How a run stands: the name of its mark, and the words."""
    mark, words = _OUTCOMES.get(run.state, _OUTCOMES[None])
    return mark, gettext(words)


def outcomes_words(runs: Sequence[ScheduledRun]) -> str:
    """`Last 3 runs: 2 × Succeeded, 1 × Failed`, for who does not see the marks."""
    counts: dict[str, int] = {}
    for run in runs:
        words = outcome(run)[1]
        counts[words] = counts.get(words, 0) + 1
    listed = ", ".join(f"{count} × {words}" for words, count in counts.items())
    return ngettext("Last run: %(listed)s", "Last %(num)s runs: %(listed)s", len(runs), listed=listed)


def _interval(seconds: float) -> str:
    for size, words in _EVERY:
        if seconds >= size and seconds % size == 0:
            return words(int(seconds // size))
    return gettext("Every %(time)s", time=duration_words(seconds))


def _ours(fields: list[str]) -> tuple[str, bool] | None:
    """The commonest expressions, which read better in words of ours, and whether they name a time of day."""
    if len(fields) != 5:
        return None
    minute, hour, day, month, weekday = fields
    if fields == ["*"] * 5:
        return ngettext("Every minute", "Every %(num)s minutes", 1), False
    if fields == ["0", "*", "*", "*", "*"]:
        return ngettext("Every hour", "Every %(num)s hours", 1), False
    if month != "*" or not re.fullmatch(r"\d{1,2} \d{1,2}", f"{minute} {hour}"):
        return None
    words = _daily(f"{int(hour):02}:{int(minute):02}", day, weekday)
    return (words, True) if words else None


def _daily(clock: str, day: str, weekday: str) -> str:
    if (day, weekday) == ("*", "*"):
        return gettext("Every day at %(time)s", time=clock)
    if day == "*" and weekday in ("1-5", "mon-fri"):
        return gettext("Monday to Friday at %(time)s", time=clock)
    if day == "*" and weekday in tuple("01234567"):
        name = get_day_names("wide", locale=locale())[(int(weekday) - 1) % 7]
        return gettext("Every %(weekday)s at %(time)s", weekday=name, time=clock)
    if weekday == "*" and re.fullmatch(r"\d{1,2}", day):
        return gettext("On day %(day)s of every month at %(time)s", day=int(day), time=clock)
    return ""


@lru_cache(maxsize=512)
def _described(expression: str, language: str) -> tuple[str, bool]:
    """Words of a library; what only our scheduler knows, such as `last`, stays as it is written."""
    if not set(re.findall(r"[a-z]+", expression.lower())) <= _NAMED:
        return expression, True
    options = Options(locale_code=_LOCALES.get(language[:2], "en_US"), use_24hour_time_format=True)
    try:
        words = str(ExpressionDescriptor(expression[:200], options).get_description())
    except (FormatError, MissingFieldError, WrongArgumentError, ValueError, LookupError, TypeError):
        return expression, True
    return _with_names(words, Locale.parse(language)), bool(re.search(r"\d\d:\d\d", words))


def _with_names(words: str, language: Locale) -> str:
    """Days and months in the language of the rest: the library takes their names from the process, in English."""
    if language.language == "en":
        return words
    for names in (get_day_names, get_month_names):
        own = names("wide", locale=language)
        for number, english in names("wide", locale=_ENGLISH).items():
            words = re.sub(rf"(?<![A-Za-z]){english}(?![a-z])", str(own[number]), words)
    return words
