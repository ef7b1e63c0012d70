"""What each metric is judged for, and what its value is in a snapshot."""

from __future__ import annotations

from dashboard.adapters.contract import Queue
from dashboard.adapters.snapshot import Snapshot, SourceSnapshot
from dashboard.alerts.metrics.contract import Sample, Target
from dashboard.alerts.records import Rule
from dashboard.alerts.samples import sample, targets


def snapshot(*queues: Queue, up: bool = True) -> Snapshot:
    other = SourceSnapshot("side", "queue_core", "", up=True)
    return Snapshot(0.0, (SourceSnapshot("main", "queue_core", "", up=up, queues=queues), other))


MAIL = Queue("main", "mail", "queue_core", pending=3, failed=70, oldest_pending_seconds=9.0,
             failed_per_minute=3.0, succeeded_per_minute=9.0)  # fmt: skip
BILLING = Queue("main", "billing", "queue_core", pending=0, failed=40, failed_per_minute=0.0, succeeded_per_minute=0.0)


def test_failed_is_judged_by_the_total_of_each_source() -> None:
    rule = Rule("r", "failed", 100)
    read = snapshot(MAIL, BILLING)
    assert list(targets(rule, read)) == [Target("main"), Target("side")]
    assert sample(rule, Target("main"), read) == Sample(110)
    assert sample(rule, Target("side"), read) == Sample(0)


def test_failed_with_a_queue_is_judged_for_that_queue() -> None:
    rule = Rule("r", "failed", 100, queue="mail")
    assert list(targets(rule, snapshot(MAIL, BILLING))) == [Target("main", "mail")]
    assert sample(rule, Target("main", "mail"), snapshot(MAIL)) == Sample(70)


def test_other_metrics_are_judged_by_queue() -> None:
    rule = Rule("r", "oldest_pending_seconds", 5, source="main")
    read = snapshot(MAIL, BILLING)
    assert list(targets(rule, read)) == [Target("main", "mail"), Target("main", "billing")]
    assert sample(rule, Target("main", "mail"), read) == Sample(9.0)
    assert sample(rule, Target("main", "billing"), read) == Sample(0.0)


def test_the_failure_rate_is_in_percent_of_attempts_that_ended() -> None:
    read = snapshot(MAIL, BILLING)
    assert sample(Rule("r", "failure_rate", 5), Target("main", "mail"), read) == Sample(25.0)
    assert sample(Rule("r", "failure_rate", 5, minimum=13), Target("main", "mail"), read) == Sample(None, enough=False)
    assert sample(Rule("r", "failure_rate", 5), Target("main", "billing"), read) == Sample(None, enough=False)


def test_a_source_that_is_down_gives_no_data_although_old_values_are_known() -> None:
    read = snapshot(MAIL, up=False)
    for metric in ("failed", "failure_rate", "oldest_pending_seconds"):
        assert sample(Rule("r", metric, 1), Target("main", "mail"), read) == Sample(None)
    assert sample(Rule("r", "failed", 1), Target("main"), read) == Sample(None)


def test_a_value_that_was_not_read_is_no_data() -> None:
    unread = Queue("main", "mail", "queue_core")
    for metric in ("failed", "failure_rate", "oldest_pending_seconds"):
        assert sample(Rule("r", metric, 1, queue="mail"), Target("main", "mail"), snapshot(unread)) == Sample(None)
