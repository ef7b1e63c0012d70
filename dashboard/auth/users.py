"""The users: one hash in the dashboard's store, by the name in lower case."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from dashboard.adapters.contract import ActionRefused, InvalidRequest, NotFound
from dashboard.audit.log import AuditLog, Entry
from dashboard.auth import passwords
from dashboard.auth.roles import Role
from dashboard.store import Store

MOST = 1_000
RESERVED = frozenset({"api", "collector", "unknown"})  # stand for no person in the audit log
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}\Z")


class UnknownUser(NotFound):
    """There is no user of that name."""


@dataclass(frozen=True, slots=True)
class User:
    """One account. created_at, changed_at (its password), signed_in_at: unix seconds, None for never."""

    name: str
    role: Role
    password_hash: str = field(repr=False)
    created_at: float
    changed_at: float
    signed_in_at: float | None = None


class Users:
    """Adds, finds and changes users; every change is written to the audit log.

    Args:
        store: where they are kept.
        clock: gives unix seconds.
        audit: where changes are written down.
    """

    def __init__(self, store: Store, clock: Callable[[], float], audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    def find(self, name: str) -> User | None:
        """The user of that name, in any case; None when there is none."""
        if not NAME.match(name):
            return None
        with self._store.errors():
            stored = cast("bytes | None", self._store.client.hget(self._store.users, name.lower()))
        return _user(stored) if stored else None

    def all(self) -> list[User]:
        """Every user by name; there are at most 1,000."""
        with self._store.errors():
            stored = cast("Mapping[bytes, bytes]", self._store.client.hgetall(self._store.users))
        found = (_user(each) for each in stored.values())
        return sorted((user for user in found if user), key=lambda user: user.name.lower())

    def count(self) -> int:
        """How many there are."""
        with self._store.errors():
            return int(self._store.client.hlen(self._store.users))

    def add(self, name: str, role: Role, password: str) -> None:
        """Add a user.

        Raises:
            InvalidRequest: the name or the password cannot be used.
            ActionRefused: the name is taken, or there are 1,000 users.
        """
        check_name(name)
        passwords.check(name, password)
        now = self._clock()
        record = {"name": name, "role": role.value, "hash": passwords.hashed(password), "created": now, "changed": now}
        added = self._store.run("auth", "add", (self._store.users,), (name.lower(), json.dumps(record), MOST))
        if added < 0:
            raise ActionRefused(f"there are {MOST:,} users already, which is the limit; remove some first")
        if not added:
            raise ActionRefused(f"{name} is a user already; change the password with `redrive users passwd {name}`")
        self._audit.record(Entry("add user", "user", target=name, detail=f"role {role}"))

    def set_password(self, name: str, password: str) -> None:
        """Give a user another password; all of the user's sessions end.

        Raises:
            InvalidRequest: the password cannot be used.
            UnknownUser: there is no such user.
        """
        passwords.check(name, password)
        known = self._known(name)
        self._change(known, {"hash": passwords.hashed(password), "changed": self._clock()})
        self._audit.record(Entry("change password", "user", target=known.name))

    def set_role(self, name: str, role: Role) -> None:
        """Give a user another role; all of the user's sessions end. Raises UnknownUser."""
        known = self._known(name)
        self._change(known, {"role": role.value})
        self._audit.record(Entry("change role", "user", target=known.name, detail=f"{known.role} to {role}"))

    def remove(self, name: str) -> None:
        """Remove a user and end all of the user's sessions. Raises UnknownUser."""
        known = self._known(name)
        self._change(known, {})
        self._audit.record(Entry("remove user", "user", target=known.name))

    def _known(self, name: str) -> User:
        user = self.find(name)
        if user is None:
            raise UnknownUser(f"there is no user {name[:64]}; `redrive users list` names all")
        return user

    def _change(self, user: User, changes: Mapping[str, Any]) -> None:
        key = user.name.lower()
        keys = (self._store.users, self._store.sessions_of(key))
        if not self._store.run("auth", "change", keys, (key, json.dumps(changes), self._store.session(""))):
            raise UnknownUser(f"there is no user {user.name} any more; someone removed it meanwhile")


def check_name(name: str) -> None:
    """Raises InvalidRequest for a name that no user can have."""
    if not NAME.match(name):
        raise InvalidRequest(
            f"{name[:64]!r} cannot be a user's name: use 1 to 64 letters, digits and . _ @ + -, beginning with a letter"
            " or digit"
        )
    if name.lower() in RESERVED:
        raise InvalidRequest(f"{name} cannot be a user's name: in the audit log it stands for no person")


def _user(stored: bytes) -> User | None:
    """The user of a record; None for one that is damaged."""
    try:
        record = json.loads(stored)
        last = record.get("signed_in")
        return User(
            str(record["name"]), Role(record["role"]), str(record["hash"]), float(record["created"]),
            float(record["changed"]), None if last is None else float(last),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
