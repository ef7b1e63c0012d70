"""A worker of Celery that does not answer: lost, unless it is of a kind that cannot answer while it works."""

from __future__ import annotations

import pytest

from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.roster import Seen, Told
from dashboard.adapters.celery.workers import LOST_SECONDS, workers

HEARD = 1_000_000.0


@pytest.mark.parametrize(
    ("pool", "seconds", "lost"),
    [
        ("celery.concurrency.prefork:TaskPool", LOST_SECONDS - 1, False),
        ("celery.concurrency.prefork:TaskPool", LOST_SECONDS + 1, True),
        ("celery.concurrency.solo:TaskPool", LOST_SECONDS + 1, False),
    ],
)
def test_only_a_worker_that_could_answer_is_lost_without_an_answer(
    redis_url: str, pool: str, seconds: float, lost: bool
) -> None:
    told = Told("celery@host", HEARD, (), ("mail",), {"pool": {"implementation": pool}})
    (shown,) = workers("celery", Seen(HEARD, (told,)), Application("celery", redis_url, {}).bindings, HEARD + seconds)
    assert shown.lost is lost
    assert shown.heartbeat_at == HEARD
    assert shown.busy is None
