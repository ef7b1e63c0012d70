"""One job's page, and what can be done to it."""

from __future__ import annotations

import json

from flask.testing import FlaskClient

from dashboard.adapters.contract import State
from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, form_to, words


def state(bundle: Services, queue: str, job_id: str) -> State:
    return bundle.sources.get("main").job(queue, job_id).state


def test_a_dead_letter_shows_its_error_its_frames_and_its_arguments(client: FlaskClient, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", data={"to": "ann", "password": "hunter2"})
    page = client.get(f"/jobs/main/mail/{job_id}")
    assert page.status_code == 200
    assert "ValueError" in page.text
    assert "bad address" in page.text
    assert "mail.py:12" in words(page)
    assert "hunter2" not in page.text


def test_one_job_is_requeued_with_one_click_and_without_javascript(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    (job_id,) = seeder.failed("mail")
    form = form_to(client.get(f"/jobs/main/mail/{job_id}"), "/requeue")
    answer = client.post(form.action, data=form.fields)
    assert answer.status_code == 303
    assert state(bundle, "mail", job_id) == State.PENDING
    assert "Requeued send." in words(client.get(answer.location))


def test_a_purged_job_is_brought_back_by_the_toast(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    (job_id,) = seeder.failed("mail")
    purge = form_to(client.get(f"/jobs/main/mail/{job_id}"), "/purge")
    purged = client.get(client.post(purge.action).location)
    assert "Purged send." in words(purged)
    assert "This job is purged." in words(purged)
    assert client.post(form_to(purged, "/restore").action).status_code == 303
    assert state(bundle, "mail", job_id) == State.FAILED


def test_with_htmx_the_answer_is_a_toast_with_undo_and_the_parts_to_fetch(client: FlaskClient, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail")
    here = f"/jobs/main/mail/{job_id}"
    answer = client.post(f"{here}/purge", headers={**PARTIAL, "HX-Current-URL": f"http://localhost{here}"})
    assert answer.status_code == 200
    assert f"{here}/restore" in answer.text
    assert "<html" not in answer.text
    assert json.loads(answer.headers["HX-Trigger"])["live:changed"]["regions"] == ["job", "job-acts"]


def test_the_same_address_answers_with_the_region_alone(client: FlaskClient, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail")
    headers = {**PARTIAL, "HX-Target": "div#job", "HX-Source": "div#job"}
    part = client.get(f"/jobs/main/mail/{job_id}", headers=headers)
    assert part.text.lstrip().startswith('<div id="job"')
    same = client.get(f"/jobs/main/mail/{job_id}", headers={**headers, "HX-PTag": part.headers["HX-PTag"]})
    assert same.status_code == 304
    assert client.get(f"/jobs/main/mail/{job_id}", headers={**PARTIAL, "HX-Target": "nothing"}).status_code == 400


def test_an_action_that_is_not_possible_is_refused_and_changes_nothing(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    (job_id,) = seeder.pending("mail")
    answer = client.post(f"/jobs/main/mail/{job_id}/requeue")
    assert answer.status_code == 409
    assert "Nothing was changed" in words(answer)
    assert state(bundle, "mail", job_id) == State.PENDING
    assert client.post(f"/jobs/main/mail/{job_id}/explode").status_code == 404


def test_another_site_cannot_act(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    (job_id,) = seeder.failed("mail")
    answer = client.post(f"/jobs/main/mail/{job_id}/requeue", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert state(bundle, "mail", job_id) == State.FAILED


def test_unknown_jobs_queues_and_sources_are_404_pages_that_say_which(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail")
    for path, name in (
        ("/jobs/main/mail/gone", "gone"),
        ("/jobs/main/nope/x", "nope"),
        ("/jobs/nowhere/mail/x", "nowhere"),
    ):
        page = client.get(path)
        assert page.status_code == 404
        assert name in words(page)


def test_hostile_names_and_arguments_are_shown_as_text(client: FlaskClient, seeder: Seeder) -> None:
    attack = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>"
    (job_id,) = seeder.failed("mail", type=attack[:60], data={attack: attack}, error=f"ValueError: {attack}")
    for path in ("", "/edit", "?traceback=raw"):
        page = client.get(f"/jobs/main/mail/{job_id}{path}")
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
    assert client.get(f"/jobs/main/mail/{job_id}/arguments").mimetype == "text/plain"


def test_three_megabytes_and_bytes_that_are_no_json_are_shown_cut(client: FlaskClient, seeder: Seeder) -> None:
    large, broken = seeder.failed("mail", 2)
    seeder.store("mail", large, b'j{"text":"' + b"<b>" * 1_000_000 + b'"}')
    seeder.store("mail", broken, b"\x80\x04\x95pickle<script>")
    page = client.get(f"/jobs/main/mail/{large}")
    assert page.status_code == 200
    assert len(page.data) < 600_000
    assert "<b>" * 3 not in page.text
    page = client.get(f"/jobs/main/mail/{broken}")
    assert page.status_code == 200
    assert "Not readable" in words(page)
    assert "<script>alert" not in page.text
