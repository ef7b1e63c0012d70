"""One collector leads; when it falls silent another takes over under a higher epoch."""

from __future__ import annotations

import pytest

from dashboard.collector.lease import Lease
from dashboard.store import Store, StoreUnavailable
from tests.waiting import until


@pytest.fixture
def store(redis_url: str) -> Store:
    return Store(redis_url)


def wait_for_lead(lease: Lease) -> None:
    until(lease.renew, "nobody took over")


def test_one_of_two_leads(store: Store) -> None:
    first, second = Lease(store), Lease(store)
    assert [first.renew(), second.renew(), first.renew(), second.renew()] == [True, False, True, False]
    assert first.fence() is not None
    assert second.fence() is None


def test_a_silent_leader_is_replaced_under_a_higher_epoch(store: Store) -> None:
    first, second = Lease(store, seconds=0.2), Lease(store, seconds=30)
    first.renew()
    before = first.fence()
    wait_for_lead(second)
    after = second.fence()
    assert before is not None
    assert after is not None
    assert after.epoch == before.epoch + 1
    assert first.renew() is False


def test_a_leader_that_could_not_renew_in_time_does_not_believe_in_itself(store: Store) -> None:
    lease = Lease(store, seconds=0.05)
    lease.renew()
    until(lambda: lease.fence() is None)


def test_a_leader_that_resigns_is_replaced_at_once(store: Store) -> None:
    first, second = Lease(store), Lease(store)
    first.renew()
    first.resign()
    assert first.fence() is None
    assert second.renew()


def test_only_the_leader_can_resign(store: Store) -> None:
    first, second = Lease(store), Lease(store)
    first.renew()
    second.resign()
    assert second.renew() is False


def test_a_store_that_is_down_is_said_so() -> None:
    with pytest.raises(StoreUnavailable, match="own store"):
        Lease(Store("redis://127.0.0.1:1/0")).renew()
