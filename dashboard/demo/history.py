"""What happened before anyone looks: a few hundred jobs, run at once, so that the first page is not empty."""

from __future__ import annotations

from itertools import islice
from types import TracebackType

from dashboard.demo.jobs import app
from dashboard.demo.pace import Pace
from dashboard.demo.sequence import Sample, Sequence
from queue_core.reliable import ReliableQueue

GOOD, BAD, REPORTS = 260, 90, 6
QUEUES = ("billing", "emails", "images", "webhooks")
PAUSED = "reports"
PREPARED = "redrive-demo:prepared"
"""STRING, there once the history was begun; a queue's own keys may come from a worker that was quicker."""


def prepare(seed: int) -> bool:
    """Pause the reports and run the history; False when this Redis has one already."""
    reports = _queue(PAUSED)
    if not reports.engine.client.set(PREPARED, "1", nx=True):
        return False
    sequence = Sequence(seed, 0.0)
    reports.pause()
    reports.enqueue_many({"type": s.type, "data": s.data} for s in (sequence.report() for _ in range(REPORTS)))
    samples = [*islice(sequence, GOOD), *sequence.bad(BAD)]
    Pace.factor = 0.0
    for name in QUEUES:
        _run(name, [sample for sample in samples if sample.queue == name and not sample.delay])
    Pace.factor = 1.0
    return True


def _queue(name: str) -> ReliableQueue:
    return app.queue(name)


def _run(name: str, samples: list[Sample]) -> None:
    queue = _queue(name)
    queue.enqueue_many({"type": s.type, "data": s.data, "max_retries": 1} for s in samples)
    while jobs := queue.claim_jobs(32, "demo-history"):
        for job in jobs:
            try:
                result = app.jobs[job.type].run(job.data)
            except Exception as error:  # noqa: BLE001 - whatever a job raises is its failure
                queue.fail_job(job, error.with_traceback(_inside(error.__traceback__)), retry_in=0.0)
            else:
                queue.complete_job(job, result)


def _inside(traceback: TracebackType | None) -> TracebackType | None:
    """The traceback without this module's frames, as a worker reports it: both are the same error then."""
    while traceback and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next
    return traceback
