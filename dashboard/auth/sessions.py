"""Sessions: random ids that only the browser knows, and what the dashboard's store keeps under their hashes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from dashboard.auth.roles import Role
from dashboard.store import Store, StoreUnavailable

LONGEST_HOURS = 7 * 24
MOST_OF_A_USER = 20
FRESH, GRACE = 1.0, 300.0
MOST_KEPT = 1_000
_SEEN_AGAIN_MS = 60_000
_ID = re.compile(r"[A-Za-z0-9_-]{43}\Z")


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in. name: of the user. opened_at, ends_at: unix seconds."""

    name: str
    role: Role
    opened_at: float
    ends_at: float


@dataclass(frozen=True, slots=True)
class _Kept:
    session: Session
    at: float


class Sessions:
    """Reads and ends sessions; a reading is good for a second in this process.

    Args:
        store: where they are kept.
        clock: gives unix seconds.
        hours: a session that is not used for so long ends; all end after seven days.
    """

    def __init__(self, store: Store, clock: Callable[[], float], hours: float) -> None:
        self._store = store
        self._clock = clock
        self._idle_ms = round(hours * 3_600_000)
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def read(self, session_id: str, *, even_if_unavailable: bool = False) -> Session | None:
        """The session of an id, which lives on from now; None when there is none or it is over.

        Args:
            session_id: what the browser sent.
            even_if_unavailable: while the store does not answer, a session that was read in the last five minutes
                still counts.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        if not _ID.match(session_id):
            return None
        digest, now = digest_of(session_id), self._clock()
        kept = self._kept.get(digest)
        if kept and kept.session.ends_at <= now:
            kept = None
        if kept and 0 <= now - kept.at < FRESH:
            return kept.session
        try:
            session = self._ask(digest, now)
        except StoreUnavailable:
            if kept and even_if_unavailable and now - kept.at < GRACE:
                return kept.session
            raise
        self._keep(digest, session, now)
        return session

    def open(self, name: str, checked: str, hash_from_now: str, counters: tuple[str, ...], replaces: str) -> str | None:
        """A new session's id; None when the user or the password changed while it was compared.

        Args:
            name: of the user.
            checked: the hash that the password was compared with.
            hash_from_now: what is kept instead of it from now on; the same, or one with stronger parameters.
            counters: keys of the attempts; the first is cleared, from the others this one is taken off.
            replaces: id of the session that this browser had before; it ends.
        """
        session_id, now = secrets.token_urlsafe(32), self._clock()
        user = name.lower()
        keys = (
            self._store.users, self._store.session(digest_of(session_id)), self._store.sessions_of(user),
            self._store.session(digest_of(replaces)), *counters,
        )  # fmt: skip
        ends = now + LONGEST_HOURS * 3_600
        limits = (_ms(now), self._idle_ms, _ms(ends), MOST_OF_A_USER, self._store.session(""))
        opened = self._store.run("auth", "open", keys, (user, checked, hash_from_now, *limits))
        self._keep(digest_of(replaces), None, now)
        return session_id if opened else None

    def end(self, session_id: str) -> str:
        """End one session; the name of its user, empty when it was over already."""
        digest = digest_of(session_id)
        ended = self._store.run("auth", "leave", (self._store.session(digest),), (digest, self._store.sessions_of("")))
        self._keep(digest, None, self._clock())
        return cast("bytes", ended or b"").decode()

    def forget(self) -> None:
        """Read every session anew."""
        with self._lock:
            self._kept.clear()

    def _ask(self, digest: str, now: float) -> Session | None:
        arguments = (_ms(now), self._idle_ms, _SEEN_AGAIN_MS)
        found = cast("list[bytes]", self._store.run("auth", "session", (self._store.session(digest),), arguments))
        try:
            name, role, opened, ends = (each.decode() for each in found)
            return Session(name, Role(role), float(opened) / 1_000, float(ends) / 1_000)
        except ValueError:
            return None

    def _keep(self, digest: str, session: Session | None, now: float) -> None:
        with self._lock:
            self._kept.pop(digest, None)
            if session is None:
                return
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[digest] = _Kept(session, now)


def digest_of(session_id: str) -> str:
    """What the store knows of an id: whoever reads the store cannot sign in with it."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def csrf_token(session_id: str) -> str:
    """What forms of this session send along; it is made from the id, which other sites cannot read."""
    return hmac.new(session_id.encode(), b"csrf", hashlib.sha256).hexdigest()


def _ms(seconds: float) -> int:
    return round(seconds * 1_000)
