"""Silences and maintenance windows in words, and what their form was given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboard.adapters.contract import InvalidRequest, Timing
from dashboard.alerts.matchers import Matcher
from dashboard.alerts.records import Alert
from dashboard.alerts.silences import Silence, match
from dashboard.alerts.windows import NAMED, Window
from dashboard.alerts.windows import match as match_window
from dashboard.appearance import Appearance
from dashboard.durations import duration_words
from dashboard.filters import date_time, here
from dashboard.language import N_, gettext
from dashboard.schedule_words import timing_words

SPANS = (("30m", 1_800), ("1h", 3_600), ("4h", 14_400))
_PLAIN = ("rule", "source", "queue")


def means(matchers: Sequence[Matcher]) -> str:
    """`too-many-failed on billing`, `All rules on reports`; what is more than that as it is written."""
    exact = {each.name: each.value for each in matchers if each.operator == "="}
    if len(exact) != len(matchers) or any(name not in _PLAIN and value for name, value in exact.items()):
        return ", ".join(map(str, matchers))
    where = exact.get("queue") or exact.get("source", "")
    rule = exact.get("rule") or gettext("All rules")
    return gettext("%(rule)s on %(where)s", rule=rule, where=where) if where else rule


def alert_name(alert: Alert) -> str:
    """`“too-many-failed” on billing`, for the question."""
    return gettext("“%(rule)s” on %(where)s", rule=alert.rule, where=alert.queue or alert.source)


def left(silence: Silence, now: float) -> str:
    """How long it still holds."""
    if silence.until_resolved:
        return gettext("until resolved")
    return gettext("%(time)s left", time=duration_words(max(60.0, 60 * ((silence.ends_at - now) // 60))))


def timing(window: Window) -> str:
    """`Every day at 02:00 (Europe/Berlin), for 2 h`."""
    when = timing_words(Timing(window.cron, expression=window.cron, zone=window.zone))
    return gettext("%(when)s, for %(time)s", when=when, time=duration_words(window.seconds))


class Mutes:
    """What keeps alerts quiet at a moment, with what a page says of it."""

    def __init__(self, silences: Sequence[Silence], windows: Sequence[Window], now: float) -> None:
        self._silences = {each.id: each for each in silences if each.active(now)}
        self._windows = {f"{NAMED}{each.name}": each for each in windows if each.open_since(now) is not None}
        self._now = now

    def of(self, alert: Alert) -> str:
        """The id of the silence, or `window:` and the name, that means an alert; empty when nothing does."""
        return match(self._silences.values(), alert) or match_window(self._windows.values(), alert)

    def why(self, alert: Alert) -> str:
        """Why an alert tells nobody, as a sentence; empty when it is not silenced."""
        name = self.of(alert)
        if name in self._silences:
            return silenced(self._silences[name])
        if name not in self._windows:
            return ""
        window = self._windows[name]
        until = date_time((window.open_since(self._now) or 0.0) + window.seconds)
        return _because(gettext("Maintenance window %(name)s until %(time)s", name=window.name, time=until),
                        window.comment)  # fmt: skip


def silenced(silence: Silence) -> str:
    """`Silenced by ann until 25 Nov 15:00 UTC: restore`."""
    if silence.until_resolved:
        return _because(gettext("Silenced by %(name)s until it is resolved", name=silence.author), silence.comment)
    until = date_time(silence.ends_at)
    return _because(gettext("Silenced by %(name)s until %(time)s", name=silence.author, time=until), silence.comment)


def end_of(form: Mapping[str, str], now: float, known: float | None = None) -> float | None:
    """When a silence ends, from what the form was given; None: when resolved. Raises InvalidRequest.

    Args:
        form: what was entered.
        now: unix seconds.
        known: the end that it had, which stays to the second when the form still shows it.
    """
    chosen = form.get("for", "")
    if chosen == "resolved":
        return None
    if chosen in dict(SPANS):
        return now + dict(SPANS)[chosen]
    until = form.get("until", "").strip()
    if known is not None and until == typed(known):
        return known
    try:
        at = datetime.fromisoformat(until)
    except ValueError:
        raise InvalidRequest(N_("say until when, such as 2026-11-25T18:00")) from None
    placed = at if at.tzinfo else at.replace(tzinfo=Appearance.from_cookie().zone)
    return placed.timestamp()


def typed(at: float) -> str:
    """A time as a form takes it, in the viewer's zone."""
    when = here(at)
    return f"{when:%Y-%m-%dT%H:%M}" if when else ""


def _because(sentence: str, reason: str) -> str:
    return gettext("%(sentence)s: %(reason)s", sentence=sentence, reason=reason) if reason else f"{sentence}."


FILTERS: dict[str, Callable[..., Any]] = {"silence_means": means, "silence_left": left, "window_timing": timing}
