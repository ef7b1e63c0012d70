"""What people do to queues and jobs: by forms alone and with htmx, with what is said and how it is taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.adapters.contract import State
from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, form_to, words

JOB = "/jobs/main/mail/mail-1"
QUEUE = "/queues/main/mail"


@dataclass
class Viewer:
    """Somebody at a page, with or without JavaScript."""

    client: FlaskClient
    htmx: bool

    def does(self, path: str, *, at: str, **data: str) -> str:
        """Post a form of the page `at`; what is said about it, once."""
        if not self.htmx:
            answer = self.client.post(path, data=data)
            assert answer.status_code == 303
            assert "toast=" in answer.headers["Set-Cookie"]
            assert "HttpOnly" in answer.headers["Set-Cookie"]
            said, again = toast(self.client.get(answer.location)), toast(self.client.get(answer.location))
            assert again == ""
            return said
        answer = self.client.post(path, data=data, headers={**PARTIAL, "HX-Current-URL": f"http://localhost{at}"})
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert answer.text.startswith('<hx-partial hx-target="#toasts" hx-swap="beforeend">')
        assert "live:changed" in json.loads(answer.headers["HX-Trigger"])
        return toast(answer)


def toast(page: TestResponse) -> str:
    """The toast on a page, as HTML; empty when there is none."""
    shown = page.text.partition('id="toasts" role="status">')[2] or page.text.partition('beforeend">')[2]
    return unescape(shown.partition("data-dismiss")[0]) if shown.startswith('<div class="toast"') else ""


@pytest.fixture(params=[False, True], ids=["forms", "htmx"])
def viewer(request: pytest.FixtureRequest, client: FlaskClient) -> Viewer:
    return Viewer(client, request.param)


def state(bundle: Services, job_id: str = "mail-1") -> State:
    return bundle.sources.get("main").job("mail", job_id).state


def paused(bundle: Services) -> bool | None:
    return bundle.sources.get("main").queue("mail").paused


def test_a_queue_is_paused_and_the_toast_resumes_it(viewer: Viewer, seeder: Seeder, bundle: Services) -> None:
    seeder.pending("mail", 2)
    said = viewer.does(f"{QUEUE}/pause", at=QUEUE)
    assert "Paused mail." in said
    assert paused(bundle) is True
    assert f'action="{QUEUE}/resume"' in said
    assert "Resumed mail." in viewer.does(f"{QUEUE}/resume", at=QUEUE)
    assert paused(bundle) is False


def test_the_buttons_of_a_queues_page_follow_its_state(client: FlaskClient, seeder: Seeder) -> None:
    seeder.pending("mail", 2)
    for verb in ("pause", "resume"):
        form = form_to(client.get(QUEUE), verb)
        assert client.post(form.action, data=dict(form.fields)).status_code == 303
        client.application.extensions["redrive"].sources.forget()
    assert form_to(client.get(QUEUE), "pause")


def test_a_pause_says_how_many_jobs_still_run(viewer: Viewer, seeder: Seeder) -> None:
    seeder.processing("mail", 2)
    assert "2 jobs in progress will finish." in viewer.does(f"{QUEUE}/pause", at=QUEUE)


@pytest.mark.parametrize("method", ["form", "delete"])
def test_a_pause_is_taken_away_by_deleting_it(
    client: FlaskClient, seeder: Seeder, bundle: Services, method: str
) -> None:
    seeder.pending("mail")
    client.post(f"{QUEUE}/pause")
    if method == "delete":
        assert client.delete(f"{QUEUE}/pause").status_code == 303
    else:
        assert client.post(f"{QUEUE}/pause", data={"_method": "delete"}).status_code == 303
    assert paused(bundle) is False


def test_a_queue_resumed_from_the_overview_leads_back_there(client: FlaskClient, seeder: Seeder) -> None:
    seeder.pending("mail")
    client.post(f"{QUEUE}/pause")
    client.application.extensions["redrive"].sources.forget()
    form = form_to(client.get("/"), "/resume")
    assert client.post(form.action, data=dict(form.fields)).location == "/"


def test_pausing_twice_is_the_same_as_once(viewer: Viewer, seeder: Seeder, bundle: Services) -> None:
    seeder.pending("mail")
    for _ in range(2):
        viewer.does(f"{QUEUE}/pause", at=QUEUE)
    assert paused(bundle) is True


def test_one_job_is_requeued(viewer: Viewer, seeder: Seeder, bundle: Services) -> None:
    seeder.failed("mail")
    said = viewer.does(f"{JOB}/requeue", at=JOB)
    assert "Requeued send." in said
    assert "It is pending now" in said
    assert state(bundle) == State.PENDING


def test_one_job_is_purged_and_the_toast_brings_it_back(viewer: Viewer, seeder: Seeder, bundle: Services) -> None:
    seeder.failed("mail")
    said = viewer.does(f"{JOB}/purge", at=JOB)
    assert "Purged send." in said
    assert "for 60 minutes" in said
    assert f'action="{JOB}/restore"' in said
    bundle.sources.forget()
    assert bundle.sources.snapshot().queue("main", "mail").failed == 0
    assert "Restored send." in viewer.does(f"{JOB}/restore", at=JOB)
    assert state(bundle) == State.FAILED


def test_a_waiting_job_is_cancelled(viewer: Viewer, seeder: Seeder, bundle: Services) -> None:
    seeder.pending("mail")
    assert "Cancelled send." in viewer.does(f"{JOB}/cancel", at=JOB)
    assert state(bundle) == State.CANCELLED


def test_a_running_job_is_asked_to_stop_and_not_said_to_have_stopped(
    viewer: Viewer, seeder: Seeder, bundle: Services
) -> None:
    seeder.processing("mail")
    said = viewer.does(f"{JOB}/cancel", at=JOB)
    assert "Asked send to stop." in said
    assert "Cancelled" not in said
    assert state(bundle) == State.PROCESSING


@pytest.mark.parametrize("headers", [{}, PARTIAL], ids=["forms", "htmx"])
@pytest.mark.parametrize(
    ("kind", "verb"),
    [("pending", "requeue"), ("pending", "restore"), ("processing", "requeue"), ("succeeded", "cancel"),
     ("failed", "cancel"), ("failed", "restore"), ("cancelled", "cancel")],
)  # fmt: skip
def test_what_is_not_possible_is_refused_and_changes_nothing(
    client: FlaskClient, seeder: Seeder, bundle: Services, kind: str, verb: str, headers: dict[str, str]
) -> None:
    getattr(seeder, kind)("mail", 1)
    before = state(bundle)
    answer = client.post(f"{JOB}/{verb}", headers=headers)
    assert answer.status_code == 409
    assert "mail-1" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert state(bundle) == before


def test_the_second_of_two_clicks_says_that_there_is_nothing_left_to_do(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail")
    assert client.post(f"{JOB}/requeue").status_code == 303
    assert client.post(f"{JOB}/requeue").status_code == 409
    assert seeder.engine("mail").settle("tester", claim=64).claims[0].id == "mail-1"
    assert not seeder.engine("mail").settle("tester", claim=64).claims


@pytest.mark.parametrize(
    "text",
    ['{"to": "ben"', "", "x", "{'to': 'ben'}", "[" * 100_000, '{"to": "[redacted]"}', '{"deep": [{"x": "[redacted]"}]}',
     "NaN", '{"x": Infinity}', "1" * 5_000, '</textarea><script>alert(1)</script>{"'],
    ids=["open", "empty", "word", "quotes", "deep", "hidden", "hidden-deep", "nan", "infinity", "digits",
         "html"],
)  # fmt: skip
def test_arguments_that_cannot_be_are_shown_again_and_change_nothing(
    client: FlaskClient, seeder: Seeder, bundle: Services, text: str
) -> None:
    seeder.failed("mail", data={"to": "ann"})
    before = seeder.payload("mail", "mail-1")
    answer = client.post(f"{JOB}/edit", data={"data": text})
    assert answer.status_code == 422
    assert "Not requeued. The job is unchanged." in words(answer)
    kept = answer.text.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    assert unescape(kept).strip("\n") == text
    assert "<script>" not in answer.text
    assert state(bundle) == State.FAILED
    assert seeder.payload("mail", "mail-1") == before


@pytest.mark.parametrize("data", [{"to": "bén", "n": [1, 2.5, None, True]}, [], "text", 0, None, {"": {"a": "\u2028"}}])
def test_any_json_may_be_the_new_arguments(client: FlaskClient, seeder: Seeder, bundle: Services, data: object) -> None:
    seeder.failed("mail", data={"to": "ann"})
    assert client.post(f"{JOB}/edit", data={"data": json.dumps(data)}).status_code == 303
    job = bundle.sources.get("main").job("mail", "mail-1")
    assert (job.state, job.payload.data) == (State.PENDING, data)


def test_the_text_to_edit_requeues_the_same_arguments_when_left_alone(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", data={"to": "ann <a@example.com>", "body": "a\n\nb\t&amp;", "n": 1})
    page = client.get(f"{JOB}/edit").text
    text = unescape(page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0])
    assert client.post(f"{JOB}/edit", data={"data": text}).status_code == 303
    claim = seeder.engine("mail").settle("tester", claim=1).claims[0]
    assert json.loads(claim.payload[1:]) == {"to": "ann <a@example.com>", "body": "a\n\nb\t&amp;", "n": 1}


@pytest.mark.parametrize("kind", ["pending", "processing", "succeeded", "cancelled"])
def test_only_a_failed_job_is_edited(client: FlaskClient, seeder: Seeder, bundle: Services, kind: str) -> None:
    getattr(seeder, kind)("mail", 1)
    before = state(bundle), seeder.payload("mail", "mail-1")
    assert client.get(f"{JOB}/edit").status_code == 409
    assert client.post(f"{JOB}/edit", data={"data": '{"to": "ben"}'}).status_code == 409
    assert (state(bundle), seeder.payload("mail", "mail-1")) == before


@pytest.mark.parametrize(
    ("body", "what"),
    [("bm9uc2Vuc2U=", "no JSON"), ("e30=", "empty"), ("W10=", "a list"), ("x" * 5_000, "too long"),
     ("eyJ0ZXh0IjoieCIsInVuZG8iOiJodHRwczovL2V2aWwuZXhhbXBsZS8ifQ==", "a foreign address")],
)  # fmt: skip
def test_a_forged_toast_is_not_shown(client: FlaskClient, body: str, what: str) -> None:
    page = client.get("/", headers={"Cookie": f"toast={body}"})
    assert page.status_code == 200, what
    assert toast(page) == ""
