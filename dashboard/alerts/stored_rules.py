"""Rules made on pages, in the form in which they are stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice

from dashboard.alerts.records import Origin, Rule
from dashboard.alerts.unreadable import READING, Unreadable, another_name, why
from dashboard.alerts.validation import check_rule
from dashboard.settings import RuleSettings

MOST_RULES = 200


@dataclass(frozen=True, slots=True)
class PageRule:
    """A rule made on a page, as it was written there and as it is evaluated.

    author: who wrote it last. written_at: unix seconds. revision: of what is stored, to be given when it is changed.
    """

    given: RuleSettings
    rule: Rule
    author: str
    written_at: float
    revision: str


@dataclass(frozen=True, slots=True)
class Stored:
    """All that is stored, by name. unreadable: what another version wrote, or nobody."""

    rules: dict[str, PageRule] = field(default_factory=dict)
    unreadable: dict[str, Unreadable] = field(default_factory=dict)


def read(rows: Iterable[tuple[bytes, bytes]]) -> Stored:
    """What lies in the store: names and JSON."""
    stored = Stored()
    for raw, text in islice(rows, MOST_RULES):
        name = raw.decode(errors="replace")
        found = _one(name, text)
        if isinstance(found, PageRule):
            stored.rules[name] = found
        else:
            stored.unreadable[name] = found
    return stored


def to_json(given: RuleSettings, author: str, now: float) -> str:
    """A rule as it is stored."""
    written = given.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return json.dumps({"rule": written, "author": author, "written_at": now}, ensure_ascii=False)


def revision(text: bytes) -> str:
    """Tells one version of a stored rule from another."""
    return hashlib.sha256(text).hexdigest()[:12]


def _one(name: str, text: bytes) -> PageRule | Unreadable:
    try:
        stored = json.loads(text)
        given = RuleSettings.model_validate(stored["rule"])
        rule = replace(check_rule(given, given.channels or (), (given.source,)), origin=Origin.PAGE)
        if rule.name != name:
            return Unreadable(name, another_name(rule.name), revision(text))
        return PageRule(given, rule, str(stored["author"]), float(stored["written_at"]), revision(text))
    except READING as error:
        return Unreadable(name, why(error), revision(text))
