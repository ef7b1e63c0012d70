"""Silences: for a time, alerts that they mean are shown and told to nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import structlog
from pydantic import TypeAdapter, ValidationError
from ulid import ULID

from dashboard.adapters.contract import ActionRefused, InvalidRequest, NotFound
from dashboard.alerts.matchers import Matcher, all_match
from dashboard.alerts.records import Alert
from dashboard.audit.actor import who
from dashboard.audit.log import AuditLog, Entry
from dashboard.language import N_
from dashboard.store import Store

MOST_SILENCES = 500
KEPT_SECONDS = 5 * 86_400.0
LONGEST_SECONDS = 366 * 86_400.0
UNTIL_RESOLVED_SECONDS = 30 * 86_400.0
"""A silence until its alerts are resolved ends at the latest after this."""
LONGEST_COMMENT = 300

log = structlog.get_logger("redrive.alerts")


class UnknownSilence(NotFound):
    """No silence has that id, or it ended more than five days ago."""


@dataclass(frozen=True, slots=True)
class Silence:
    """One silence; times in unix seconds.

    until_resolved: it means only alerts that had begun when it was made, so that it is over with them; `ends_at` is
    then the latest end. ended_by: who ended it before its time.
    """

    id: str
    matchers: tuple[Matcher, ...]
    author: str
    comment: str
    starts_at: float
    ends_at: float
    created_at: float
    until_resolved: bool = False
    ended_by: str = ""

    @property
    def revision(self) -> str:
        """Tells one version from another."""
        return hashlib.sha256(_SILENCE.dump_json(self)).hexdigest()[:16]

    def active(self, now: float) -> bool:
        """Whether it holds at this moment."""
        return self.starts_at <= now < self.ends_at

    def means(self, alert: Alert) -> bool:
        """Whether it means an alert, its time aside."""
        if self.until_resolved and (alert.starts_at or alert.since) > self.starts_at:
            return False
        return all_match(self.matchers, alert)


_SILENCE = TypeAdapter(Silence)


def match(silences: Iterable[Silence], alert: Alert) -> str:
    """The id of the first silence that means an alert; empty when none does. Give those that are active."""
    return next((silence.id for silence in silences if silence.means(alert)), "")


class Silences:
    """Makes, ends and lists silences; each change is written to the audit log.

    Args:
        store: where they are kept.
        clock: gives unix seconds.
        audit: what was changed, and by whom.
    """

    def __init__(self, store: Store, clock: Callable[[], float], audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    def active(self, now: float) -> list[Silence]:
        """Those that hold at a time (unix seconds), the one that ends last first. Raises StoreUnavailable."""
        return [silence for silence in self.listed() if silence.active(now)]

    def listed(self) -> list[Silence]:
        """All that are kept (at most 500), the one that ends last first. Raises StoreUnavailable."""
        found = []
        with self._store.errors():
            for name, text in self._store.client.hscan_iter(self._store.silences, count=MOST_SILENCES):
                found += _read(name, text)
                if len(found) >= MOST_SILENCES:
                    break
        return sorted(found, key=lambda each: (-each.ends_at, each.id))

    def get(self, silence_id: str) -> Silence:
        """One silence. Raises UnknownSilence, StoreUnavailable."""
        return self._stored(silence_id)[1]

    def create(
        self, matchers: Sequence[Matcher], comment: str, *, ends_at: float | None, starts_at: float | None = None
    ) -> Silence:
        """Silence alerts; who acts is the author.

        Args:
            matchers: what is meant; at least one.
            comment: why, shown to everybody.
            ends_at: unix seconds; None: until what has begun by now is resolved.
            starts_at: unix seconds, by default now.

        Raises:
            InvalidRequest: a time or the comment is not possible. ActionRefused: there are 500 that hold.
            StoreUnavailable: it is not known whether it was stored.
        """
        now = self._clock()
        begin = now if starts_at is None else starts_at
        made = Silence(
            str(ULID()), _some(matchers), who(), comment.strip(), begin,
            begin + UNTIL_RESOLVED_SECONDS if ends_at is None else ends_at, now, until_resolved=ends_at is None,
        )  # fmt: skip
        _check(made, now)
        argv = (made.id, _SILENCE.dump_json(made).decode(), repr(now - KEPT_SECONDS), MOST_SILENCES)
        if not self._store.run("alerts", "add", (self._store.silences,), argv):
            raise ActionRefused(N_("there are %(most)s silences; end one first"), most=MOST_SILENCES)
        self._audit.record(Entry("silence", "alert", target=made.id, detail=_words(made)))
        return made

    def end(self, silence_id: str) -> Silence:
        """End one now; one that has ended stays as it is. Raises UnknownSilence, StoreUnavailable."""

        def ended(found: Silence) -> Silence:
            now = self._clock()
            over = now >= found.ends_at
            return found if over else replace(found, ends_at=now, starts_at=min(found.starts_at, now), ended_by=who())

        return self._changed("end silence", silence_id, ended)

    def extend(self, silence_id: str, seconds: float, seen: str = "") -> Silence:
        """Let one hold for longer than it would have.

        Args:
            silence_id: which.
            seconds: by how much.
            seen: the revision that was read before; empty: whatever it is by now.

        Raises:
            UnknownSilence, StoreUnavailable. InvalidRequest: it would last too long, or it holds until what it means
                is resolved. ActionRefused: it has ended, or somebody changed it meanwhile.
        """

        def longer(found: Silence) -> Silence:
            if found.until_resolved:
                raise InvalidRequest(N_("this silence holds until what it means is resolved; give it another end"))
            return self._checked(replace(found, ends_at=found.ends_at + seconds))

        return self._changed("edit silence", silence_id, self._held(longer), seen)

    def change(self, silence_id: str, comment: str, *, ends_at: float | None, seen: str = "") -> Silence:
        """Give one another end and reason; which alerts it means stays.

        Args:
            silence_id: which.
            comment: why, shown to everybody.
            ends_at: unix seconds; None: until what has begun by now is resolved.
            seen: the revision that was read before; empty: whatever it is by now.

        Raises:
            UnknownSilence, StoreUnavailable. InvalidRequest: the end or the comment is not possible.
            ActionRefused: it has ended, or somebody changed it meanwhile.
        """

        def other(found: Silence) -> Silence:
            begin = found.starts_at
            if ends_at is None and not found.until_resolved:
                begin = max(begin, self._clock())  # what it means is what has begun by then
            if ends_at is None:
                end = found.ends_at if found.until_resolved else begin + UNTIL_RESOLVED_SECONDS
            else:
                end = ends_at
            return self._checked(replace(found, comment=comment.strip(), starts_at=begin, ends_at=end,
                                         until_resolved=ends_at is None))  # fmt: skip

        return self._changed("edit silence", silence_id, self._held(other), seen)

    def _held(self, change: Callable[[Silence], Silence]) -> Callable[[Silence], Silence]:
        """The same for a silence that has not ended."""

        def changed(found: Silence) -> Silence:
            if self._clock() >= found.ends_at:
                raise ActionRefused(N_("the silence has ended; make a new one"))
            return change(found)

        return changed

    def _checked(self, silence: Silence) -> Silence:
        _check(silence, self._clock())
        return silence

    def _changed(
        self, action: str, silence_id: str, change: Callable[[Silence], Silence], seen: str = ""
    ) -> Silence:  # fmt: skip
        for _ in range(5):
            text, found = self._stored(silence_id)
            if seen and found.revision != seen:
                break
            after = change(found)
            if after == found:
                return found
            argv = (silence_id, text, _SILENCE.dump_json(after).decode())
            if self._store.run("alerts", "exchange", (self._store.silences,), argv):
                self._audit.record(Entry(action, "alert", target=silence_id, detail=_words(after)))
                return after
        raise ActionRefused(N_("the silence is being changed by somebody else; look at it again"))

    def _stored(self, silence_id: str) -> tuple[bytes, Silence]:
        with self._store.errors():
            text = cast("bytes | None", self._store.client.hget(self._store.silences, silence_id[:64]))
        found = _read(silence_id.encode(), text) if text is not None else []
        if text is None or not found:
            raise UnknownSilence(N_("there is no silence %(id)s; it may have ended long ago"), id=silence_id[:64])
        return text, found[0]


def _some(matchers: Sequence[Matcher]) -> tuple[Matcher, ...]:
    if not matchers:
        raise InvalidRequest(N_("a silence needs to say which alerts it means"))
    return tuple(matchers)


def _check(silence: Silence, now: float) -> None:
    if silence.ends_at <= max(now, silence.starts_at):
        raise InvalidRequest(N_("the end must be later than now and than the begin"))
    if silence.ends_at - now > LONGEST_SECONDS:
        raise InvalidRequest(N_("a silence may last a year at most"))
    if len(silence.comment) > LONGEST_COMMENT:
        raise InvalidRequest(N_("the reason may have %(most)s characters"), most=LONGEST_COMMENT)


def _read(name: bytes, text: bytes) -> list[Silence]:
    try:
        found = _SILENCE.validate_json(text)
        return [replace(found, matchers=_some(found.matchers))]
    except (ValidationError, InvalidRequest):
        log.warning("a stored silence is not readable", silence=name.decode(errors="replace"))
        return []


def _words(silence: Silence) -> str:
    return ", ".join(map(str, silence.matchers)) + (f": {silence.comment}" if silence.comment else "")
