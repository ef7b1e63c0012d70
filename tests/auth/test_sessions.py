"""Sessions live as long as they are used, end when they must, and cost one command."""

from __future__ import annotations

import pytest

from dashboard.auth import passwords
from dashboard.auth.authentication import Authentication
from dashboard.auth.roles import Role
from dashboard.auth.sessions import MOST_KEPT, MOST_OF_A_USER, Sessions, csrf_token, digest_of
from dashboard.services import Services
from dashboard.store import Store, StoreUnavailable
from tests.accounts import PASSWORD
from tests.background import START, Clock
from tests.conftest import RealServer
from tests.sent_commands import record_commands

HOME = "192.0.2.1"
HOUR = 3_600.0


@pytest.fixture
def session_id(auth: Authentication) -> str:
    return auth.sign_in("kim", PASSWORD, HOME).session_id


def alive(auth: Authentication, session_id: str) -> bool:
    auth.sessions.forget()
    return auth.sessions.read(session_id) is not None


def test_a_session_knows_its_user_and_times(auth: Authentication, session_id: str) -> None:
    session = auth.sessions.read(session_id)
    assert session
    assert (session.name, session.role) == ("Kim", Role.OPERATOR)
    assert (session.opened_at, session.ends_at) == (START, START + 7 * 24 * HOUR)


def test_ids_are_random_and_the_store_knows_only_their_hash(bundle: Services, auth: Authentication) -> None:
    ids = {auth.sign_in("kim", PASSWORD, HOME).session_id for _ in range(5)}
    assert len(ids) == 5
    assert all(len(each) == 43 for each in ids)
    client = bundle.store.client
    names = [key.decode() for key in client.scan_iter()]
    stored = repr([client.dump(name) for name in names]) + repr(names)
    assert not [each for each in ids if each in stored]
    assert all(client.exists(bundle.store.session(digest_of(each))) for each in ids)


def test_a_session_that_is_not_used_ends(auth: Authentication, clock: Clock, session_id: str) -> None:
    clock.forward(12 * HOUR - 1)
    assert alive(auth, session_id)
    clock.forward(12 * HOUR)
    assert not alive(auth, session_id)


def test_a_session_that_is_used_lives_on_but_not_for_ever(auth: Authentication, clock: Clock, session_id: str) -> None:
    for _ in range(15):
        clock.forward(11 * HOUR)
        assert alive(auth, session_id)
    clock.forward(3 * HOUR)
    assert not alive(auth, session_id)


def test_an_ended_session_is_over_also_where_it_was_just_read(
    auth: Authentication, clock: Clock, session_id: str
) -> None:
    clock.forward(7 * 24 * HOUR - 0.5)
    auth.sessions._keep(digest_of(session_id), auth.sessions._ask(digest_of(session_id), START), clock())
    clock.forward(0.6)
    assert auth.sessions.read(session_id) is None


def test_what_the_store_keeps_goes_by_itself(bundle: Services, auth: Authentication, session_id: str) -> None:
    client, store = bundle.store.client, bundle.store
    assert 0 < client.pttl(store.session(digest_of(session_id))) <= 12 * HOUR * 1_000
    assert 0 < client.pttl(store.sessions_of("kim")) <= 7 * 24 * HOUR * 1_000
    assert all(client.pttl(key) > 0 for key in client.scan_iter(f"{store.PREFIX}sign-in:*"))


def test_signing_out_ends_the_session_and_no_other(auth: Authentication, session_id: str) -> None:
    other = auth.sign_in("kim", PASSWORD, HOME).session_id
    auth.sign_out(session_id)
    assert auth.sessions.read(session_id) is None
    assert alive(auth, other)


def test_signing_in_ends_the_session_that_the_browser_had(auth: Authentication, session_id: str) -> None:
    again = auth.sign_in("vera", PASSWORD, HOME, replaces=session_id).session_id
    assert again != session_id
    assert auth.sessions.read(session_id) is None
    assert alive(auth, again)


def test_a_failed_attempt_ends_no_session(auth: Authentication, session_id: str) -> None:
    auth.sign_in("kim", "wrong", HOME, replaces=session_id)
    assert alive(auth, session_id)


def test_a_user_has_only_so_many_sessions_and_the_oldest_goes(
    bundle: Services, auth: Authentication, clock: Clock
) -> None:
    ids = []
    for _ in range(MOST_OF_A_USER + 2):
        ids.append(auth.sign_in("kim", PASSWORD, HOME).session_id)
        clock.forward(1)
    assert [alive(auth, each) for each in ids] == [False, False, *[True] * MOST_OF_A_USER]
    assert bundle.store.client.zcard(bundle.store.sessions_of("kim")) == MOST_OF_A_USER


