"""What the page of one job tells of its past, and how it goes elsewhere or back."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.adapters.contract import Action, Attempt, Edit, Job, Payload, State
from dashboard.copied_call import python_call
from dashboard.services import Services
from dashboard.timeline import timeline
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, form_to, words


def job(**more: Any) -> Job:
    fields = {"id": "1", "source": "main", "queue": "mail", "type": "send", "state": State.FAILED, "created_at": 100.0}
    return Job(**{**fields, **more})


def attempt(number: int, start: float, end: float, outcome: str = "failed") -> Attempt:
    return Attempt(number, start, end, "w", outcome, "ValueError", "bad")


def test_each_attempt_has_its_length_its_wait_and_its_share_of_the_longest() -> None:
    entries = timeline(job(history=(attempt(1, 102, 104), attempt(2, 110, 111)), attempts=2, finished_at=111.0))
    assert [entry.words for entry in entries] == ["Moved to dead letters", "Attempt 2", "Attempt 1", "Enqueued"]
    runs = [entry.run for entry in entries if entry.run]
    assert [(run.ran, run.waited, run.share, run.tone) for run in runs] == [(1, 6, 0.5, "bad"), (2, 2, 1, "warn")]


def test_a_requeue_of_unknown_time_is_told_from_attempts_that_begin_anew() -> None:
    history = (attempt(1, 101, 102), attempt(2, 103, 104), attempt(1, 200, 201))
    entries = timeline(job(history=history, attempts=1, requeues=1, finished_at=201.0))
    assert [entry.words for entry in entries][1:4] == ["Attempt 1", "Requeued", "Attempt 2"]
    assert entries[2].at is None
    assert entries[1].run
    assert entries[1].run.waited is None


def test_attempts_of_which_nothing_is_kept_are_counted() -> None:
    entries = timeline(job(history=(attempt(3, 101, 102),), attempts=3))
    assert "2 earlier attempts" in [entry.words for entry in entries]


def test_an_edit_stands_in_its_place_with_what_it_changed() -> None:
    edited = job(
        history=(attempt(1, 101, 102), attempt(1, 200, 201)), attempts=1, requeues=1, finished_at=201.0,
        edits=(Edit(150.0, Payload(data={"to": "ann"})),), payload=Payload(data={"to": "ben"}),
    )  # fmt: skip
    entries = timeline(edited)
    assert [entry.words for entry in entries][1:4] == ["Attempt 1", "Edited and requeued", "Attempt 1"]
    assert entries[2].edit
    assert [change.path for change in entries[2].edit.changes] == ["to"]
    assert entries[1].run
    assert entries[1].run.waited == 50, "since the edit"


def test_the_page_shows_the_arguments_before_an_edit(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    (job_id,) = seeder.failed("mail", data={"to": "ann", "password": "hunter2"})
    bundle.sources.get("main").edit("mail", job_id, {"to": "ben", "password": "[redacted]"})
    page = client.get(f"/jobs/main/mail/{job_id}")
    assert "Arguments before the edit" in words(page)
    assert 'to changed before: "ann" after: "ben"' in words(page)
    assert "Edited and requeued 1 change to its arguments" in words(page)
    before = client.get(f"/jobs/main/mail/{job_id}/arguments?before=1")
    assert '"to": "ann"' in before.text
    assert "hunter2" not in page.text + before.text
    assert client.get(f"/jobs/main/mail/{job_id}/arguments?before=2").status_code == 400


def test_the_undo_in_the_message_takes_a_requeue_back(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    (job_id,) = seeder.failed("mail")
    here = f"/jobs/main/mail/{job_id}"
    requeued = client.get(client.post(f"{here}/requeue").location)
    back = client.post(form_to(requeued, "/undo").action)
    assert back.status_code == 303
    assert "Took back send." in words(client.get(back.location))
    assert bundle.sources.get("main").job("mail", job_id).state == State.FAILED


def test_an_undo_that_comes_too_late_says_so(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    (job_id,) = seeder.failed("mail")
    here = f"/jobs/main/mail/{job_id}"
    client.post(f"{here}/requeue")
    assert seeder.engine("mail").settle("tester", claim=1).claims[0].id == job_id
    answer = client.post(f"{here}/undo", headers={**PARTIAL, "HX-Current-URL": f"http://localhost{here}"})
    assert "Too late, send has started." in answer.text
    assert bundle.sources.get("main").job("mail", job_id).state == State.PROCESSING


def test_a_running_job_that_was_asked_to_stop_says_so(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    (claim,) = seeder.processing("mail")
    page = client.get(f"/jobs/main/mail/{claim.id}")
    assert "Ask to stop" in words(page)
    assert "what it has done by then is not taken back." in words(page)
    bundle.sources.get("main").act(Action.CANCEL, "mail", claim.id)
    page = client.get(f"/jobs/main/mail/{claim.id}")
    assert "Asked to stop." in words(page)
    assert "/cancel" not in page.text


def test_a_job_goes_to_another_queue_and_its_page_with_it(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    (job_id,) = seeder.failed("mail", data={"to": "ann"})
    seeder.pending("slow", 2)
    bundle.sources.get("main").pause("slow")
    question = client.get(f"/jobs/main/mail/{job_id}/move")
    assert "slow 0 workers · 2 pending It is paused" in words(question)
    form = form_to(question, "/move")
    assert client.post(form.action, data={}).status_code == 422
    refused = client.post(form.action, data={"target": "nowhere"})
    assert refused.status_code == 409
    assert "nowhere" in words(refused)
    assert bundle.sources.get("main").job("mail", job_id).state == State.FAILED
    moved = client.post(form.action, data={"target": "slow"})
    assert moved.location == f"/jobs/main/slow/{job_id}"
    page = client.get(moved.location)
    assert "Requeued send to slow." in words(page)
    assert "Requeued to another queue from mail to slow" in words(page)
    assert bundle.sources.get("main").job("slow", job_id).payload.data == {"to": "ann"}
    assert client.get(f"/jobs/main/mail/{job_id}").status_code == 404


@pytest.mark.parametrize(
    "data", [{"to": "ann", "n": [1, None, True]}, "t\n\u2028", [], {"x": "y" * 300, "deep": {"a b": 1}}]
)
def test_the_copied_call_is_python_that_enqueues_the_same(data: Any) -> None:
    source = python_call(job(payload=Payload(data=data), priority=5, queue="emails", type="send_email"))
    (call,) = [node.value for node in ast.parse(source).body if isinstance(node, ast.Expr)]
    assert isinstance(call, ast.Call)
    assert ast.unparse(call.func) == "app.queue('emails').enqueue"
    assert [ast.literal_eval(each) for each in call.args] == ["send_email", data]
    assert {each.arg: ast.literal_eval(each.value) for each in call.keywords} == {"priority": 5}


def test_a_copied_call_with_hidden_values_fails_until_they_are_filled_in(client: FlaskClient, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", data={"to": "ann", "users": [{"password": "hunter2"}]})
    source = client.get(f"/jobs/main/mail/{job_id}/call").text
    assert source.startswith("# HIDDEN stands for a value that cannot be shown: users[0].password")
    assert "'password': HIDDEN" in source
    ast.parse(source)
    commands = client.get(f"/jobs/main/mail/{job_id}/curl").text
    assert f"curl -s -X POST http://localhost/api/v1/jobs/main/mail/{job_id}/requeue" in commands
    copied = client.get(f"/jobs/main/mail/{job_id}/job.json").get_json()
    assert copied == client.get(f"/api/v1/jobs/main/mail/{job_id}").get_json()
