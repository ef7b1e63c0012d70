"""The page of workers: what they do, which are lost and what becomes of their jobs, which are behind."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.adapters.contract import Worker
from dashboard.adapters.snapshot import Snapshot, SourceSnapshot
from dashboard.attention import notes
from dashboard.versions import outdated
from dashboard.views.workers import jobs_of_lost
from dashboard.web import services
from queue_core import keys
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import words


def announce(seeder: Seeder, name: str, *, ago: float = 0, queues: tuple[str, ...] = ("mail",), **fields: Any) -> None:
    """A worker whose last heartbeat was so many seconds ago."""
    now = time.time()
    report = {
        "host": "box", "pid": 7, "version": "1.0", "queues": json.dumps(queues), "slots": 4, "busy": 0, "jobs": "[]",
        "heartbeat": now - ago, "started": now - 600, "lease": 15, **fields,
    }  # fmt: skip
    seeder.client.zadd(keys.workers(), {name: now - ago + 15})
    seeder.client.hset(keys.worker(name), mapping=report)


def running(count: int, ago: float = 70) -> str:
    started = time.time() - ago
    return json.dumps([{"id": f"j-{n}", "queue": "mail", "type": "send", "started": started} for n in range(count)])


def test_a_worker_is_shown_with_all_it_reports(client: FlaskClient, seeder: Seeder) -> None:
    announce(seeder, "w-1", busy=3, jobs=running(3), rss=50 * 2**20, done=1_234, failed=5)
    page = client.get("/workers")
    shown = words(page)
    for part in ("w-1", "box", "process 7", "Working", "1,234", "50.0 MiB", "1 more", "3 of 4 slots busy"):
        assert part in shown, part
    assert re.search(r"1m \d+s", shown)
    assert page.text.count('href="/jobs/main/mail/j-') == 3


def test_what_an_older_worker_does_not_report_is_a_dash(client: FlaskClient, seeder: Seeder) -> None:
    announce(seeder, "w-1")
    page = client.get("/workers")
    assert page.text.count('title="not reported by this worker">–') == 3


@pytest.mark.parametrize(
    ("jobs", "ago", "said"),
    [
        (2, 20, "Its 2 jobs went back to their queues"),
        (1, 20, "Its job went back to its queue"),
        (0, 20, "It held no job."),
    ],
)
def test_a_lost_worker_says_what_becomes_of_its_jobs(
    client: FlaskClient, seeder: Seeder, jobs: int, ago: float, said: str
) -> None:
    announce(seeder, "w-lost", ago=ago, busy=jobs, jobs=running(jobs))
    assert said in words(client.get("/workers"))


@pytest.mark.parametrize(
    ("held", "said"),
    [({"busy": 1}, "Its product tries again."), ({"busy": None}, "Its product tries again."), ({}, "It held no job.")],
)
def test_what_becomes_of_jobs_of_other_products_is_what_their_adapter_says(
    app: Flask, held: dict[str, Any], said: str
) -> None:
    silent = Worker("w", "main", "", None, "", ("mail",), **{
        "slots": 1, "busy": 0, "started_at": None, "heartbeat_at": None, "lost": True,
        "jobs_after": "Its product tries again.", **held,
    })  # fmt: skip
    with app.test_request_context("/"):
        assert jobs_of_lost(silent, 5.0) == said


def test_what_a_lost_worker_held_is_not_made_up(app: Flask) -> None:
    silent = Worker("w", "main", "", None, "", ("mail",), None, None, None, None, lost=True)
    with app.test_request_context("/"):
        assert jobs_of_lost(silent, 5.0) == "What it held is not known."


def test_a_lost_worker_without_a_host_is_called_by_its_name(app: Flask) -> None:
    silent = Worker("w-9", "main", "", None, "", ("mail",), None, None, None, None, lost=True)
    source = SourceSnapshot("main", "rq", "", up=True, workers=(silent,))
    with app.test_request_context("/"):
        (note,) = notes(services(), Snapshot(5.0, (source,))).lines
    assert (note.title, note.text) == ("1 worker lost", "No heartbeat from w-9.")


def test_jobs_with_a_long_lease_are_not_back_yet(client: FlaskClient, seeder: Seeder) -> None:
    announce(seeder, "w-lost", ago=20, busy=2, jobs=running(2), lease=600)
    assert "Its 2 jobs go back to their queues in 9 min" in words(client.get("/workers"))


def test_lost_ones_come_first_then_those_with_an_older_version(client: FlaskClient, seeder: Seeder) -> None:
    announce(seeder, "w-a", version="1.10.0")
    announce(seeder, "w-b", version="1.9.0")
    announce(seeder, "w-c", ago=60)
    page = client.get("/workers")
    assert re.findall(r'<tr id="w-(w-\w)"', page.text) == ["w-c", "w-b", "w-a"]
    assert "1.10.0 is the newest here" in page.text
    assert page.text.count(">Older<") == 1


def test_workers_of_one_queue_are_shown_alone(client: FlaskClient, seeder: Seeder) -> None:
    announce(seeder, "w-mail")
    announce(seeder, "w-bills", queues=("bills",))
    shown = words(client.get("/workers?queue=bills"))
    assert "w-bills" in shown
    assert "w-mail" not in shown
    assert "No worker serves nothing" in words(client.get("/workers?queue=nothing"))


def test_many_workers_are_shown_in_pages(client: FlaskClient, seeder: Seeder) -> None:
    for number in range(130):
        announce(seeder, f"w-{number:03}")
    assert client.get("/workers").text.count('<tr id="w-') == 100
    assert client.get("/workers?page=2").text.count('<tr id="w-') == 30


def worker(
    name: str, version: str, *, started: float = 0, queues: tuple[str, ...] = ("mail",), lost: bool = False
) -> Worker:
    return Worker(name, "main", "box", 1, version, queues, 1, 0, started, None, lost)


@pytest.mark.parametrize(
    ("old", "new"),
    [("1.9.0", "1.10.0"), ("shop 4.2.0", "shop 4.3.1"), ("v2", "v10"), ("0a1b2c3", "9f8e7d6"), ("9f8e7d6", "0a1b2c3"),
     ("nightly", "release-2")],
)  # fmt: skip
def test_the_older_of_two_versions_is_known(old: str, new: str) -> None:
    found = outdated([worker("new", new, started=2), worker("old", old, started=1)])
    assert found == {("main", "old"): new}


def test_numbers_count_more_than_who_started_last() -> None:
    assert outdated([worker("old", "1.9", started=9), worker("new", "1.10", started=1)]) == {("main", "old"): "1.10"}


def test_only_workers_of_the_same_queues_are_compared_and_lost_ones_are_not() -> None:
    apart = [worker("a", "1.0"), worker("b", "2.0", queues=("bills",)), worker("c", "3.0", lost=True), worker("d", "")]
    assert outdated(apart) == {}


def test_a_job_whose_worker_is_lost_says_so(client: FlaskClient, seeder: Seeder) -> None:
    (claim,) = seeder.processing("mail")
    announce(seeder, "test-worker", ago=20, busy=1, jobs=running(1))
    told = words(client.get(f"/jobs/main/mail/{claim.id}"))
    assert "Its worker test-worker is lost. Last heartbeat 2" in told
    assert "Its job went back to its queue" in told
    assert "Running on" not in told


def test_a_job_whose_worker_is_heard_of_runs_on_it(client: FlaskClient, seeder: Seeder) -> None:
    (claim,) = seeder.processing("mail")
    announce(seeder, "test-worker", busy=1, jobs=running(1))
    assert "Running on test-worker" in words(client.get(f"/jobs/main/mail/{claim.id}"))
