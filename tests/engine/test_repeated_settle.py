"""A worker that did not get the reply to a settle asks again."""

from __future__ import annotations

import pytest

from queue_core.invariants import audit
from tests.engine.queue_under_test import QueueUnderTest


@pytest.mark.parametrize("kept", [0, 3_600_000])
def test_a_repeated_success_is_told_as_done_whether_or_not_the_job_is_kept(queue: QueueUnderTest, kept: int) -> None:
    queue.engine.configure(ok_age=kept)
    job = queue.enqueue()
    queue.claim()
    assert queue.settle("s", job).codes == ("s",)
    assert queue.settle("s", job).codes == ("done",)
    assert queue.settle("s", job, worker="another").codes == ("stale",)
    assert audit(queue.client, queue.engine.name) == []
