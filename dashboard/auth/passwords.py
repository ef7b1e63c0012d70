"""Passwords: what they must be like, and how they are hashed and compared."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from dashboard.adapters.contract import ActionRefused, InvalidRequest
from dashboard.language import gettext, number

SHORTEST, LONGEST = 12, 1_024
AT_ONCE = 4  # each takes 64 MiB
PATIENCE = 10.0

hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)  # RFC 9106, second recommended option
_turns = threading.BoundedSemaphore(AT_ONCE)


class TooBusy(ActionRefused):
    """More passwords wait to be compared than this process can take."""


def check(name: str, password: str) -> None:
    """Refuse a new password that is too short, too long, or about its user.

    Raises:
        InvalidRequest: says why.
    """
    if len(password) < SHORTEST:
        raise InvalidRequest(
            gettext(
                "The password is too short; use at least %(num)s characters, such as four words", num=number(SHORTEST)
            )
        )
    if len(password) > LONGEST:
        raise InvalidRequest(gettext("The password is too long; use at most %(num)s characters", num=number(LONGEST)))
    if len(set(password)) < 4 or password.lower().replace(name.lower(), "").strip() == "":
        raise InvalidRequest(
            gettext("The password is too easy to guess; use something else than the name or a repeated character")
        )


def hashed(password: str) -> str:
    """The hash to keep."""
    with _turn():
        return hasher.hash(_normal(password))


def matches(stored: str, password: str) -> bool:
    """Whether it is the password of a hash; an empty hash costs the same and matches nothing.

    Raises:
        TooBusy: too many wait already.
    """
    fits = len(password) <= LONGEST
    with _turn():
        if not stored or not fits:
            hasher.hash("")  # as long as a comparison takes, so that the time does not tell who exists
            return False
        try:
            return hasher.verify(stored, _normal(password))
        except (Argon2Error, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than the present ones."""
    return hasher.check_needs_rehash(stored)


@contextmanager
def _turn() -> Iterator[None]:
    """A bounded number at a time, so that a flood of attempts cannot take all memory."""
    if not _turns.acquire(timeout=PATIENCE):
        raise TooBusy("Too many people sign in at this moment. Try again in a minute")
    try:
        yield
    finally:
        _turns.release()


def _normal(password: str) -> str:
    """The same characters, however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)
