"""What each metric's value was, of buckets that are given: the same as it would have been judged then, and gaps."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Sample
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.records import Rule
from dashboard.history.bucket import NOTHING, UNTOLD
from dashboard.history.history import Past

LEVELS = {
    "no_workers": "no_workers", "stalled": "stalled", "schedules_late": "schedules_late", "source_down": "source_down",
    "redis_memory": "redis_memory", "redis_eviction": "redis_eviction", "new_group": "new_groups",
}  # fmt: skip


def samples(rule: Rule, kept: Sequence[int | None], seconds: int = 60) -> list[Sample]:
    """A rule's values in buckets in which its level was so."""
    level = LEVELS[rule.metric]
    buckets = [NOTHING if value is None else NOTHING.standing({level: value}) for value in kept]
    past = Past(seconds, tuple((seconds * at, bucket) for at, bucket in enumerate(buckets)))
    points = metrics()[rule.metric].history(rule, past)
    assert points is not None
    assert [at for at, _ in points] == [seconds * (at + 1) for at in range(len(kept))]
    return [sample for _, sample in points]


def test_every_metric_has_a_past() -> None:
    for name, metric in metrics().items():
        assert metric.history(Rule("r", name, 1), Past(60, ((0, NOTHING),))) is not None, name


@pytest.mark.parametrize("metric", LEVELS)
def test_what_was_not_read_is_no_data_and_never_nothing(metric: str) -> None:
    rule = Rule("r", metric, 0, window_seconds=60 if metric == "new_group" else 0)
    assert samples(rule, (0, None, 0)) == [Sample(0), UNREAD, Sample(0)]


@pytest.mark.parametrize("metric", ["no_workers", "stalled", "schedules_late", "source_down", "redis_eviction"])
def test_a_level_is_the_value(metric: str) -> None:
    assert samples(Rule("r", metric, 0), (0, 1)) == [Sample(0), Sample(1)]


def test_memory_is_in_percent() -> None:
    assert samples(Rule("r", "redis_memory", 85), (0, 8_512)) == [Sample(0), Sample(85.12)]


@pytest.mark.parametrize("metric", ["no_workers", "redis_memory", "redis_eviction"])
def test_where_there_was_nothing_to_judge_by_it_is_not_judged(metric: str) -> None:
    assert samples(Rule("r", metric, 0), (UNTOLD,)) == [NOT_JUDGED]


@pytest.mark.parametrize("metric", ["stalled", "schedules_late", "new_group"])
def test_what_a_product_does_not_tell_is_no_data_for_a_rule_of_its_own_alone(metric: str) -> None:
    assert samples(Rule("r", metric, 0), (UNTOLD,)) == [UNREAD]
    assert samples(Rule("r", metric, 0, built_in=True), (UNTOLD,)) == [NOT_JUDGED]


@given(st.lists(st.none() | st.integers(0, 5), max_size=40), st.integers(1, 20), st.sampled_from((60, 300)))
def test_new_groups_are_those_of_the_window(kept: list[int | None], minutes: int, seconds: int) -> None:
    rule = Rule("r", "new_group", 0, window_seconds=minutes * 60)
    window = max(1, minutes * 60 // seconds)
    for at, found in enumerate(samples(rule, kept, seconds)):
        within = kept[max(0, at + 1 - window) : at + 1]
        if kept[at] is None:
            assert found == UNREAD
        elif len(within) < window:
            assert found == NOT_JUDGED
        else:
            assert found == Sample(sum(count or 0 for count in within))
