"""A task goes on through trouble, calls more rarely meanwhile, and says so once."""

from __future__ import annotations

import structlog

from dashboard.adapters.contract import SourceUnavailable
from dashboard.collector.task import LONGEST_BACKOFF, Task
from dashboard.store import Fence, StaleLeader

FENCE = Fence("me", 1)


class Flaky:
    """Work that fails while `broken`."""

    def __init__(self) -> None:
        self.broken: Exception | None = None

    def __call__(self, fence: Fence) -> bool:
        if self.broken:
            raise self.broken
        return fence == FENCE


def test_trouble_is_logged_once_when_it_begins_and_once_when_it_is_over() -> None:
    work = Flaky()
    task = Task("alerts", 1.0, work)
    with structlog.testing.capture_logs() as logs:
        task.once(FENCE)
        work.broken = SourceUnavailable("source main: Redis does not answer")
        for _ in range(5):
            task.once(FENCE)
        work.broken = None
        task.once(FENCE)
        task.once(FENCE)
    assert [(entry["log_level"], entry["event"]) for entry in logs] == [
        ("warning", "alerts: does not work, goes on trying"),
        ("info", "alerts: works again"),
    ]


def test_it_backs_off_with_each_failure_up_to_a_limit_and_returns_to_its_pace() -> None:
    work = Flaky()
    task = Task("alerts", 1.0, work)
    assert task.pause() == 1.0
    work.broken = ValueError("any other error")
    longest = []
    for _ in range(12):
        assert task.once(FENCE) is False
        longest.append(max(task.pause() for _ in range(50)))
    assert longest[0] <= 2.0
    assert longest[3] > longest[0]
    assert all(pause <= LONGEST_BACKOFF for pause in longest)
    work.broken = None
    assert task.once(FENCE) is True
    assert task.pause() == 1.0


def test_having_lost_the_lead_is_said_and_is_no_trouble() -> None:
    work = Flaky()
    work.broken = StaleLeader("another leads")
    task = Task("alerts", 1.0, work)
    with structlog.testing.capture_logs() as logs:
        task.once(FENCE)
    assert [(log["event"], log["log_level"]) for log in logs] == [
        ("alerts: refused, another collector leads by now", "info")
    ]
    assert task.pause() == 1.0
