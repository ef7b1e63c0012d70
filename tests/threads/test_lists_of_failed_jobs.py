"""What users of other dashboards report about lists, each thread as a promise of this one."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.services import Services
from dashboard.settings import Settings, SourceSettings
from queue_core.connection import Client
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import keep_readings, record_commands
from tests.web.conftest import words

FEW, MANY = 120, 3_000


def _sent(redis_url: str, monkeypatch: pytest.MonkeyPatch, path: str) -> list[str]:
    """The commands that a dashboard just started sends for its first page: nothing is remembered."""
    with monkeypatch.context() as patch:
        keep_readings(patch)
        client = create_app(Settings(sources=(SourceSettings(name="main", url=redis_url),))).test_client()
        sent = record_commands(patch)
        assert client.get(path).status_code == 200
        return list(sent)


def _cursors(client: FlaskClient, pages: int) -> list[str]:
    """The cursor of each of so many pages of failed jobs."""
    cursors = [""]
    while len(cursors) < pages:
        answer = client.get(f"/api/v1/jobs?state=failed&limit=50&cursor={cursors[-1]}").json
        assert answer is not None
        cursors.append(answer["next_cursor"])
    return cursors


@pytest.mark.parametrize("path", ["/", "/queues", "/dead", "/jobs?state=failed", "/queues/main/mail"])
def test_failed_jobs_by_the_thousand_cost_a_page_no_more_commands_than_a_few(
    redis_url: str, seeder: Seeder, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """https://github.com/Parallels/rq-dashboard/issues/396, https://github.com/bensheldon/good_job/issues/1366."""
    seeder.failed("mail", FEW)
    few = _sent(redis_url, monkeypatch, path)
    seeder.failed("mail", MANY - FEW)
    assert len(_sent(redis_url, monkeypatch, path)) <= len(few)