def test_a_password_that_changes_while_it_is_compared_opens_nothing(
    auth: Authentication, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = passwords.matches

    def changed_meanwhile(stored: str, password: str) -> bool:
        matched = compare(stored, password)
        auth.users.set_password("kim", "another good one")
        return matched

    monkeypatch.setattr(passwords, "matches", changed_meanwhile)
    assert not auth.sign_in("kim", PASSWORD, HOME).session_id


def test_a_user_that_is_removed_while_the_password_is_compared_gets_no_session(
    auth: Authentication, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = passwords.matches

    def removed_meanwhile(stored: str, password: str) -> bool:
        matched = compare(stored, password)
        auth.users.remove("kim")
        return matched

    monkeypatch.setattr(passwords, "matches", removed_meanwhile)
    assert not auth.sign_in("kim", PASSWORD, HOME).session_id


def test_reading_costs_one_command_a_second(
    auth: Authentication, clock: Clock, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth.sessions.forget()
    auth.sessions.read(session_id)
    clock.forward(1)
    sent = record_commands(monkeypatch)
    for _ in range(50):
        auth.sessions.read(session_id)
    assert len(sent) == 1
    clock.forward(1)
    auth.sessions.read(session_id)
    assert len(sent) == 2


@pytest.mark.parametrize("cookie", ["", "x", "a" * 42, "a" * 44, "a" * 42 + "/", "é" * 43, "a" * 10_000])
def test_what_cannot_be_an_id_is_not_even_asked_for(
    auth: Authentication, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = record_commands(monkeypatch)
    assert auth.sessions.read(cookie) is None
    assert sent == []


def test_unknown_ids_take_no_memory(auth: Authentication) -> None:
    for number in range(50):
        assert auth.sessions.read(f"{number:043}") is None
    assert auth.sessions._kept == {}


def test_a_process_keeps_only_so_many_readings(auth: Authentication, session_id: str) -> None:
    session = auth.sessions.read(session_id)
    for number in range(MOST_KEPT + 10):
        auth.sessions._keep(str(number), session, 0.0)
    assert len(auth.sessions._kept) == MOST_KEPT


@pytest.mark.parametrize(
    "fields",
    [{"role": "root"}, {"role": ""}, {"ends": "never"}, {"seen": "x"}, {"opened": ""}, {"name": b"\xff\xfe"}],
    ids=str,
)
def test_a_damaged_session_is_none(
    bundle: Services, auth: Authentication, session_id: str, fields: dict[str, str]
) -> None:
    bundle.store.client.hset(bundle.store.session(digest_of(session_id)), mapping=fields)  # type: ignore[arg-type]
    assert not alive(auth, session_id)


def test_the_token_of_forms_belongs_to_one_session_and_does_not_tell_its_id(auth: Authentication) -> None:
    first, second = (auth.sign_in("kim", PASSWORD, HOME).session_id for _ in range(2))
    assert csrf_token(first) != csrf_token(second)
    assert csrf_token(first) == csrf_token(first)
    assert first not in csrf_token(first)
    assert digest_of(first) != csrf_token(first)


def test_a_server_without_room_still_knows_who_is_signed_in(
    bundle: Services, auth: Authentication, clock: Clock, session_id: str
) -> None:
    clock.forward(2 * HOUR)
    client = bundle.store.client
    client.config_set("maxmemory", 1)
    try:
        assert alive(auth, session_id)
    finally:
        client.config_set("maxmemory", 0)


def test_while_the_store_is_down_looking_goes_on_for_five_minutes_and_acting_does_not(
    make_server: type[RealServer], bundle: Services, auth: Authentication, clock: Clock, session_id: str
) -> None:
    session = auth.sessions.read(session_id)
    server = make_server().start()
    sessions = Sessions(Store(server.url, timeout=0.3), clock, 12)
    sessions._keep(digest_of(session_id), session, clock())
    server.kill()
    clock.forward(299)
    assert sessions.read(session_id, even_if_unavailable=True) == session
    with pytest.raises(StoreUnavailable):
        sessions.read(session_id)
    with pytest.raises(StoreUnavailable):
        sessions.read("b" * 43, even_if_unavailable=True)
    clock.forward(2)
    with pytest.raises(StoreUnavailable):
        sessions.read(session_id, even_if_unavailable=True)
