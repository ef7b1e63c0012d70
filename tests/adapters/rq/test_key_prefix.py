"""An RQ whose processes have RQ_KEY_PREFIX (from 3.0 on) is another source of the same database."""

from __future__ import annotations

import pytest
import redis

from dashboard.adapters.contract import State
from dashboard.adapters.rq.product import RQProduct
from tests.adapters.rq.processes import program, worker
from tests.adapters.rq.real import VERSION, RealRQ, everything, kept
from tests.waiting import PATIENCE, until

PREFIX = "{shop}:rq-1"
ENQUEUE = """
import sys, redis, rq
queue = rq.Queue("mail", connection=redis.Redis.from_url(sys.argv[1]))
for number in range(3):
    queue.enqueue("tests.adapters.rq.tasks.fail", f"user {number}", job_id=f"job-{number}")
"""


@pytest.mark.skipif(VERSION < (3, 0), reason="RQ has a key prefix from 3.0 on")
def test_jobs_below_a_prefix_are_shown_and_requeued_and_others_are_not_touched(redis_url: str) -> None:
    own, other = RealRQ(redis_url), redis.Redis.from_url(redis_url)
    default = own.failed(1)
    product = RQProduct("shop", redis_url, {"namespace": PREFIX})
    with program(ENQUEUE, redis_url, prefix=PREFIX) as process:
        assert process.wait(PATIENCE) == 0
    assert [(queue.name, queue.pending) for queue in product.queues()] == [("mail", 3)]
    with worker(redis_url, "w1", "mail", prefix=PREFIX):
        until(lambda: product.queues()[0].failed == 3, "all jobs fail")
        letters = everything(product)
        assert sorted(letter.id for letter in letters) == ["job-0", "job-1", "job-2"]
        assert until(lambda: [each.id for each in product.workers()], "the worker is listed") == ["w1"]
        other.delete("broken")
        assert list(product.requeue("mail", [kept(letter) for letter in letters], "op")) == [True] * 3
        until(lambda: len(product.page("mail", State.SUCCEEDED).items) == 3, "all jobs are executed and noted")
    assert list(own.ran().values()) == [1] * 3
    assert [letter.id for letter in everything(RQProduct("rq", redis_url, {}))] == default
