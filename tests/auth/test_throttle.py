"""Too many failures are refused for a while: by name, by address, and never for everyone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.auth.authentication import Authentication
from dashboard.auth.throttle import MOST_RECORDED, OF_ADDRESS, OF_NAME, OF_NAME_FROM_ADDRESS, WINDOW, Throttle, network
from dashboard.services import Services
from tests.accounts import PASSWORD
from tests.background import Clock

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def throttle(bundle: Services, clock: Clock) -> Throttle:
    return Throttle(bundle.store, clock)


def fail(auth: Authentication, times: int, name: str = "kim", address: str = HOME) -> None:
    for _ in range(times):
        assert not auth.sign_in(name, "wrong", address).session_id


def test_after_ten_failures_the_right_password_has_to_wait_too(auth: Authentication, clock: Clock) -> None:
    fail(auth, OF_NAME_FROM_ADDRESS - 1)
    assert auth.sign_in("kim", PASSWORD, HOME).session_id
    fail(auth, OF_NAME_FROM_ADDRESS)
    clock.forward(60)
    refused = auth.sign_in("kim", PASSWORD, HOME)
    assert (refused.session_id, refused.wait) == ("", WINDOW - 60)


def test_waiting_helps_and_refused_attempts_do_not_lengthen_it(auth: Authentication, clock: Clock) -> None:
    fail(auth, OF_NAME_FROM_ADDRESS)
    for _ in range(14):
        clock.forward(60)
        assert auth.sign_in("kim", PASSWORD, HOME).wait
    clock.forward(60)
    assert auth.sign_in("kim", PASSWORD, HOME).session_id


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(auth: Authentication) -> None:
    fail(auth, OF_NAME_FROM_ADDRESS + 20, address=ELSEWHERE)
    assert auth.sign_in("kim", PASSWORD, HOME).session_id


def test_nor_are_other_users_of_the_same_address(auth: Authentication) -> None:
    fail(auth, OF_NAME_FROM_ADDRESS + 5)
    assert auth.sign_in("vera", PASSWORD, HOME).session_id


def test_one_address_cannot_try_many_names(auth: Authentication) -> None:
    for number in range(OF_ADDRESS):
        fail(auth, 1, name=f"name-{number}", address=ELSEWHERE)
    assert auth.sign_in("kim", PASSWORD, ELSEWHERE).wait
    assert auth.sign_in("kim", PASSWORD, HOME).session_id


def test_many_addresses_cannot_try_one_name_for_ever(auth: Authentication) -> None:
    for number in range(OF_NAME):
        fail(auth, 1, address=f"10.0.{number // 250}.{number % 250}")
    assert auth.sign_in("kim", PASSWORD, HOME).wait


def test_unknown_names_are_refused_like_known_ones(auth: Authentication) -> None:
    fail(auth, OF_NAME_FROM_ADDRESS, name="nobody")
    known = [auth.sign_in("kim", "wrong", ELSEWHERE) for _ in range(OF_NAME_FROM_ADDRESS + 1)]
    unknown = auth.sign_in("nobody", "wrong", HOME)
    assert unknown == known[-1]
    assert unknown.wait


def test_signing_in_again_and_again_is_no_failure(auth: Authentication) -> None:
    for _ in range(OF_ADDRESS + 5):
        assert auth.sign_in("kim", PASSWORD, HOME).session_id


def test_another_password_starts_anew(auth: Authentication, clock: Clock) -> None:
    fail(auth, OF_NAME_FROM_ADDRESS)
    clock.forward(1)
    auth.users.set_password("kim", "another good one")
    assert auth.sign_in("kim", "another good one", HOME).session_id


def test_of_many_attempts_at_once_only_so_many_are_made(throttle: Throttle) -> None:
    counters = throttle.counters("kim", None, HOME)
    with ThreadPoolExecutor(16) as pool:
        made = [wait == 0 for wait, _ in pool.map(lambda _: throttle.attempt(counters), range(64))]
    assert sum(made) == OF_NAME_FROM_ADDRESS


def test_memory_is_bounded_however_many_names_are_tried(bundle: Services, throttle: Throttle) -> None:
    keys = {
        key for number in range(2_000) for key in throttle.counters(f"name-{number}", None, f"2001:db8:{number:x}::1")
    }
    prefix = bundle.store.attempts("", "").rpartition(":")[0].rpartition(":")[0]
    suffixes = {key.removeprefix(prefix).rpartition(":")[2] for key in keys}
    assert all(len(each) == 4 and int(each, 16) >= 0 for each in suffixes)
    assert len(throttle.counters("x" * 100_000, None, "y" * 100_000)[0]) < 60


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_ipv6_customer_is_one_address(address: str, whose: str) -> None:
    assert network(address) == whose


def test_failures_are_written_down_with_the_name_only_when_it_is_a_users(
    bundle: Services, auth: Authentication
) -> None:
    fail(auth, 1, name="kim")
    fail(auth, 1, name="my secret password")
    last, first = bundle.audit.page().items[:2]
    assert (first.action, first.actor, first.target, first.result) == (
        "sign in",
        "unknown",
        "Kim",
        "wrong name or password",
    )
    assert (last.action, last.target, last.done) == ("sign in", "", False)
    assert "secret" not in repr(bundle.store.client.xrange(bundle.store.audit))


def test_a_flood_of_failures_does_not_drown_the_audit_log(bundle: Services, auth: Authentication, clock: Clock) -> None:
    for number in range(MOST_RECORDED + 50):
        fail(auth, 1, name=f"name-{number}", address=f"10.0.{number // 250}.{number % 250}")
    found = [each for each in bundle.audit.page(limit=200).items if not each.done]
    assert len(found) == MOST_RECORDED
    clock.forward(WINDOW)
    fail(auth, 1)
    assert bundle.audit.page().items[0].target == "Kim"
