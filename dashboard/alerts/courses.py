"""The worst value of each rule in each minute of the last hour: little enough to be shown beside every rule."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from dashboard.alerts.records import Alert, Rule

MINUTES = 60
DIGITS = 4
Hour = tuple[float | None, ...]
"""Values by minute, the oldest first; None where there was none to judge."""
Minutes = dict[int, float | None]


class Courses:
    """Gathers them for the collector that leads.

    Args:
        read: gives what is stored of the rules of some names, None for those of which nothing is.
    """

    def __init__(self, read: Callable[[Sequence[str]], Sequence[bytes | None]]) -> None:
        self._read = read
        self._epoch: int | None = None
        self._minute = 0
        self._running: dict[str, float] = {}
        self._known: dict[str, Minutes] = {}

    def note(self, rules: Mapping[str, Rule], values: Mapping[str, float], epoch: int, now: float) -> dict[str, str]:
        """Take the values of one evaluation; what is to be stored by rule, when a minute is over by it.

        Args:
            rules: those that are evaluated, by name.
            values: the worst value of each that has any.
            epoch: of the lease; a collector that leads anew goes on with what is stored.
            now: unix seconds.

        Raises:
            StoreUnavailable: what is stored cannot be read.
        """
        minute = int(now) // 60
        if epoch != self._epoch:
            stored = self._read(list(rules)) if rules else ()
            self._known = {rule.name: _minutes(rule, text) for rule, text in zip(rules.values(), stored, strict=True)}
            self._epoch, self._minute, self._running = epoch, minute, {}
        rows = self._ended(rules) if minute != self._minute else {}
        self._minute = minute
        for name, value in values.items():
            self._running[name] = max(value, self._running.get(name, value))
        return rows

    def _ended(self, rules: Mapping[str, Rule]) -> dict[str, str]:
        gone = dict.fromkeys(self._known.keys() - rules.keys(), "")
        kept = range(self._minute - MINUTES + 1, self._minute + 1)
        for name in rules:
            known = self._known.get(name, {}) | {self._minute: self._running.get(name)}
            self._known[name] = {minute: value for minute, value in known.items() if minute in kept}
        for name in gone:
            del self._known[name]
        self._running = {}
        return gone | {name: _stored(rule, self._known[name], self._minute) for name, rule in rules.items()}


def worst(rules: Mapping[str, Rule], alerts: Iterable[Alert]) -> dict[str, float]:
    """The highest value that each rule has now; a rule without any is left out."""
    found: dict[str, float] = {}
    for alert in alerts:
        if alert.rule in rules and alert.value is not None and math.isfinite(alert.value):
            found[alert.rule] = max(alert.value, found.get(alert.rule, alert.value))
    return found


def hour_until(rule: Rule, stored: bytes | None, minute: int) -> Hour:
    """The 60 minutes that end with the one given (unix minute); empty when none of them is known."""
    known = _minutes(rule, stored)
    values = tuple(known.get(each) for each in range(minute - MINUTES + 1, minute + 1))
    return values if any(value is not None for value in values) else ()


def _stored(rule: Rule, minutes: Minutes, last: int) -> str:
    values = [_short(minutes.get(minute)) for minute in range(last - MINUTES + 1, last + 1)]
    return json.dumps([_about(rule), last, values], separators=(",", ":"))


def _minutes(rule: Rule, stored: bytes | None) -> Minutes:
    """What is stored; nothing when it is damaged, or of another rule that had the name."""
    try:
        about, last, values = json.loads(stored or b"null")
        first = int(last) - len(values) + 1
        known = {first + at: None if value is None else float(value) for at, value in enumerate(values[:MINUTES])}
    except (ValueError, TypeError, OverflowError, RecursionError):
        return {}
    return known if about == _about(rule) and all(math.isfinite(value or 0) for value in known.values()) else {}


def _about(rule: Rule) -> str:
    """What is measured; when that changes, the values of before are those of something else."""
    measured = (
        rule.metric, rule.source, rule.queue, rule.type, rule.group, rule.window_seconds, rule.minimum, rule.objective,
    )  # fmt: skip
    return hashlib.sha256(repr(measured).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _short(value: float | None) -> float | None:
    """With a few digits, since it is drawn twenty pixels high."""
    return None if value is None else float(f"{value:.{DIGITS}g}")
