"""The rules: built in, of the settings file, and made on pages, which are kept in the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

from pydantic import ValidationError

from dashboard.adapters.contract import ActionRefused, AdapterError, InvalidRequest, NotFound
from dashboard.alerts.problems import Problem, problem_of
from dashboard.alerts.records import Origin, Rule
from dashboard.alerts.rules import rules_of
from dashboard.alerts.stored_rules import MOST_RULES, PageRule, Stored, read, revision, to_json
from dashboard.alerts.unreadable import Unreadable
from dashboard.alerts.validation import WrongRule, check_rule
from dashboard.audit.actor import who
from dashboard.audit.log import AuditLog, Entry
from dashboard.language import N_
from dashboard.settings import RuleSettings, Settings
from dashboard.store import Store

REMEMBERED_SECONDS = 5.0


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
        self._known = Stored()
        self._read_at: float | None = None

    def rules(self) -> list[Rule]:
        """Every rule, turned off ones too; those made on pages as last read while the store does not answer.

        A built-in one in whose place something stands that cannot be read is not among them.
        """
        stored = self._lately()
        rules = {rule.name: rule for rule in rules_of(self._settings.alerts)}
        for name, page_rule in sorted(stored.rules.items()):
            known = rules.get(name)
            if known is None or known.origin == Origin.BUILT_IN:
                rules[name] = replace(page_rule.rule, built_in=known is not None)
        return [rule for rule in rules.values() if rule.origin == Origin.FILE or rule.name not in stored.unreadable]

    def unreadable(self) -> list[Unreadable]:
        """What is stored as rules of pages and cannot be read, as last read while the store does not answer."""
        return [found for _, found in sorted(self._lately().unreadable.items())]

    def check_readable(self, name: str) -> None:
        """Raises ActionRefused when something is stored under a name that cannot be read."""
        broken = self._lately().unreadable.get(name)
        if broken:
            raise _said(broken)

    def made(self) -> dict[str, PageRule]:
        """Those made on pages, by name, as `take` was given them lately, or read now. Raises StoreUnavailable."""
        return self._stored().rules

    def _stored(self) -> Stored:
        if self._read_at is None or time.monotonic() - self._read_at > REMEMBERED_SECONDS:
            self._remember(self._read())
        return self._known

    def _lately(self) -> Stored:
        try:
            return self._stored()
        except AdapterError:
            self._remember(self._known)  # so that the parts of one page do not wait for a silent store again and again
            return self._known

    def take(self, flat: Sequence[bytes]) -> None:
        """What somebody read who reads the alerts anyway: name, JSON, …."""
        self._remember(read(zip(flat[::2], flat[1::2], strict=True)))

    def _remember(self, known: Stored) -> None:
        self._known, self._read_at = known, time.monotonic()

    def one(self, name: str) -> PageRule:
        """One made on a page. Raises UnknownRule, StoreUnavailable, ActionRefused when it cannot be read."""
        self._read_at = None
        found = self.made().get(name)
        if name in self._known.unreadable:
            raise _said(self._known.unreadable[name])
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
        stored = self._read()
        if given.name in stored.unreadable:
            raise InvalidRule([Problem("name", N_("a rule of this name cannot be read; delete it first"))])
        text = to_json(given, who(), self._clock())
        added = self._store.run("alerts", "add", (self._store.page_rules,), (given.name, text, "0", MOST_RULES))
        if added < 0:
            raise InvalidRule([Problem("name", N_("there is a rule of this name; change that one"))])
        if not added:
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
        self._exchange(name, seen, to_json(given, who(), self._clock()))
        self._changed("edit", given)
        return rule

    def delete(self, name: str, seen: str) -> None:
        """Forget a rule, also one that cannot be read; a built-in one that it replaced holds again.

        Raises:
            UnknownRule: there is none. ActionRefused: somebody changed it meanwhile.
        """
        self._read_at = None
        broken = self._stored().unreadable.get(name)
        given = None if broken else self.one(name).given
        self._exchange(name, seen, "")
        if given:
            self._changed("delete", given)
        elif broken:
            self._read_at = None
            self._audit.record(Entry("delete", "rule", target=name, detail=f"could not be read: {broken.english}"))

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
        same = revision(stored) == seen
        if not same or not self._store.run("alerts", "exchange", (self._store.page_rules,), (name, stored, text)):
            raise ActionRefused(N_("the rule %(name)s was changed meanwhile; look at it again"), name=name)

    def _changed(self, action: str, given: RuleSettings) -> None:
        self._read_at = None
        condition = f"{given.metric} above {given.above:g} for {given.for_}"
        self._audit.record(Entry(action, "rule", given.source, given.queue, given.name, detail=condition))

    def _read(self) -> Stored:
        with self._store.errors():
            return read(self._store.client.hscan_iter(self._store.page_rules, count=MOST_RULES))


def _said(broken: Unreadable) -> ActionRefused:
    return ActionRefused(
        N_("%(name)s cannot be read: %(why)s. Delete it, or go back to the version that wrote it"),
        name=broken.name[:64], why=broken,
    )  # fmt: skip
