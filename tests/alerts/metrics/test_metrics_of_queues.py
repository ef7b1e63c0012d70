"""What each metric is judged for, and what its value is in a snapshot."""

from __future__ import annotations

import pytest

from dashboard.adapters.contract import JobType, JobTypes, Queue
from dashboard.alerts.metrics.contract import NOT_JUDGED, UNREAD, Sample, Target
from dashboard.alerts.records import Rule
from tests.alerts.metrics.readings import NOW, Given, judged, snapshot, value

MAIL = Queue("main", "mail", "queue_core", pending=3, failed=70, oldest_pending_seconds=9.0,
             failed_per_minute=3.0, succeeded_per_minute=9.0, by_type={"send": {"failed": 60}})  # fmt: skip
BILLING = Queue("main", "billing", "queue_core", pending=0, failed=40, failed_per_minute=0.0, succeeded_per_minute=0.0)
MAIN = Target("main")
OF_MAIL = Target("main", "mail")


def test_failed_is_judged_by_the_total_of_each_source() -> None:
    rule = Rule("r", "failed", 100)
    read = snapshot(MAIL, BILLING)
    assert judged(rule, read) == [MAIN, Target("side")]
    assert value(rule, MAIN, read) == Sample(110)
    assert value(rule, Target("side"), read) == Sample(0)


def test_failed_with_a_queue_is_judged_for_that_queue() -> None:
    rule = Rule("r", "failed", 100, queue="mail", source="main")
    assert judged(rule, snapshot(MAIL, BILLING)) == [OF_MAIL]
    assert value(rule, OF_MAIL, snapshot(MAIL)) == Sample(70)
    assert value(rule, OF_MAIL, snapshot(BILLING)) == NOT_JUDGED


def test_failed_with_a_type_counts_the_dead_letters_of_that_type() -> None:
    rule = Rule("r", "failed", 100, queue="mail", type="send", source="main")
    (target,) = judged(rule, snapshot(MAIL))
    assert value(rule, target, snapshot(MAIL)) == Sample(60)
    untold = Queue("main", "mail", "rq", failed=5)
    assert value(rule, target, snapshot(untold)) == UNREAD


def test_other_metrics_are_judged_by_queue() -> None:
    rule = Rule("r", "oldest_pending_seconds", 5, source="main")
    read = snapshot(MAIL, BILLING)
    assert judged(rule, read) == [OF_MAIL, Target("main", "billing")]
    assert value(rule, OF_MAIL, read) == Sample(9.0)
    assert value(rule, Target("main", "billing"), read) == Sample(0.0)


def test_the_failure_rate_is_in_percent_of_attempts_that_ended() -> None:
    read = snapshot(MAIL, BILLING)
    assert value(Rule("r", "failure_rate", 5), OF_MAIL, read) == Sample(25.0)
    assert value(Rule("r", "failure_rate", 5, minimum=13), OF_MAIL, read) == NOT_JUDGED
    assert value(Rule("r", "failure_rate", 5), Target("main", "billing"), read) == NOT_JUDGED


def test_the_failure_rate_of_a_type_is_that_of_its_last_hour() -> None:
    given = Given(job_types=JobTypes(NOW - 7_200, (JobType("send", 90, 30),)))
    target = Target("main", "mail", "send")
    assert value(Rule("r", "failure_rate", 5, queue="mail", type="send"), target, snapshot(MAIL), given) == Sample(25.0)
    few = Rule("r", "failure_rate", 5, queue="mail", type="send", minimum=3)
    assert value(few, target, snapshot(MAIL), given) == NOT_JUDGED


@pytest.mark.parametrize("metric", ["failed", "failure_rate", "oldest_pending_seconds"])
def test_a_source_that_is_down_gives_no_data_although_old_values_are_known(metric: str) -> None:
    read = snapshot(MAIL, up=False)
    assert judged(Rule("r", metric, 1, source="main"), read) == [MAIN]
    assert value(Rule("r", metric, 1), OF_MAIL, read) == UNREAD
    assert value(Rule("r", metric, 1), MAIN, read) == UNREAD


@pytest.mark.parametrize("metric", ["failed", "failure_rate", "oldest_pending_seconds"])
def test_a_value_that_was_not_read_is_no_data(metric: str) -> None:
    unread = Queue("main", "mail", "queue_core")
    assert value(Rule("r", metric, 1, queue="mail"), OF_MAIL, snapshot(unread)) == UNREAD


def test_a_queue_that_is_known_by_its_failures_alone_is_judged_by_these_alone() -> None:
    read = snapshot(Queue("main", "gone", "celery", failed=1, failed_per_minute=2.0, failures_only=True))
    for metric in ("oldest_pending_seconds", "no_workers", "stalled", "backlog_growth"):
        assert judged(Rule("r", metric, 0, source="main"), read) == []
    assert judged(Rule("r", "failed_per_minute", 1, source="main"), read) == [Target("main", "gone")]
    assert value(Rule("r", "failed", 0), MAIN, read) == Sample(1)
