"""Maintenance windows: silences that come again, each time from a moment of the wall clock on and for a while."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import cast

import structlog
from pydantic import TypeAdapter, ValidationError

from dashboard.adapters.contract import ActionRefused, InvalidRequest, NotFound
from dashboard.alerts.matchers import InvalidMatcher, Matcher, all_match, parse_all
from dashboard.alerts.records import Alert, Origin
from dashboard.alerts.rules import seconds
from dashboard.audit.actor import who
from dashboard.audit.log import AuditLog, Entry
from dashboard.language import N_
from dashboard.settings import AlertSettings, SettingsError, WindowSettings
from dashboard.store import Store
from queue_core.errors import InvalidJob
from queue_core.triggers import Cron

MOST_WINDOWS = 100
LONGEST_SECONDS = 7 * 86_400.0
NAMED = "window:"
"""Before a window's name where `silenced_by` names one."""

log = structlog.get_logger("redrive.alerts")


class UnknownWindow(NotFound):
    """No window made on a page has that name."""


@dataclass(frozen=True, slots=True)
class Window:
    """A recurring window.

    cron: five fields, when it begins on the wall clock of `zone`. seconds: how long it lasts, in real time, so also
    in the nights when clocks change. created_at: unix seconds, 0 for one of the file.
    """

    name: str
    matchers: tuple[Matcher, ...]
    cron: str
    seconds: float
    zone: str = "UTC"
    comment: str = ""
    author: str = ""
    created_at: float = 0.0
    origin: Origin = Origin.FILE

    def open_since(self, now: float) -> float | None:
        """When the present window began (unix seconds); None when none is open."""
        begun = self._after(now - self.seconds)
        return begun if begun is not None and begun <= now else None

    def next_at(self, now: float) -> float | None:
        """When it begins next (unix seconds)."""
        return self._after(now)

    def coming(self, now: float, count: int) -> list[tuple[float, float]]:
        """Begin and end (unix seconds) of the next times, at most `count`."""
        found: list[tuple[float, float]] = []
        at = self._after(now)
        while at is not None and len(found) < count:
            found.append((at, at + self.seconds))
            at = self._after(at)
        return found

    @property
    def revision(self) -> str:
        """Tells one version from another."""
        return hashlib.sha256(_WINDOW.dump_json(self)).hexdigest()[:16]

    def _after(self, at: float) -> float | None:
        found = _trigger(self.cron, self.zone).after(datetime.fromtimestamp(at, UTC))
        return None if found is None else found.timestamp()


_WINDOW = TypeAdapter(Window)


@lru_cache(maxsize=256)
def _trigger(expression: str, zone: str) -> Cron:
    return Cron(expression, zone)


def match(windows: Iterable[Window], alert: Alert) -> str:
    """`window:` and the name of the first window that means an alert, empty when none does. Give the open ones."""
    return next((f"{NAMED}{window.name}" for window in windows if all_match(window.matchers, alert)), "")


def checked(window: Window) -> Window:
    """The same window. Raises InvalidRequest when its time or duration is not possible."""
    try:
        _trigger(window.cron, window.zone)
    except InvalidJob as error:
        raise InvalidRequest(str(error)) from error
    if not 60 <= window.seconds <= LONGEST_SECONDS:
        raise InvalidRequest(N_("a window lasts from a minute to seven days"))
    return window


def _opening(window: Window, now: float) -> Window:
    """The same, checked; to look for the next time of one that never opens takes half a second, again and again."""
    if checked(window).next_at(now) is None:
        raise InvalidRequest(N_("a window of %(cron)s never opens"), cron=window.cron)
    return window


def of_settings(settings: AlertSettings) -> tuple[Window, ...]:
    """The windows of the settings file. Raises SettingsError."""
    names = [window.name for window in settings.windows]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"alert window {name}: the name is used twice; give each window its own")
    return tuple(_of_file(window) for window in settings.windows)


