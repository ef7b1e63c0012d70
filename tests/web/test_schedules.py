"""The pages of schedules: what they show, what can be done, and what they say when nothing is there to run them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.settings import Settings, SourceSettings
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, forms, words

ONE = "/schedules/main/mail:nightly"
LIST_REGION = {**PARTIAL, "HX-Target": "section#schedules", "HX-Source": "section#schedules"}


def test_a_schedule_is_listed_in_words_with_its_runs(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail", cron="0 2 * * *")
    seeder.schedule("mail", "often", every=60, ago=120)
    seeder.fire()
    seeder.succeeded("mail", 0)
    page = client.get("/schedules")
    shown = words(page)
    assert "Every day at 02:00 UTC" in shown
    assert "Every minute" in shown
    assert "2 schedules" in shown
    assert 'aria-label="Last run: 1 × Succeeded"' in page.text


def test_paused_and_late_ones_come_first_and_say_so(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail", "fine", every=7_200)
    seeder.schedule("mail", "late", ago=600)
    seeder.schedule("mail", "held", every=9_000)
    client.post("/schedules/main/mail:held/pause")
    page = client.get("/schedules")
    assert re.findall(r'<tr id="s-main-mail-(\w+)"', page.text) == ["held", "late", "fine"]
    assert "1 late" in words(page)
    assert re.search(r"Late \d+m", words(page))


def test_a_page_of_one_shows_runs_arguments_and_the_next_instants(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail", ago=120, data={"to": "ann", "password": "hunter2"})
    seeder.fire()
    page = client.get(ONE)
    assert "Last runs" in words(page)
    assert "cron:nightly:" in page.text
    assert "Waiting" in words(page)
    assert "1 value hidden by redaction rules" in words(page)
    assert "hunter2" not in page.text
    assert page.text.count("<li><span>") == 5


def test_run_now_pause_and_resume_work_without_javascript(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail")
    actions = {form.action.rpartition("/")[2]: form.action for form in forms(client.get(ONE))}
    assert {"run", "pause"} <= actions.keys()
    for verb, said in (("run", "Enqueued nightly."), ("pause", "Paused nightly.")):
        answer = client.post(actions[verb])
        assert (answer.status_code, answer.location) == (303, ONE)
        assert said in words(client.get(ONE))
    assert "By hand" in words(client.get(ONE))
    assert client.post(f"{ONE}/resume").status_code == 303
    assert "Resumed nightly." in words(client.get(ONE))


def test_the_messages_lead_to_the_job_and_take_a_pause_back(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail")
    ran = client.post(f"{ONE}/run", headers=PARTIAL).text
    (job_id,) = re.findall(r'href="/jobs/main/mail/([^"]+)"', ran)
    assert client.get(f"/jobs/main/mail/{job_id}").status_code == 200
    assert f'href="{ONE}"' in client.get(f"/jobs/main/mail/{job_id}").text
    assert f'action="{ONE}/resume"' in client.post(f"{ONE}/pause", headers=PARTIAL).text


def test_a_change_from_the_list_leads_back_to_the_list(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail")
    assert client.post(f"{ONE}/pause", data={"from": "list"}).location == "/schedules"


def test_a_run_that_must_not_overlap_is_refused_in_words(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail", overlap="skip")
    client.post(f"{ONE}/run")
    refused = client.post(f"{ONE}/run")
    assert refused.status_code == 409
    assert "has not ended" in words(refused)


def test_deleting_asks_first_and_is_offered_when_no_application_has_it(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail")
    assert f"{ONE}/delete" not in client.get(ONE).text
    refused = client.post(f"{ONE}/delete")
    assert (refused.status_code, "still registers" in words(refused)) == (409, True)
    seeder.forsake("mail")
    page = client.get(ONE)
    assert f"{ONE}/delete" in page.text
    assert "No application registers it any more." in words(page)
    assert "Delete schedule nightly?" in words(client.get(f"{ONE}/delete"))
    assert client.post(f"{ONE}/delete").location == "/schedules"
    assert client.get(ONE).status_code == 404
    assert "No schedules" in words(client.get("/schedules"))


def test_a_silent_scheduler_is_named_on_every_page_that_needs_it(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail", ago=600)
    assert "1 schedule is late" in words(client.get("/"))
    assert "A scheduler runs, but has not run what is due." in words(client.get("/"))
    seeder.forsake("mail", alone=False)
    client.application.extensions["redrive"].sources.forget()
    for path in ("/schedules", ONE):
        assert "No scheduler has been heard of for 1 h" in words(client.get(path)), path
    assert "No scheduler has been heard of for 1 h; start one." in words(client.get("/"))


def test_before_the_first_schedule_the_page_says_how_to_get_one(client: FlaskClient) -> None:
    assert "redrive scheduler APP" in words(client.get("/schedules"))


def test_read_only_shows_everything_and_offers_nothing(redis_url: str, seeder: Seeder) -> None:
    seeder.schedule("mail")
    settings = Settings(sources=(SourceSettings(name="main", url=redis_url),), read_only=True)
    client = create_app(settings).test_client()
    for path in ("/schedules", ONE):
        page = client.get(path)
        assert "nightly" in words(page)
        assert not [form for form in forms(page) if form.method == "post" and "/schedules/" in form.action]
    for verb in ("run", "pause", "resume", "delete"):
        assert client.post(f"{ONE}/{verb}").status_code == 403
    assert client.get(f"{ONE}/delete").status_code == 403


@pytest.mark.parametrize("path", ["/schedules/main/mail:none", "/schedules/main/x", "/schedules/none/mail:nightly"])
def test_what_is_unknown_is_not_found(client: FlaskClient, seeder: Seeder, path: str) -> None:
    seeder.schedule("mail")
    assert client.get(path).status_code == 404


def test_many_schedules_are_shown_in_pages(client: FlaskClient, seeder: Seeder) -> None:
    for number in range(55):
        seeder.schedule("mail", f"s-{number}", every=3_600)
    page = client.get("/schedules")
    assert page.text.count('<tr id="s-main-') == 50
    assert "50 of 55 schedules" in words(page)
    (following,) = re.findall(r'href="(/schedules\?cursor=[^"]+)" rel="next"', page.text)
    assert client.get(following).text.count('<tr id="s-main-') == 5


def test_one_queues_schedules_are_shown_alone(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail", "of-mail")
    seeder.schedule("bills", "of-bills")
    shown = words(client.get("/schedules?queue=bills"))
    assert "of-bills" in shown
    assert "of-mail" not in shown


def test_the_live_region_answers_alone(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail")
    part = client.get("/schedules", headers=LIST_REGION)
    assert part.status_code == 200
    assert part.text.lstrip().startswith('<section id="schedules"')


HOSTILE = "\"'><script>alert(1)</script>{{7*7}}"


def test_hostile_content_of_a_schedule_stays_text(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail", data={HOSTILE: HOSTILE})
    key = seeder.engine("mail").keys.schedule("nightly")
    for field, value in (
        ("def", f'{{"type": "{HOSTILE[2:]}", "catch_up": "{HOSTILE[2:]}", "overlap": 7, "priority": "x"}}'),
        ("trg", f'{{"other": "{HOSTILE[2:]}", "zone": "../../etc"}}'),
        ("data", b"\x80\x04pickle<script>"),
        ("missed", HOSTILE),
        ("paused", HOSTILE),
    ):
        seeder.client.hset(key, field, value)
    seeder.client.hset(seeder.engine("mail").keys.schedule_runs("nightly"), HOSTILE, HOSTILE)
    seeder.client.zadd(seeder.engine("mail").keys.schedules, {HOSTILE: 5})
    for path in ("/schedules", ONE):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_a_change_is_in_the_audit_log_with_a_link(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail")
    for verb in ("run", "pause", "resume"):
        client.post(f"{ONE}/{verb}")
    page = client.get("/audit")
    for said in ("Run schedule", "Pause schedule", "Resume schedule", "as job"):
        assert said in words(page)
    assert f'href="{ONE}"' in page.text


def test_the_palette_finds_a_schedule_by_name(client: FlaskClient, seeder: Seeder) -> None:
    seeder.schedule("mail")
    fragment = {**PARTIAL, "HX-Target": "div#palette-list", "HX-Source": "input#palette-q"}
    answer = client.get("/palette", query_string={"q": "nightly", "at": "/"}, headers=fragment)
    assert f'href="{ONE}"' in answer.text
