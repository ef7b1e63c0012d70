"""What a chart shows, in words: for those who do not see it."""

from __future__ import annotations

from dashboard.charts.chart import Limit, Track
from dashboard.charts.words import described, turn
from tests.charts.charts import START, chart


def test_a_rise_is_told_with_its_time_and_both_levels() -> None:
    told = described(chart([9.0, 8.0, 10.0, 9.0] * 9 + [34.0, 38.0, 36.0, 36.0] * 6))
    assert told == (
        "Failed attempts, per minute, 16:00 to 17:00 UTC: about 9 until 16:36, then rising to about 36,"
        " highest 38 at 16:37."
    )


def test_a_fall_is_told_too() -> None:
    assert "about 40 until 16:30, then falling to about 2" in described(chart([40.0] * 30 + [2.0] * 30))


def test_what_stays_the_same_is_steady() -> None:
    assert "steady at about 100" in described(chart([98.0, 102.0, 100.0] * 20))


def test_nothing_is_none_and_not_steady() -> None:
    assert described(chart([0.0] * 60)).endswith("UTC: none.")


def test_what_has_no_turn_goes_between_two_values() -> None:
    told = described(chart([1.0, 30.0, 8.0, 2.0, 25.0, 4.0] * 10))
    assert "between 1 and 30, highest at 16:01, last 4" in told


def test_a_turn_needs_a_level_before_and_after_it() -> None:
    assert turn([1.0] * 30 + [None] * 10 + [9.0] * 20) == turn([1.0] * 30 + [None] * 10 + [9.0] * 20)
    found = turn([1.0] * 30 + [None] * 10 + [9.0] * 20)
    assert found is not None
    assert (found.at, found.before, found.after) == (40, 1.0, 9.0)
    assert turn([1.0] * 59 + [50.0]) is None, "one spike is no level"
    assert turn([1.0, 2.0]) is None


def test_the_running_bucket_is_no_fall() -> None:
    told = described(chart([50.0] * 59 + [3.0], incomplete=frozenset({59})))
    assert "steady at about 50" in told


def test_what_was_not_read_is_told() -> None:
    told = described(chart([None] * 10 + [5.0] * 20 + [None] * 12 + [5.0] * 18))
    assert "Nothing was read before 16:10." in told
    assert "Nothing was read from 16:30 to 16:42." in told
    assert "Nothing was read since 16:50." in described(chart([5.0] * 50 + [None] * 10))


def test_minutes_in_which_no_job_ended_are_no_gaps() -> None:
    told = described(chart([5.0] * 30 + [None] * 30, idle=frozenset(range(30, 60))))
    assert "Nothing was read" not in told


def test_a_limit_that_was_passed_is_told_with_its_time() -> None:
    tracks = (Track([9.0] * 60, "p95", limited=False), Track([1.0] * 40 + [5.0] * 20, "oldest waiting"))
    both = chart([], tracks=tracks, limit=Limit(3, "limit 3"))
    assert "p95: steady at about 9; oldest waiting: about 1 until 16:40" in described(both)
    assert "Above limit 3 first at 16:40." in described(both)
    assert "Never above limit 50." in described(chart([1.0, 2.0, 3.0], limit=Limit(50, "limit 50")))


def test_new_versions_are_told() -> None:
    told = described(chart([1.0] * 60, marks=((START + 600.0, "shop 4.3.0"),)))
    assert told.endswith("shop 4.3.0 came into use at 16:10.")
