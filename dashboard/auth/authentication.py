"""Everything about who asks: recognised by one of the methods, or signing in with a name and a password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.wrappers import Request

from dashboard import discovery
from dashboard.audit.log import AuditLog, Entry
from dashboard.auth import methods, passwords
from dashboard.auth.identity import Identity
from dashboard.auth.methods.contract import Method
from dashboard.auth.roles import Role
from dashboard.auth.sessions import Sessions
from dashboard.auth.throttle import Throttle
from dashboard.auth.users import Users
from dashboard.settings import Settings
from dashboard.store import Store


@dataclass(frozen=True, slots=True)
class Attempt:
    """How signing in ended. session_id: the new one, empty when refused. wait: seconds until the next attempt."""

    session_id: str = field(default="", repr=False)
    wait: float = 0.0


class Authentication:
    """The users and their sessions, and the methods that the setting `auth.mode` allows.

    Args:
        store: where users and sessions are kept.
        settings: which mode, and how long sessions live.
        clock: gives unix seconds.
        audit: where signing in and out is written down.
    """

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], float], audit: AuditLog) -> None:
        self.settings = settings
        self.users = Users(store, clock, audit)
        self.sessions = Sessions(store, clock, settings.auth.session_hours)
        self._throttle = Throttle(store, clock)
        self._audit = audit
        self._methods: tuple[Method, ...] = tuple(
            module.create(self)
            for module in discovery.modules(methods)
            if settings.auth.mode in getattr(module, "MODES", ())
        )

    @property
    def required(self) -> bool:
        """Whether nobody may look without being recognised."""
        return self.settings.auth.mode != "none"

    def identify(self, request: Request) -> Identity | None:
        """Who asks; without sign-in everyone who reaches this server is its operator.

        Raises:
            StoreUnavailable: it cannot be checked now.
        """
        if not self.required:
            return Identity("api" if request.path.startswith("/api/") else "operator", Role.ADMIN, "none")
        return next((known for method in self._methods if (known := method.identify(request))), None)

    def sign_in(self, name: str, password: str, address: str, replaces: str = "") -> Attempt:
        """Open a session for a name and its password.

        Unknown names and wrong passwords take the same time and get the same answer.

        Args:
            name: as typed.
            password: as typed.
            address: where the attempt comes from.
            replaces: id of the session that the browser has already.

        Raises:
            TooBusy: too many passwords are being compared.
            AdapterError: the store does not answer, or takes no writes.
        """
        user = self.users.find(name)
        counters = self._throttle.counters(name, user.changed_at if user else None, address)
        wait, worth_recording = self._throttle.attempt(counters)
        if wait:
            return Attempt(wait=wait)
        stored = user.password_hash if user else ""
        session_id = None
        if passwords.matches(stored, password) and user:
            kept = passwords.hashed(password) if passwords.outdated(stored) else stored
            session_id = self.sessions.open(user.name, stored, kept, counters, replaces)
        if user and session_id:
            self._audit.record(Entry("sign in", "user", target=user.name, actor=user.name))
            return Attempt(session_id)
        if worth_recording:  # an unknown name may be a password, typed into the wrong field
            target, why = user.name if user else "", "wrong name or password"
            self._audit.record(Entry("sign in", "user", target=target, result=why, actor="unknown"))
        return Attempt()

    def change_password(self, name: str, current: str, new: str, address: str, session_id: str) -> Attempt:
        """Give a user, who knows the present one, another password; all sessions end, this browser gets a new one.

        Wrong present passwords count as failed attempts to sign in.

        Raises:
            InvalidRequest: the new password cannot be used; nothing was changed.
            TooBusy, AdapterError: as `sign_in`.
        """
        passwords.check(name, new)
        checked = self.sign_in(name, current, address, replaces=session_id)
        if not checked.session_id:
            return checked
        self.users.set_password(name, new)
        return self.sign_in(name, new, address, replaces=checked.session_id)

    def sign_out(self, session_id: str) -> None:
        """End a session."""
        name = self.sessions.end(session_id)
        if name:
            self._audit.record(Entry("sign out", "user", target=name, actor=name))
