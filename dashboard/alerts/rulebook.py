"""The rules: built in, of the settings file, and made on pages, which are kept in the store."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, cast

import structlog
from pydantic import ValidationError

from dashboard.adapters.contract import ActionRefused, AdapterError, InvalidRequest, NotFound
from dashboard.alerts.problems import Problem, problem_of
from dashboard.alerts.records import Origin, Rule
from dashboard.alerts.rules import rules_of
from dashboard.alerts.validation import WrongRule, check_rule
from dashboard.audit.actor import who
from dashboard.audit.log import AuditLog, Entry
from dashboard.language import N_
from dashboard.settings import RuleSettings, Settings, SettingsError
from dashboard.store import Store

MOST_RULES = 200
REMEMBERED_SECONDS = 5.0

log = structlog.get_logger("redrive.alerts")


class UnknownRule(NotFound):
    """No rule made on a page has that name."""


class InvalidRule(InvalidRequest):
    """A rule cannot be as it was given; by its text and `problems` it says why in the language of who reads it.

    Args:
        problems: what is wrong.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = list(problems)
        super().__init__("; ".join(f"{each.field}: {each.english}" for each in found))
        self.problems = {each.field: str(each) for each in found}

    def __str__(self) -> str:
        """All of it."""
        return "; ".join(f"{field}: {text}" for field, text in self.problems.items())


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


