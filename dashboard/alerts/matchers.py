"""Which alerts a silence or a maintenance window means. No input or output here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from dashboard.adapters.contract import InvalidRequest
from dashboard.alerts.records import Alert
from dashboard.language import N_

OPERATORS = ("=", "!=", "~", "!~")
FIELDS = ("rule", "source", "queue", "type", "fingerprint", "severity")
MOST = 10
LONGEST = 200
_WRITTEN = re.compile(r"\s*([a-z]+)\s*(!=|!~|=|~)(.*)", re.DOTALL)


class InvalidMatcher(InvalidRequest):
    """A matcher is not understood, or there are none."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition, written `queue=billing` or `queue~bill*`.

    name: of `FIELDS`; `fingerprint` is the error group that the alert is narrowed to. operator: `=` exactly, `~` as a
    pattern with `*`, `?` and `[…]`, `!=` and `!~` the contrary. value: may be empty, which an alert of a whole source
    has as its queue.

    Raises:
        ValueError: there is no such name or operator, as in what another version stored.
    """

    name: str
    operator: str
    value: str

    def __post_init__(self) -> None:
        if self.name not in FIELDS or self.operator not in OPERATORS:
            raise ValueError(f"{self.name}{self.operator}: no such condition")

    def matches(self, alert: Alert) -> bool:
        """Whether an alert is meant."""
        own = alert.group if self.name == "fingerprint" else str(getattr(alert, self.name))
        same = own == self.value if self.operator in ("=", "!=") else fnmatchcase(own, self.value)
        return same != self.operator.startswith("!")

    def __str__(self) -> str:
        return f"{self.name}{self.operator}{self.value}"


def parse(text: str) -> Matcher:
    """A matcher as it is written.

    Raises:
        InvalidMatcher: it is not one.
    """
    found = _WRITTEN.fullmatch(text[: LONGEST + 40])
    if found is None:
        raise InvalidMatcher(
            N_("%(text)s is not understood; write such as queue=billing or queue~bill*"), text=repr(text[:60])
        )
    name, operator, value = found[1], found[2], found[3].strip()
    if name not in FIELDS:
        known = ", ".join(FIELDS)
        raise InvalidMatcher(N_("nothing of an alert is called %(name)s; known: %(known)s"), name=name, known=known)
    if len(value) > LONGEST:
        raise InvalidMatcher(N_("%(name)s: at most %(most)s characters"), name=name, most=LONGEST)
    return Matcher(name, operator, value)


def parse_all(texts: Iterable[str]) -> tuple[Matcher, ...]:
    """Several; all of them must hold.

    Raises:
        InvalidMatcher: one is not understood, there are more than ten, or none: that would mean every alert.
    """
    found = tuple(dict.fromkeys(parse(text) for text in texts if text.strip()))
    if not found:
        raise InvalidMatcher(N_("say which alerts are meant, such as queue=billing; rule~* means all"))
    if len(found) > MOST:
        raise InvalidMatcher(N_("at most %(most)s conditions"), most=MOST)
    return found


def all_match(matchers: Iterable[Matcher], alert: Alert) -> bool:
    """Whether every condition holds."""
    return all(matcher.matches(alert) for matcher in matchers)


def exactly(alert: Alert) -> tuple[Matcher, ...]:
    """What means this alert and no other."""
    own = {"rule": alert.rule, "source": alert.source, "queue": alert.queue, "type": alert.type,
           "fingerprint": alert.group}  # fmt: skip
    return tuple(Matcher(name, "=", value) for name, value in own.items() if value or name == "queue")
