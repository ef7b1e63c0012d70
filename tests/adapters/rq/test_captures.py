"""A worker that captures its failures tells of runs of which RQ itself keeps nothing."""

from __future__ import annotations

from rq import Retry

from dashboard.adapters.contract import State
from dashboard.adapters.rq.product import RQProduct
from redrive.contrib.rq import capture_failures
from tests.adapters.rq import tasks
from tests.adapters.rq.real import RealRQ


def test_a_run_that_was_tried_again_is_shown_with_its_error(real: RealRQ, product: RQProduct) -> None:
    job_id = real.add(tasks.fail, "u0@example.com", retry=Retry(max=2, interval=[3_600]))
    real.work("mail", exception_handlers=[capture_failures(real.connection, version="shop 4.2.0")])
    job = product.job("mail", job_id)
    assert job.state == State.RETRYING
    assert job.error is not None
    assert (job.error.type, "in fail" in job.error.traceback) == ("ValueError", True)
    assert [(each.outcome, each.error_type) for each in job.history] == [("retried", "ValueError")]
    assert job.version == "shop 4.2.0"


def test_a_run_that_rq_keeps_is_not_shown_twice(real: RealRQ, product: RQProduct) -> None:
    job_id = real.add(tasks.fail, "u0@example.com")
    real.work("mail", exception_handlers=[capture_failures(real.connection)])
    job = product.job("mail", job_id)
    assert job.state == State.FAILED
    assert len(job.history) == 1