class RuleBook:
    """All rules; those of a page may replace or turn off a built-in one, never one of the settings file.

    Args:
        store: where those made on pages are kept.
        settings: the others, and the sources and channels that rules may name.
        clock: gives unix seconds.
        audit: what was changed, and by whom.
        channels: gives the names of all channels; those of the settings when it is left out.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Callable[[], float],
        audit: AuditLog,
        channels: Callable[[], Collection[str]] | None = None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._audit = audit
        self._channels = channels or (lambda: [each.name for each in settings.channels])
        self._known: dict[str, PageRule] = {}
        self._read_at: float | None = None

    def rules(self) -> list[Rule]:
        """Every rule, turned off ones too; those made on pages as last read while the store does not answer."""
        try:
            made = self.made()
        except AdapterError:
            made = self._known
            self._remember(made)  # so that the parts of one page do not wait for a silent store again and again
        rules = {rule.name: rule for rule in rules_of(self._settings.alerts)}
        for name, page_rule in sorted(made.items()):
            known = rules.get(name)
            if known is None or known.origin == Origin.BUILT_IN:
                rules[name] = replace(page_rule.rule, built_in=known is not None)
        return list(rules.values())

    def made(self) -> dict[str, PageRule]:
        """Those made on pages, by name, as `take` was given them lately, or read now. Raises StoreUnavailable."""
        if self._read_at is None or time.monotonic() - self._read_at > REMEMBERED_SECONDS:
            self._remember(self._read())
        return self._known

    def take(self, flat: Sequence[bytes]) -> None:
        """What somebody read who reads the alerts anyway: name, JSON, …."""
        self._remember(_page_rules(zip(flat[::2], flat[1::2], strict=True)))

    def _remember(self, known: dict[str, PageRule]) -> None:
        self._known, self._read_at = known, time.monotonic()

    def one(self, name: str) -> PageRule:
        """One made on a page. Raises UnknownRule, StoreUnavailable."""
        self._read_at = None
        found = self.made().get(name)
        if found is None:
            raise UnknownRule(N_("no rule made on a page is called %(name)s"), name=name[:64])
        return found

    def checked(self, values: dict[str, Any], old: str = "") -> tuple[RuleSettings, Rule]:
        """A rule as it is written in the settings file, and what it means; nothing is kept.

        Args:
            values: by the names that the settings file has.
            old: name of the rule that it replaces; a source or channel that this one names may be gone by now.

        Raises:
            InvalidRule: which fields are wrong, and why.
        """
        try:
            given = RuleSettings.model_validate(values)
        except ValidationError as error:
            raise InvalidRule(map(problem_of, error.errors())) from error
        try:
            rule = check_rule(given, *self._known_names(old))
        except WrongRule as error:
            raise InvalidRule([error.problem]) from error
        return given, replace(rule, origin=Origin.PAGE)

    def add(self, values: dict[str, Any]) -> Rule:
        """Keep a new rule.

        Raises:
            InvalidRule: it cannot be so, or its name is that of a rule of the file or of another page.
            ActionRefused: there are 200 already.
        """
        given, rule = self.checked(values)
        if any(each.name == given.name for each in self._settings.alerts.rules):
            raise InvalidRule([Problem("name", N_("the settings file has a rule of this name; change it there"))])
        if given.name in self._read():
            raise InvalidRule([Problem("name", N_("there is a rule of this name; change that one"))])
        text = self._text(given)
        if not self._store.run("alerts", "add", (self._store.page_rules,), (given.name, text, "0", MOST_RULES)):
            raise ActionRefused(N_("there are %(most)s rules made on pages; delete one first"), most=MOST_RULES)
        self._changed("add", given)
        return rule

    def change(self, name: str, values: dict[str, Any], seen: str) -> Rule:
        """Put a rule in place of the one of that name.

        Args:
            name: of the rule, which stays.
            values: as `checked` takes them.
            seen: the revision that was read before.

        Raises:
            InvalidRule: it cannot be so. UnknownRule: there is none. ActionRefused: somebody changed it meanwhile.
        """
        given, rule = self.checked({**values, "name": name}, old=name)
        self._exchange(name, seen, self._text(given))
        self._changed("edit", given)
        return rule

    def delete(self, name: str, seen: str) -> None:
        """Forget a rule; a built-in one that it replaced holds again. Raises UnknownRule, ActionRefused."""
        given = self.one(name).given
        self._exchange(name, seen, "")
        self._changed("delete", given)

    def _known_names(self, old: str) -> tuple[set[str], set[str]]:
        """Channels and sources that a rule may name."""
        stored = self.made().get(old) if old else None
        channels, sources = set(self._channels()), {source.name for source in self._settings.sources}
        if stored:
            channels.update(stored.given.channels or ())
            sources.add(stored.given.source)
        return channels, sources

    def _exchange(self, name: str, seen: str, text: str) -> None:
        with self._store.errors():
            stored = cast("bytes | None", self._store.client.hget(self._store.page_rules, name))
        if stored is None:
            raise UnknownRule(N_("no rule made on a page is called %(name)s"), name=name[:64])
        same = _revision(stored) == seen
        if not same or not self._store.run("alerts", "exchange", (self._store.page_rules,), (name, stored, text)):
            raise ActionRefused(N_("the rule %(name)s was changed meanwhile; look at it again"), name=name)

    def _changed(self, action: str, given: RuleSettings) -> None:
        self._read_at = None
        condition = f"{given.metric} above {given.above:g} for {given.for_}"
        self._audit.record(Entry(action, "rule", given.source, given.queue, given.name, detail=condition))

    def _text(self, given: RuleSettings) -> str:
        written = given.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return json.dumps({"rule": written, "author": who(), "written_at": self._clock()}, ensure_ascii=False)

    def _read(self) -> dict[str, PageRule]:
        with self._store.errors():
            return _page_rules(self._store.client.hscan_iter(self._store.page_rules, count=MOST_RULES))


def _page_rules(rows: Iterable[tuple[bytes, bytes]]) -> dict[str, PageRule]:
    known = ((name.decode(errors="replace"), _page_rule(text)) for name, text in islice(rows, MOST_RULES))
    return {name: rule for name, rule in known if rule is not None}


def _page_rule(text: bytes) -> PageRule | None:
    """None for what an other version wrote, or nobody."""
    try:
        stored = json.loads(text)
        given = RuleSettings.model_validate(stored["rule"])
        rule = replace(check_rule(given, given.channels or (), (given.source,)), origin=Origin.PAGE)
        return PageRule(given, rule, str(stored["author"]), float(stored["written_at"]), _revision(text))
    except (ValueError, TypeError, KeyError, SettingsError) as error:
        log.warning("a stored alert rule is not readable", error=type(error).__name__)
        return None


def _revision(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:12]
