"""Which topics two readings of everything tell apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.adapters.contract import Action, CurrentJob, Queue, Worker
from dashboard.adapters.snapshot import Snapshot, SourceSnapshot
from dashboard.alerts.records import Alert, AlertState
from dashboard.events.changes import TOPICS, Changes, Reading
from dashboard.operations.records import Operation, OperationState

QUEUE = Queue("main", "mail", "queue_core", pending=2, processing=1, failed=3, paused=False, totals={"failed": 3})
WORKER = Worker(
    "w1", "main", "here", 1, "1", ("mail",), 4, 1, 0.0, 100.0, False, jobs=(CurrentJob("a", "mail", "t", 1.0),)
)
SOURCE = SourceSnapshot("main", "queue_core", "redis://here", True, queues=(QUEUE,), workers=(WORKER,))
ALERT = Alert("too-many", "page", "failed", AlertState.PENDING, "main", "mail", 3.0, 2.0, 0.0, "f1", 100.0)
OPERATION = Operation("o1", Action.REQUEUE, OperationState.RUNNING, (), 10, done=1)


def reading(
    at: float, *, source: SourceSnapshot = SOURCE, alert: Alert = ALERT, operation: Operation = OPERATION
) -> Reading:
    return Reading(Snapshot(at, (source,)), (alert,), (operation,))


def with_queue(**changes: object) -> SourceSnapshot:
    return replace(SOURCE, queues=(replace(QUEUE, **changes),))  # type: ignore[arg-type]


def with_worker(**changes: object) -> SourceSnapshot:
    return replace(SOURCE, workers=(replace(WORKER, **changes),))  # type: ignore[arg-type]


CASES = {
    "a job is enqueued": ({"source": with_queue(pending=3)}, {"queues"}),
    "a queue is paused": ({"source": with_queue(paused=True)}, {"queues"}),
    "a job dies": ({"source": with_queue(failed=4, totals={"failed": 4})}, {"queues", "dead"}),
    "one dies and one is requeued": ({"source": with_queue(totals={"failed": 4})}, {"queues", "dead"}),
    "a queue appears": ({"source": replace(SOURCE, queues=(QUEUE, replace(QUEUE, name="b")))}, {"queues", "dead"}),
    "a worker takes another job": ({"source": with_worker(jobs=(CurrentJob("b", "mail", "t", 2.0),))}, {"workers"}),
    "a worker is lost": ({"source": with_worker(lost=True)}, {"workers"}),
    "a source is gone": ({"source": replace(SOURCE, up=False, error="refused")}, {"sources"}),
    "an alert fires": ({"alert": replace(ALERT, state=AlertState.FIRING)}, {"alerts"}),
    "an operation goes on": ({"operation": replace(OPERATION, done=5)}, {"operations"}),
    "only time passes": ({"source": with_queue(oldest_pending_seconds=9.0, succeeded_per_minute=1.5)}, set()),
    "a worker says that it lives": ({"source": with_worker(heartbeat_at=101.0, memory_bytes=5)}, set()),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_each_change_has_its_topics(what: str) -> None:
    after, topics = CASES[what]
    changes = Changes()
    before = changes.take(reading(100.0))
    changes.take(reading(101.0, **after))  # type: ignore[arg-type]
    assert changes.since(before) == topics


def test_the_first_reading_is_news_only_to_who_shows_something_older() -> None:
    changes = Changes()
    changes.take(reading(100.0))
    assert changes.since(99.0) == set(TOPICS)
    assert changes.since(100.0) == set()


def test_what_changed_stays_known_for_who_comes_later() -> None:
    changes = Changes()
    changes.take(reading(100.0))
    changes.take(reading(101.0, source=with_queue(pending=3)))
    changes.take(reading(102.0, source=with_queue(pending=3)))
    assert changes.since(100.5) == {"queues"}
    assert changes.since(101.5) == set()


def test_a_change_within_one_snapshot_is_not_lost() -> None:
    changes = Changes()
    before = changes.take(reading(100.0))
    changes.take(reading(100.0, alert=replace(ALERT, state=AlertState.FIRING)))
    assert changes.since(before) == {"alerts"}


def test_a_store_that_does_not_answer_changes_nothing() -> None:
    changes = Changes()
    before = changes.take(reading(100.0))
    changes.take(Reading(reading(101.0).snapshot))
    changes.take(reading(102.0))
    assert changes.since(before) == set()
