"""Whatever a product tells of a failure, it is recorded, and so are those that were found with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dashboard.adapters.contract import Selector
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from dashboard.adapters.mirrored.mirror import Mirror
from dashboard.adapters.mirrored.product import DeadLetter, Sighting
from tests.adapters.mirrored.shelf import Shelf

HALF = "caf\udce9.csv \ud800"
"""A file name that is no UTF-8, as Python's exceptions hold it, and half a character."""

TRACE = f'Traceback (most recent call last):\n  File "/app/{HALF}.py", line 1, in x\n    y\nOSError: {HALF}\n'


@pytest.mark.parametrize(
    "told",
    [
        *({name: HALF} for name in ("type", "error_type", "message", "worker", "version", "sign")),
        {"undecodable": HALF}, {"requeueable": HALF}, {"traceback": TRACE}, {"data": {HALF: [HALF, float("nan")]}},
        {"id": HALF}, {"queue": HALF}, {"memo": {HALF: float("inf")}},
        *({name: at} for name in ("failed_at", "enqueued_at", "started_at")
          for at in (float("inf"), float("nan"), 1e308, -1e308)),
    ],
    ids=lambda told: f"{next(iter(told))}-{str(next(iter(told.values())))[:4]!r}",
)  # fmt: skip
def test_a_failure_is_recorded_with_whatever_was_told_of_it(
    shelf: Shelf, adapter: MirroredAdapter, now: float, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]
) -> None:
    plain = DeadLetter("mail", "plain", "send", now, "ValueError", "bad")
    odd = replace(DeadLetter("mail", "odd", "send", now, "OSError", "gone"), **told)
    monkeypatch.setattr(shelf, "look", lambda *_: Sighting((odd, plain), whole=True))
    for _ in range(2):
        adapter.maintain()
    found = adapter.jobs(Selector()).items
    assert {job.id for job in found} == {odd.id, "plain"}
    assert sum(group.count for group in adapter.groups(Selector()).items) == 2
    for job in found:
        assert job.error is not None
        f"{job.type} {job.error.type} {job.error.message} {job.worker} {job.version}".encode()


@pytest.mark.parametrize(
    "told",
    [{name: number} for name in ("attempts", "max_retries", "priority") for number in (10**300, 2**63, -(10**300))],
)
def test_a_failure_with_numbers_beyond_all_bounds_is_followed_with_the_others(
    redis_url: str, now: float, told: dict[str, Any]
) -> None:
    mirror = Mirror("main", redis_url, {})
    plain = DeadLetter("mail", "plain", "send", now, "ValueError", "bad")
    mirror.record([replace(plain, id="odd", **told), plain])
    for job_id in ("odd", "plain"):
        assert mirror.engine("mail").control_job("requeue", job_id)[0]
    letters = mirror.some("mail", "pend", 0, 10)
    assert {each.id for each in letters} == {"odd", "plain"}
    assert mirror.end("mail", [(each, "r") for each in letters]) == 2
    assert mirror.end("mail", [(each, "s") for each in letters]) == 2
    assert mirror.queues()["mail"].pending == 0
