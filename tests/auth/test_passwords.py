"""Passwords are strong enough, hashed with argon2id, and compared in a time that tells nothing."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from dashboard.adapters.contract import InvalidRequest
from dashboard.auth import passwords
from tests.accounts import CHEAP, hash_cheaply


class Counting:
    """A hasher that counts how often it has worked."""

    def __init__(self) -> None:
        self.worked = 0

    def hash(self, password: str) -> str:
        self.worked += 1
        return CHEAP.hash(password)

    def verify(self, stored: str, password: str) -> bool:
        self.worked += 1
        return CHEAP.verify(stored, password)


@pytest.mark.parametrize(
    ("password", "why"),
    [("", "too short"), ("eleven char", "too short"), ("x" * 1_025, "too long"), ("a" * 20, "too easy"),
     ("ababababababab", "too easy"), ("kimkimkimkimkim", "too easy"), ("KimKim KimKim Kim", "too easy")],
)  # fmt: skip
def test_a_weak_password_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why):
        passwords.check("kim", password)


@pytest.mark.parametrize("password", ["twelve chars", "correct horse battery", "пароль из слов", "x1!y" * 256])
def test_a_long_password_of_any_characters_is_taken(password: str) -> None:
    passwords.check("kim", password)


def test_hashes_are_argon2id_with_the_recommended_parameters_and_never_the_same() -> None:
    first, second = passwords.hashed("correct horse"), passwords.hashed("correct horse")
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert passwords.matches(first, "correct horse")
    assert not passwords.matches(first, "correct horsf")


def test_however_a_keyboard_composes_a_letter_it_is_the_same_password(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_cheaply(monkeypatch)
    assert passwords.matches(passwords.hashed("caf\u00e9 caf\u00e9 caf\u00e9"), "cafe\u0301 cafe\u0301 cafe\u0301")


@pytest.mark.parametrize("stored", ["", "nonsense", "$argon2id$v=19$m=65536"])
def test_nothing_matches_what_is_no_hash(stored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hash_cheaply(monkeypatch)
    assert not passwords.matches(stored, "")
    assert not passwords.matches(stored, "correct horse")


def test_an_unknown_user_costs_as_much_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Counting()
    monkeypatch.setattr(passwords, "hasher", hasher)
    stored = CHEAP.hash("correct horse")
    for asked in (("", "correct horse"), (stored, "wrong"), (stored, "correct horse"), (stored, "x" * 100_000)):
        before = hasher.worked
        passwords.matches(*asked)
        assert hasher.worked - before == 1, asked[1][:20]


def test_a_hash_with_other_parameters_is_known_to_be_outdated(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_cheaply(monkeypatch)
    assert not passwords.outdated(CHEAP.hash("correct horse"))
    assert passwords.outdated(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash("correct horse"))


def test_only_so_many_are_compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_cheaply(monkeypatch)
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    for _ in range(passwords.AT_ONCE):
        passwords._turns.acquire()
    try:
        with pytest.raises(passwords.TooBusy):
            passwords.matches("", "correct horse")
    finally:
        for _ in range(passwords.AT_ONCE):
            passwords._turns.release()
    assert not passwords.matches("", "correct horse")
