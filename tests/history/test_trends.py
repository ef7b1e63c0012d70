"""How figures compare with a while ago, and nothing where the history does not tell."""

from __future__ import annotations

import pytest

from dashboard.app import create_app
from dashboard.history.bucket import Bucket
from dashboard.trends import Trends, trends
from tests.history.conftest import Recording


def put(recording: Recording, seconds: int, back: range, bucket: Bucket) -> None:
    """Write buckets of one length, so many of them back from now."""
    store, now = recording.world.store, int(recording.world.clock())
    for each in back:
        place = now // seconds - each
        store.client.hset(store.history(seconds, place // 60, "main", "mail"), str(place % 60), bucket.encoded())


def compared(recording: Recording) -> Trends:
    services = recording.world.services
    services.history.forget()
    with create_app(recording.world.settings, services).test_request_context("/"):
        return trends(services, ["main"], "mail")


def counts(succeeded: int, failed_attempts: int = 0, failed: int = 0, pending: int = 0) -> Bucket:
    return Bucket((0, succeeded, failed_attempts, failed, pending, None))


@pytest.fixture
def begun(recording: Recording) -> Recording:
    recording.tick()
    return recording


def test_without_any_history_nothing_is_compared(recording: Recording) -> None:
    assert compared(recording) == Trends()


def test_an_hour_ago_and_the_last_quarter(begun: Recording) -> None:
    put(begun, 60, range(1, 16), counts(5, failed=2))
    put(begun, 60, range(59, 60), counts(5, pending=40))
    found = compared(begun)
    assert (found.pending_before, found.dead_lately) == (40, 30)


def test_a_quarter_of_which_a_minute_is_missing_is_not_counted(begun: Recording) -> None:
    put(begun, 60, range(1, 12), counts(5, failed=2))
    assert compared(begun).dead_lately is None


def test_what_is_usual_is_the_share_of_the_day(begun: Recording) -> None:
    put(begun, 600, range(1, 144), counts(95, failed_attempts=5))
    assert compared(begun).usual_share == pytest.approx(0.05)


def test_a_share_of_few_attempts_means_nothing(begun: Recording) -> None:
    put(begun, 600, range(1, 4), counts(2, failed_attempts=1))
    assert compared(begun).usual_share is None


def test_now_is_compared_with_this_time_yesterday(begun: Recording) -> None:
    put(begun, 60, range(1, 11), counts(12))
    put(begun, 600, range(143, 144), counts(100))
    assert compared(begun).since_yesterday == pytest.approx(0.2)


def test_yesterday_is_left_out_where_it_was_not_read_to_its_end(begun: Recording) -> None:
    put(begun, 60, range(1, 11), counts(12))
    put(begun, 600, range(143, 144), Bucket((0, 100, 0, 0, 0, None), unread=60))
    assert compared(begun).since_yesterday is None