class Windows:
    """The windows of the file, and those made on pages.

    Args:
        store: where those made on pages are kept.
        settings: those of the file.
        clock: gives unix seconds.
        audit: what was changed, and by whom.
    """

    def __init__(self, store: Store, settings: AlertSettings, clock: Callable[[], float], audit: AuditLog) -> None:
        self._store = store
        self._of_file = of_settings(settings)
        self._clock = clock
        self._audit = audit

    def listed(self) -> list[Window]:
        """All windows by name, those of the file first. Raises StoreUnavailable."""
        made = {}
        with self._store.errors():
            for name, text in self._store.client.hscan_iter(self._store.windows, count=MOST_WINDOWS):
                made[name.decode(errors="replace")] = _read(text)
                if len(made) >= MOST_WINDOWS:
                    break
        own = {window.name for window in self._of_file}
        return [*self._of_file, *(w for name, w in sorted(made.items()) if w is not None and name not in own)]

    def open(self, now: float) -> list[Window]:
        """Those that are open at a time (unix seconds). Raises StoreUnavailable."""
        return [window for window in self.listed() if window.open_since(now) is not None]

    def add(self, window: Window) -> None:
        """Keep a window made on a page.

        Raises:
            InvalidRequest: it is not possible, or its name is taken. ActionRefused: there are too many.
        """
        checked(window)
        argv = (window.name, _WINDOW.dump_json(window).decode(), "0", MOST_WINDOWS)
        taken = any(window.name == each.name for each in self._of_file)
        added = -1 if taken else self._store.run("alerts", "add", (self._store.windows,), argv)
        if added < 0:
            raise InvalidRequest(N_("a window is called %(name)s already"), name=window.name)
        if not added:
            raise ActionRefused(N_("there are %(most)s windows; delete one first"), most=MOST_WINDOWS)
        self._audit.record(Entry("add", "window", target=window.name, detail=_words(window)))

    def change(self, name: str, window: Window, seen: str) -> None:
        """Put a window in place of the one of that name, which stays its name and its author's.

        Args:
            name: of a window made on a page.
            window: as `made` gives it.
            seen: the revision that was read before.

        Raises:
            UnknownWindow: no page made one of that name. ActionRefused: somebody changed it meanwhile.
        """
        text, known = self._stored(name)
        after = replace(checked(window), name=name, author=known.author, created_at=known.created_at)
        self._exchange(known, text, _WINDOW.dump_json(after).decode(), seen)
        self._audit.record(Entry("edit", "window", target=name, detail=_words(after)))

    def made(
        self, name: str, matchers: Iterable[str], cron: str, lasts: float, *, zone: str = "UTC", comment: str = ""
    ) -> Window:
        """A window as who acts makes it; not kept yet. Raises InvalidRequest, also when it never opens."""
        now = self._clock()
        return _opening(Window(name, parse_all(matchers), cron, lasts, zone, comment, who(), now, Origin.PAGE), now)

    def one(self, name: str) -> Window:
        """A window made on a page. Raises UnknownWindow, StoreUnavailable."""
        return self._stored(name)[1]

    def delete(self, name: str, seen: str) -> None:
        """Forget a window made on a page.

        Args:
            name: which.
            seen: the revision that was read before.

        Raises:
            UnknownWindow: no page made one of that name. ActionRefused: somebody changed it meanwhile.
        """
        text, known = self._stored(name)
        self._exchange(known, text, "", seen)
        self._audit.record(Entry("delete", "window", target=name))

    def _exchange(self, known: Window, text: bytes, after: str, seen: str) -> None:
        argv = (known.name, text, after)
        if known.revision != seen or not self._store.run("alerts", "exchange", (self._store.windows,), argv):
            raise ActionRefused(N_("the window %(name)s was changed meanwhile; look at it again"), name=known.name)

    def _stored(self, name: str) -> tuple[bytes, Window]:
        with self._store.errors():
            text = cast("bytes | None", self._store.client.hget(self._store.windows, name))
        known = None if text is None else _read(text)
        if text is None or known is None or any(each.name == name for each in self._of_file):
            raise UnknownWindow(N_("no window made on a page is called %(name)s"), name=name[:64])
        return text, known


def _of_file(given: WindowSettings) -> Window:
    try:
        return _opening(
            Window(given.name, parse_all(given.match), given.cron, seconds(given.for_), given.zone, given.comment),
            time.time(),
        )
    except (InvalidMatcher, InvalidRequest) as error:
        raise SettingsError(f"alert window {given.name}: {error}") from error


def _read(text: bytes) -> Window | None:
    try:
        found = checked(_WINDOW.validate_json(text))
        return found if found.matchers else None
    except (ValidationError, InvalidRequest):
        log.warning("a stored maintenance window is not readable")
        return None


def _words(window: Window) -> str:
    return f"{', '.join(map(str, window.matchers))}; {window.cron} {window.zone}, {window.seconds:g} s"
