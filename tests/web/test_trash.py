"""The trash: what was purged, how long it is kept, and the way back for any selection."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from dashboard.adapters.contract import Action, Selector
from dashboard.filters import date_time
from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands
from tests.web.conftest import PARTIAL, form_to, words
from tests.web.pages import live_regions

Drive = Callable[[], None]


def purge(bundle: Services, queue: str, *ids: str) -> None:
    for job_id in ids:
        bundle.sources.get("main").act(Action.PURGE, queue, job_id)


def test_an_empty_trash_says_what_it_is_for(client: FlaskClient, seeder: Seeder) -> None:
    seeder.pending("mail")
    page = words(client.get("/trash"))
    assert "The trash is empty" in page
    assert "kept here for 60 minutes" in page


def test_purged_jobs_are_listed_with_what_they_were_and_until_when_they_are_kept(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    first, second = seeder.failed("mail", 2)
    (waiting,) = seeder.pending("billing")
    purge(bundle, "mail", first, second)
    purge(bundle, "billing", waiting)
    page = client.get("/trash")
    assert (
        page.text.index(f'id="j-{waiting}"') < page.text.index(f'id="j-{second}"') < page.text.index(f'id="j-{first}"')
    )
    assert "3 purged jobs" in words(page)
    assert "in 59 min" in words(page)
    assert "Pending billing" in words(page)
    assert "Failed mail" in words(page)
    assert 'href="/trash"' in client.get("/dead").text


def test_ticked_jobs_are_restored_and_the_rest_stays(
    client: FlaskClient, seeder: Seeder, bundle: Services, drive: Drive
) -> None:
    first, second = seeder.failed("mail", 2)
    purge(bundle, "mail", first, second)
    form = form_to(client.get("/trash"), "/operations/new")
    question = client.post(form.action, data={"action": "restore", "job": f"main/mail/{first}"})
    assert "Restore 1 job?" in words(question)
    ask = form_to(question, "/operations")
    assert client.post(ask.action, data=dict(ask.fields)).status_code == 303
    drive()
    page = client.get("/trash")
    assert f'id="j-{second}"' in page.text
    assert f'id="j-{first}"' not in page.text
    assert first in client.get("/jobs").text


def test_everything_that_a_filter_finds_is_restored(
    client: FlaskClient, seeder: Seeder, bundle: Services, drive: Drive
) -> None:
    purge(bundle, "mail", *seeder.failed("mail", 2, error="KeyError: 'tax'"))
    purge(bundle, "mail", *seeder.failed("mail", 3, fingerprint="b" * 16))
    page = client.get("/trash?error=KeyError")
    assert "Searched 5 purged jobs , 2 match." in words(page)
    form = form_to(page, "/operations/new")
    fields = {**dict(form.fields), "action": "restore", "scope": "filter"}
    ask = form_to(client.post(form.action, data=fields), "/operations")
    client.post(ask.action, data=dict(ask.fields))
    drive()
    assert "3 purged jobs" in words(client.get("/trash"))


def test_the_list_is_paged_without_gaps_over_queues(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    dead = {name: seeder.failed(name, 40) for name in ("a", "b", "c")}
    ids = []
    for number in range(40):
        for name, failed in dead.items():
            purge(bundle, name, failed[number])
            ids.append(failed[number])
    seen: list[str] = []
    page = bundle.sources.trash(Selector(), limit=7)
    seen += [job.id for job in page.items]
    while page.next_cursor:
        page = bundle.sources.trash(Selector(), cursor=page.next_cursor, limit=7)
        seen += [job.id for job in page.items]
    assert seen == ids[::-1]
    assert client.get("/trash").text.count('name="job"') == 50


def test_a_filter_that_is_not_understood_shows_nothing_and_says_why(client: FlaskClient, seeder: Seeder) -> None:
    seeder.pending("mail")
    assert client.get("/trash?q=quue:mail").status_code == 400
    assert client.get("/trash?queue=nothing").status_code == 404
    assert "Nothing in the trash matches" in words(client.get("/trash?type=nothing"))


def test_the_trash_costs_at_most_ten_commands_and_its_regions_answer(
    client: FlaskClient, seeder: Seeder, bundle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(13):
        purge(bundle, f"q{number}", *seeder.failed(f"q{number}", 8))
    regions = live_regions(client.get("/trash").text)
    assert {"jobs", "running"} <= regions.keys()
    for region in ("jobs", "running"):
        headers = {**PARTIAL, "HX-Target": f"section#{region}", "HX-Source": f"section#{region}"}
        assert client.get(regions[region], headers=headers).status_code == 200
    bundle.sources.forget()
    sent = record_commands(monkeypatch)
    assert client.get("/trash").status_code == 200
    assert 0 < len(sent) <= 10, sent


def test_the_api_lists_the_trash(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    purge(bundle, "mail", *seeder.failed("mail", 3))
    answer = client.get("/api/v1/dead/trash?limit=2").get_json()
    assert (len(answer["items"]), answer["total"]) == (2, 3)
    assert answer["items"][0]["in_trash"]
    assert answer["items"][0]["restorable_until"] > answer["items"][0]["purged_at"]
    rest = client.get("/api/v1/dead/trash", query_string={"cursor": answer["next_cursor"]}).get_json()
    assert len(rest["items"]) == 1
    assert client.get("/api/v1/dead/trash?quue=mail").status_code == 400


def test_the_page_of_a_purged_job_says_until_when_it_can_be_restored(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    job_id = seeder.failed("mail", 1)[0]
    bundle.sources.get("main").act(Action.PURGE, "mail", job_id)
    job = bundle.sources.get("main").job("mail", job_id)
    listed = bundle.sources.trash(Selector()).items[0]
    assert job.restorable_until is not None
    assert job.restorable_until == listed.restorable_until
    shown = words(client.get(f"/jobs/main/mail/{job_id}"))
    with client.application.test_request_context("/"):
        until = date_time(job.restorable_until)
    assert f"It can be restored until {until} ( in 59 min )" in shown
    bundle.sources.get("main").act(Action.RESTORE, "mail", job_id)
    assert bundle.sources.get("main").job("mail", job_id).restorable_until is None
