"""Users are added, changed and removed in one step each, and every change is written down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from dashboard.adapters.contract import ActionRefused, AdapterError, InvalidRequest
from dashboard.auth import passwords, users
from dashboard.auth.authentication import Authentication
from dashboard.auth.roles import Role
from dashboard.auth.users import UnknownUser
from dashboard.services import Services
from tests.accounts import PASSWORD, USERS
from tests.background import Clock

HOME = "192.0.2.1"


def test_a_user_is_found_in_any_case_and_keeps_the_name_as_given(auth: Authentication, clock: Clock) -> None:
    for name in ("Kim", "kim", "KIM"):
        found = auth.users.find(name)
        assert found
        assert (found.name, found.role, found.created_at, found.signed_in_at) == ("Kim", Role.OPERATOR, clock(), None)
    assert auth.users.find("lee") is None
    assert [user.name for user in auth.users.all()] == ["ada", "Kim", "vera"]
    assert auth.users.count() == len(USERS)


def test_a_name_belongs_to_one_user_alone(auth: Authentication) -> None:
    with pytest.raises(ActionRefused, match="is a user already"):
        auth.users.add("KIM", Role.ADMIN, PASSWORD)
    found = auth.users.find("kim")
    assert found
    assert found.role == Role.OPERATOR


def test_of_many_who_take_a_name_at_once_one_gets_it(auth: Authentication) -> None:
    def take(number: int) -> bool:
        try:
            auth.users.add("Lee", Role.VIEWER, f"{PASSWORD} {number}")
        except ActionRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(16))) == 1


@pytest.mark.parametrize(
    "name", ["", " kim", "kim ", "kim\n", "-kim", "k" * 65, "ким", "kim/../x", "kim:1", "a b", "{kim}"]
)
def test_a_name_with_other_characters_is_refused_and_finds_nobody(auth: Authentication, name: str) -> None:
    with pytest.raises(InvalidRequest):
        auth.users.add(name, Role.VIEWER, PASSWORD)
    assert auth.users.find(name) is None


@pytest.mark.parametrize("name", ["api", "Unknown", "collector"])
def test_a_name_that_stands_for_no_person_is_refused(auth: Authentication, name: str) -> None:
    with pytest.raises(InvalidRequest, match="stands for no person"):
        auth.users.add(name, Role.VIEWER, PASSWORD)


def test_there_are_only_so_many_users(auth: Authentication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "MOST", len(USERS) + 1)
    auth.users.add("lee", Role.VIEWER, PASSWORD)
    with pytest.raises(ActionRefused, match="limit"):
        auth.users.add("max", Role.VIEWER, PASSWORD)
    assert auth.users.find("max") is None


@pytest.mark.parametrize("change", ["password", "role", "removal"])
def test_another_password_another_role_and_removal_end_all_sessions_of_that_user_alone(
    auth: Authentication, change: str
) -> None:
    own = [auth.sign_in("kim", PASSWORD, HOME).session_id for _ in range(3)]
    other = auth.sign_in("vera", PASSWORD, HOME).session_id
    {
        "password": lambda: auth.users.set_password("kim", "another good one"),
        "role": lambda: auth.users.set_role("kim", Role.VIEWER),
        "removal": lambda: auth.users.remove("kim"),
    }[change]()
    auth.sessions.forget()
    assert [auth.sessions.read(each) for each in own] == [None, None, None]
    assert auth.sessions.read(other)


def test_after_a_change_of_password_only_the_new_one_works(auth: Authentication, clock: Clock) -> None:
    clock.forward(60)
    auth.users.set_password("KIM", "another good one")
    assert not auth.sign_in("kim", PASSWORD, HOME).session_id
    assert auth.sign_in("kim", "another good one", HOME).session_id
    found = auth.users.find("kim")
    assert found
    assert (found.name, found.role, found.changed_at) == ("Kim", Role.OPERATOR, clock())


def test_a_weak_password_changes_nothing(auth: Authentication) -> None:
    with pytest.raises(InvalidRequest):
        auth.users.set_password("kim", "short")
    assert auth.sign_in("kim", PASSWORD, HOME).session_id


def test_a_user_that_is_not_there_cannot_be_changed(auth: Authentication) -> None:
    for change in (
        lambda: auth.users.set_password("lee", PASSWORD),
        lambda: auth.users.set_role("lee", Role.ADMIN),
        lambda: auth.users.remove("lee"),
    ):
        with pytest.raises(UnknownUser):
            change()
    assert auth.users.find("lee") is None


def test_signing_in_is_remembered_with_its_time(auth: Authentication, clock: Clock) -> None:
    clock.forward(3_600)
    auth.sign_in("kim", PASSWORD, HOME)
    found = auth.users.find("kim")
    assert found
    assert found.signed_in_at == pytest.approx(clock())


def test_signing_in_renews_a_hash_with_old_parameters(auth: Authentication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert auth.sign_in("kim", PASSWORD, HOME).session_id
    renewed = auth.users.find("kim")
    assert renewed
    assert "m=16,t=2,p=1" in renewed.password_hash
    assert auth.sign_in("kim", PASSWORD, HOME).session_id
    again = auth.users.find("kim")
    assert again
    assert again.password_hash == renewed.password_hash


@pytest.mark.parametrize(
    "stored", ["", "{", "[]", "null", "1", '{"name": "Kim"}', '{"name":"Kim","role":"root","hash":"x"}']
)
def test_a_damaged_record_lets_nobody_in(bundle: Services, auth: Authentication, stored: str) -> None:
    bundle.store.client.hset(bundle.store.users, "kim", stored)
    assert auth.users.find("kim") is None
    assert not auth.sign_in("kim", PASSWORD, HOME).session_id
    assert [user.name for user in auth.users.all()] == ["ada", "vera"]
    with pytest.raises(AdapterError):
        auth.users.set_password("kim", "another good one")


def test_every_change_is_written_down_without_a_password(bundle: Services, auth: Authentication) -> None:
    auth.users.set_password("kim", "another good one")
    auth.users.set_role("kim", Role.ADMIN)
    auth.users.remove("kim")
    found = [(each.action, each.kind, each.target, each.detail) for each in bundle.audit.page().items]
    assert found[:3] == [
        ("remove user", "user", "Kim", ""),
        ("change role", "user", "Kim", "operator to admin"),
        ("change password", "user", "Kim", ""),
    ]
    assert ("add user", "user", "Kim", "role operator") in found
    stored = repr(bundle.store.client.xrange(bundle.store.audit))
    assert PASSWORD not in stored
    assert "another good one" not in stored
    assert "argon2" not in stored


def test_neither_a_user_nor_an_attempt_shows_its_secret(auth: Authentication) -> None:
    assert "argon2" not in repr(auth.users.find("kim"))
    attempt = auth.sign_in("kim", PASSWORD, HOME)
    assert attempt.session_id not in repr(attempt)
