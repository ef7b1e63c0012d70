"""Buckets survive being stored, and joining them loses nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.history.bucket import METRICS, TIMES, Bucket, decoded, joined, together

numbers = st.none() | st.integers(0, 2**40)
times = st.dictionaries(st.integers(0, TIMES - 1), st.integers(1, 2**40)).map(lambda each: tuple(sorted(each.items())))
buckets = st.builds(Bucket, st.tuples(*(numbers for _ in METRICS)), times, times)


@given(buckets)
def test_a_bucket_reads_back_as_it_was_stored(bucket: Bucket) -> None:
    assert decoded(bucket.encoded().encode()) == bucket


@given(st.binary() | st.text().map(str.encode))
def test_whatever_lies_there_is_a_bucket_or_nothing_known(stored: bytes) -> None:
    assert isinstance(decoded(stored), Bucket)


@given(st.lists(buckets, max_size=6), st.integers(0, 6))
def test_joining_in_two_steps_is_joining_at_once(parts: list[Bucket], at: int) -> None:
    assert joined([joined(parts[:at]), joined(parts[at:])]) == joined(parts)


@given(st.lists(buckets, max_size=6))
def test_counts_are_added_and_levels_keep_their_highest(parts: list[Bucket]) -> None:
    whole = joined(parts)
    for metric in ("enqueued", "failed"):
        known = [value for part in parts if (value := part.value(metric)) is not None]
        assert whole.value(metric) == (sum(known) if known else None)
    waiting = [value for part in parts if (value := part.value("oldest")) is not None]
    assert whole.value("oldest") == max(waiting, default=None)


@given(st.lists(buckets, max_size=6))
def test_pending_jobs_of_several_queues_are_added(parts: list[Bucket]) -> None:
    known = [value for part in parts if (value := part.value("pending")) is not None]
    assert together(parts).value("pending") == (sum(known) if known else None)


def test_a_percentile_is_the_bound_of_the_bucket_that_reaches_it() -> None:
    bucket = Bucket(run=((3, 90), (10, 10)))
    assert bucket.percentile("run", 0.5) == 0.008
    assert bucket.percentile("run", 0.95) == 1.024
    assert bucket.percentile("wait", 0.5) is None
