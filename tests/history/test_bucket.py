"""Buckets survive being stored, and joining them loses nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.history.bucket import COUNTS, LEVELS, METRICS, NOTHING, TIMES, UNTOLD, Bucket, decoded, joined, together

numbers = st.none() | st.integers(0, 2**40)
levels = numbers | st.just(UNTOLD)
times = st.dictionaries(st.integers(0, TIMES - 1), st.integers(1, 2**40)).map(lambda each: tuple(sorted(each.items())))
peaks = st.just(()) | st.tuples(*(numbers for _ in COUNTS))
all_values = st.tuples(*(numbers for _ in COUNTS), *(levels for _ in LEVELS))
buckets = st.builds(Bucket, all_values, times, times, peaks, st.integers(0, 3_600))
OF_QUEUES = ("pending", "dead_letters", "no_workers", "stalled", "schedules_late", "new_groups")


@given(buckets)
def test_a_bucket_reads_back_as_it_was_stored(bucket: Bucket) -> None:
    assert decoded(bucket.encoded().encode()) == bucket


def test_buckets_of_before_dead_letters_were_kept_are_read() -> None:
    old = decoded(b"[1,2,3,4,5,6,[7,1],[3,2],[],20]")
    assert (old.values[:6], old.run, old.wait, old.unread) == ((1, 2, 3, 4, 5, 6), ((7, 1),), ((3, 2),), 20)
    assert {old.value(metric) for metric in METRICS[6:]} == {None}
    later = decoded(b"[1,2,3,4,5,6,7,[7,1],[3,2],[],20]")
    assert (later.value("dead_letters"), later.value("no_workers"), later.run) == (7, None, ((7, 1),))


def told(parts: list[Bucket], level: str) -> tuple[list[int], int | None]:
    """The values of a level, and what it is where there are none."""
    known = [value for part in parts if (value := part.value(level)) is not None]
    return [value for value in known if value != UNTOLD], UNTOLD if known else None


@given(st.lists(buckets, max_size=6), st.sampled_from(OF_QUEUES))
def test_levels_of_several_queues_are_added(parts: list[Bucket], level: str) -> None:
    known, without = told(parts, level)
    assert together(parts).value(level) == (sum(known) if known else without)


@given(st.lists(buckets, max_size=6), st.sampled_from(LEVELS))
def test_over_time_the_highest_is_kept_of_levels_and_new_groups_are_added(parts: list[Bucket], level: str) -> None:
    known, without = told(parts, level)
    assert joined(parts).value(level) == ((sum if level == "new_groups" else max)(known) if known else without)


@given(st.lists(buckets, max_size=6), st.sampled_from(("oldest", "redis_memory", "redis_eviction", "source_down")))
def test_of_several_sources_the_worst_is_kept(parts: list[Bucket], level: str) -> None:
    known, without = told(parts, level)
    assert together(parts).value(level) == (max(known) if known else without)


@given(buckets, st.integers(0, 1))
def test_a_source_that_did_not_answer_was_not_read(bucket: Bucket, down: int) -> None:
    assert not NOTHING.standing({"source_down": down}).read
    assert bucket.standing({"source_down": down}).read == any(value is not None for value in bucket.values[:-1])
    assert bucket.standing({"stalled": 7, "source_down": down}).value("stalled") == 7
    assert bucket.standing({}) == bucket


@given(st.binary() | st.text().map(str.encode))
def test_whatever_lies_there_is_a_bucket_or_nothing_known(stored: bytes) -> None:
    assert isinstance(decoded(stored), Bucket)


@given(st.lists(buckets, max_size=6), st.integers(0, 6))
def test_joining_in_two_steps_is_joining_at_once(parts: list[Bucket], at: int) -> None:
    assert joined([joined(parts[:at]), joined(parts[at:])]) == joined(parts)


@given(st.lists(buckets, max_size=6))
def test_counts_are_added(parts: list[Bucket]) -> None:
    whole = joined(parts)
    for metric in ("enqueued", "failed"):
        known = [value for part in parts if (value := part.value(metric)) is not None]
        assert whole.value(metric) == (sum(known) if known else None)


@given(st.lists(buckets, max_size=6), st.integers(0, 6))
def test_joining_minutes_in_two_steps_keeps_the_highest_of_all(parts: list[Bucket], at: int) -> None:
    assert joined([joined(parts[:at], 60), joined(parts[at:], 60)], 60) == joined(parts, 60)


def counted(succeeded: int) -> Bucket:
    return Bucket((0, succeeded, 0, 0, 0, None))


def test_a_spike_of_a_minute_survives_in_a_longer_stretch() -> None:
    ten = joined([counted(1)] * 9 + [counted(100)], 60, whole=10)
    assert (ten.value("succeeded"), ten.peak("succeeded", 600), ten.unread) == (109, 100, 0)
    hour = joined([ten, counted(0)], 600)
    assert hour.peak("succeeded", 3_600) == 100


def test_a_stretch_of_which_only_the_whole_is_known_has_the_mean_for_its_peak() -> None:
    assert counted(25).peak("succeeded", 600) == 3
    assert counted(25).peak("succeeded", 60) == counted(25).peak("succeeded", 10) == 25


def test_what_was_not_read_is_told() -> None:
    whole = joined([counted(1)] * 6, 10, whole=6)
    missing = joined([counted(1)] * 4, 10, whole=6)
    level_only = joined([counted(1)] * 5 + [Bucket((None, None, None, None, 7, None))], 10, whole=6)
    assert (whole.unread, missing.unread, level_only.unread) == (0, 20, 10)
    assert joined([whole, missing], 60, whole=3).unread == 80
    assert joined([], 10, whole=6) == Bucket()


def test_highest_minutes_of_several_queues_are_what_it_can_have_been_at_most() -> None:
    one, other = joined([counted(5), counted(1)], 60), joined([counted(2), counted(3)], 60)
    assert together([one, other]).peak("succeeded", 600) == 8


def test_a_percentile_is_estimated_within_the_bucket_that_reaches_it() -> None:
    bucket = Bucket(run=((3, 90), (10, 10)))
    half = bucket.percentile("run", 0.5)
    assert half is not None
    assert 0.004 < half < 0.008
    assert bucket.percentile("run", 0.95) == 0.768
    assert bucket.percentile("run", 1.0) == 1.024
    assert bucket.percentile("wait", 0.5) is None


def test_the_last_bucket_tells_no_more_than_its_lower_bound() -> None:
    assert Bucket(wait=((TIMES - 1, 4),)).percentile("wait", 0.99) == 2**22 / 1000