def test_a_page_in_the_middle_costs_what_the_first_one_costs(
    client: FlaskClient, redis_url: str, seeder: Seeder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https://github.com/Parallels/rq-dashboard/issues/396."""
    seeder.failed("mail", MANY)
    cursors = _cursors(client, MANY // 50)
    first, middle, last = (
        len(_sent(redis_url, monkeypatch, f"/jobs?state=failed&cursor={cursor}"))
        for cursor in (cursors[0], cursors[len(cursors) // 2], cursors[-1])
    )
    assert middle <= first + 1
    assert last <= first + 1


def test_the_list_of_failed_jobs_shows_the_error_and_when_and_the_way_back(client: FlaskClient, seeder: Seeder) -> None:
    """https://github.com/Hannes221/rq-dashboard-fast/issues/71."""
    seeder.failed("mail", 1, error="TimeoutError: no answer from smtp")
    page = client.get("/jobs?state=failed")
    assert "TimeoutError" in words(page)
    assert "no answer from smtp" in words(page)
    assert "<time data-ago datetime=" in page.text
    assert 'value="requeue"' in page.text


def test_as_many_jobs_are_listed_as_are_counted_although_some_lost_their_record(
    client: FlaskClient, seeder: Seeder, redis_client: Client
) -> None:
    """https://github.com/rq/rq/issues/1333: a count of one beside an empty list."""
    ids = seeder.failed("mail", 3)
    redis_client.delete(seeder.engine("mail").keys.job(ids[1]))
    counted = client.get("/api/v1/queues/main/mail").json
    listed = client.get("/api/v1/jobs?queue=mail&state=failed").json
    assert counted is not None
    assert listed is not None
    assert counted["failed"] == len(listed["items"]) == 3
    assert client.get("/jobs?state=failed").status_code == 200


def test_jobs_are_found_by_id_by_error_and_by_type(client: FlaskClient, seeder: Seeder) -> None:
    """https://github.com/HangfireIO/Hangfire/issues/717, https://github.com/HangfireIO/Hangfire/issues/988."""
    seeder.pending("mail", 100)
    seeder.failed("mail", 30)
    wanted = seeder.failed("mail", 1, type="mail.welcome", error="KeyError: 'plan'", fingerprint="b" * 16)[0]
    for text in (wanted, "mail.welcome", "'plan'", "type:mail.welcome", "error:KeyError"):
        found = client.get("/api/v1/jobs", query_string={"state": "failed", "q": text}).json
        assert found is not None
        assert [job["id"] for job in found["items"]] == [wanted], text


def test_jobs_that_wait_are_visible_although_no_worker_ever_ran(client: FlaskClient, seeder: Seeder) -> None:
    """https://github.com/mher/flower/issues/1010."""
    waiting = seeder.pending("mail", 3)
    page = client.get("/jobs?state=pending")
    assert all(job_id in page.text for job_id in waiting)
    stats = client.get("/api/v1/stats").json
    assert stats is not None
    assert stats["pending"] == 3


def test_nothing_is_forgotten_when_the_dashboard_starts_anew(
    redis_url: str, client: FlaskClient, seeder: Seeder
) -> None:
    """https://github.com/mher/flower/issues/203, https://github.com/mher/flower/issues/542."""
    seeder.failed("mail", 5)
    seeder.succeeded("mail", 2)
    paths = ("/api/v1/jobs?state=failed", "/api/v1/jobs?state=succeeded", "/api/v1/dead/groups")
    before = [client.get(path).json for path in paths]
    again = create_app(Settings(sources=(SourceSettings(name="main", url=redis_url),))).test_client()
    assert [again.get(path).json for path in paths] == before


def test_looking_at_many_jobs_does_not_make_the_dashboard_grow(client: FlaskClient, seeder: Seeder) -> None:
    """https://github.com/mher/flower/issues/770, https://github.com/mher/flower/issues/1305."""

    def look(times: int) -> None:
        for _ in range(times):
            seeder.failed("mail", 60)
            client.application.extensions["redrive"].sources.forget()
            for path in ("/", "/dead", "/jobs?state=failed"):
                client.get(path)

    look(8)  # templates, scripts and connections are there
    gc.collect()
    tracemalloc.start()
    try:
        look(8)
        gc.collect()
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 1_000_000, f"{grown:,} bytes are kept of 480 jobs looked at"


@pytest.mark.parametrize("path", ["/jobs?state=failed", "/queues/main/mail", "/dead/" + "a" * 16])
def test_arguments_of_3_megabytes_make_no_list_larger(client: FlaskClient, seeder: Seeder, path: str) -> None:
    """https://github.com/felixmosh/bull-board/issues/413, https://github.com/felixmosh/bull-board/issues/808."""
    ids = seeder.failed("mail", 3)
    usual = len(client.get(path).data)
    for job_id in ids:
        seeder.store("mail", job_id, b'j{"text":"' + b"x" * 3_000_000 + b'"}')
    assert len(client.get(path).data) < usual + 20_000
    assert len(client.get(f"/jobs/main/mail/{ids[0]}").data) < 500_000


def test_viewers_by_the_dozen_cost_redis_what_one_costs(
    client: FlaskClient, seeder: Seeder, bundle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https://github.com/oban-bg/oban/issues/496, https://github.com/oban-bg/oban/issues/1140."""
    seeder.failed("mail", 50)
    bundle.sources.snapshot()
    bundle.sources.forget()
    sent = record_commands(monkeypatch)
    bundle.sources.snapshot()
    one = len(sent)
    for _ in range(12):
        bundle.sources.snapshot()
    assert len(sent) == one


def test_a_queue_that_no_worker_serves_is_not_shown_as_mere_backlog(client: FlaskClient, seeder: Seeder) -> None:
    """https://github.com/felixmosh/bull-board/issues/1292."""
    seeder.pending("mail", 4)
    assert "No worker serves mail" in words(client.get("/"))
    assert "No worker serves mail" in words(client.get("/queues/main/mail"))


def test_a_password_of_redis_is_shown_nowhere(make_server: type, seeder: Seeder) -> None:
    """https://github.com/Parallels/rq-dashboard/issues/359."""
    server = make_server()
    server.start()
    url = f"redis://:hunter2@127.0.0.1:{server.port}/0"
    client = create_app(Settings(sources=(SourceSettings(name="main", url=url),))).test_client()
    for path in ("/", "/settings", "/queues", "/dead", "/readyz", "/api/v1/queues", "/metrics"):
        assert "hunter2" not in client.get(path).text, path
