"""Jobs that finished well are sampled with their arguments, to tell what is different about those that failed."""

from __future__ import annotations

from typing import Any

from dashboard.adapters.contract import Selector, State
from dashboard.adapters.discovery import create
from tests.adapters.rq import tasks
from tests.adapters.rq.real import RealRQ

WELL = Selector(source="main", queue="mail", state=State.SUCCEEDED)


def test_finished_jobs_are_sampled_with_their_arguments(real: RealRQ, redis_url: str) -> None:
    adapter: Any = create("rq", "main", redis_url, {"redact": ("password",)})
    ids = [real.add(tasks.send, number, password="hunter2") for number in range(6)]
    real.work()
    page = adapter.sample(WELL)
    assert (sorted(job.id for job in page.items), page.total) == (sorted(ids), 6)
    assert sorted(job.payload.data["args"][0] for job in page.items) == list(range(6))
    assert "hunter2" not in str(page.items)
    assert {(job.type, job.state) for job in page.items} == {("tests.adapters.rq.tasks.send", State.SUCCEEDED)}
    assert len(adapter.sample(WELL, limit=2).items) == 2
    assert len(adapter.sample(WELL.narrowed(type="tests.adapters.rq.tasks.send"), limit=2).items) == 2
    assert adapter.sample(WELL.narrowed(type="other")).items == ()
    assert adapter.sample(WELL.narrowed(state=State.PENDING)).items == ()
