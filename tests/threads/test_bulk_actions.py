"""What users of other dashboards report about bulk actions, each thread as a promise of this one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from dashboard.adapters.contract import Action, Selector, State
from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands
from tests.web.conftest import form_to, words

Drive = Callable[[], None]


def _left(bundle: Services, queue: str = "") -> int:
    bundle.sources.forget()
    snapshot = bundle.sources.snapshot()
    return sum(each.failed or 0 for each in snapshot.queues if queue in ("", each.name))


def test_a_filter_is_what_everything_matching_means_and_the_rest_is_left_alone(
    client: FlaskClient, seeder: Seeder, bundle: Services, drive: Drive
) -> None:
    """https://github.com/sidekiq/sidekiq/issues/3243: filtered, then “Delete All”, and all of them were gone."""
    seeder.failed("mail", 6, type="mail.digest", fingerprint="b" * 16)
    seeder.failed("mail", 9, type="mail.invoice", fingerprint="c" * 16)
    asked = client.post("/operations/new", data={"action": "purge", "scope": "filter", "type": "mail.digest"})
    assert "Purge 6 jobs?" in words(asked)
    form = form_to(asked, "/operations")
    answer = client.post(form.action, data={**dict(form.fields), "typed": "6"})
    assert answer.status_code == 303
    drive()
    assert _left(bundle) == 9
    assert bundle.sources.jobs(Selector(type="mail.digest", state=State.FAILED)).items == ()


def test_everything_is_purged_by_one_form_that_does_not_grow_with_the_number(
    client: FlaskClient, seeder: Seeder, bundle: Services, drive: Drive
) -> None:
    """https://github.com/HangfireIO/Hangfire/issues/2444: by the thousand from the page, and the browser hangs."""
    seeder.failed("mail", 100)
    few = len(client.get("/operations/new?action=purge&queue=mail").data)
    seeder.failed("mail", 2_400)
    asked = client.get("/operations/new?action=purge&queue=mail")
    assert len(asked.data) < few + 2_000
    form = form_to(asked, "/operations")
    answers = {**dict(form.fields), "typed": "2500", "reason": "they were test mails"}
    assert client.post(form.action, data=answers).status_code == 303
    assert _left(bundle) == 2_500, "the request only starts it"
    drive()
    assert _left(bundle) == 0


def test_a_requeue_of_all_holds_no_list_of_its_jobs(
    seeder: Seeder, bundle: Services, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https://github.com/rq/django-rq/issues/244: 90,000 jobs in memory at once."""
    seeder.failed("mail", 1_500)
    plan = bundle.operations.plan(Action.REQUEUE, Selector(queue="mail"))
    assert plan.matched == 1_500
    assert all(not part.ids for part in plan.selection.parts)
    bundle.operations.start(plan_token=plan.token, actor="test", reason="the mail server is back")
    sent = record_commands(monkeypatch)
    drive()
    assert _left(bundle) == 0
    assert len(sent) > 1_500 / 100, "at most a hundred jobs are moved by one command"


def test_an_end_says_how_many_were_moved_and_how_many_were_not(
    client: FlaskClient, seeder: Seeder, bundle: Services, drive: Drive
) -> None:
    """https://github.com/HangfireIO/Hangfire/issues/4: someone else may move a job while all are retried."""
    ids = seeder.failed("mail", 10)
    form = form_to(client.get("/operations/new?action=requeue&queue=mail"), "/operations")
    started = client.post(form.action, data={**dict(form.fields), "rate_per_second": ""})
    for job_id in ids[:3]:
        bundle.sources.get("main").act(Action.REQUEUE, "mail", job_id)
    drive()
    operation = bundle.operations.get(started.location.rpartition("/")[2])
    assert (operation.matched, operation.done, operation.skipped) == (10, 7, 3)
    assert bundle.sources.get("main").queue("mail").pending == 10


def test_failed_jobs_of_all_queues_are_requeued_at_once(seeder: Seeder, bundle: Services, drive: Drive) -> None:
    """https://github.com/felixmosh/bull-board/issues/1262, https://github.com/Parallels/rq-dashboard/issues/378."""
    for queue in ("mail", "billing", "images"):
        seeder.failed(queue, 4)
    plan = bundle.operations.plan(Action.REQUEUE, Selector())
    assert plan.by_queue == {("main", "billing"): 4, ("main", "images"): 4, ("main", "mail"): 4}
    bundle.operations.start(plan_token=plan.token, actor="test", reason="")
    drive()
    assert _left(bundle) == 0


def test_a_few_can_be_tried_first(seeder: Seeder, bundle: Services, drive: Drive, client: FlaskClient) -> None:
    """https://github.com/felixmosh/bull-board/issues/155: retry a hundred, then look, then the next hundred."""
    seeder.failed("mail", 60)
    form = form_to(client.get("/operations/new?action=requeue&queue=mail"), "/operations")
    client.post(form.action, data={**dict(form.fields), "canary": "10", "rate_per_second": ""})
    drive()
    assert _left(bundle) == 50
    claims = seeder.processing("mail", 0)
    assert len(claims) == 10


def test_one_failed_job_is_retried_with_a_click_and_a_worker_gets_it(client: FlaskClient, seeder: Seeder) -> None:
    """https://github.com/mher/flower/issues/17, https://github.com/mher/flower/issues/1348."""
    job_id = seeder.failed("mail", 1)[0]
    form = form_to(client.get(f"/jobs/main/mail/{job_id}"), "/requeue")
    assert client.post(form.action, data=dict(form.fields)).status_code == 303
    assert [claim.id for claim in seeder.processing("mail", 0)] == [job_id]


def test_markup_in_jobs_is_text_in_the_question_and_in_the_operation(
    client: FlaskClient, seeder: Seeder, drive: Drive
) -> None:
    """https://github.com/Parallels/rq-dashboard/issues/526."""
    hostile = "<script>alert(1)</script>"
    seeder.failed("mail", 2, type=hostile, error=f"ValueError: {hostile}", data={hostile: hostile})
    asked = client.get("/operations/new?action=requeue&queue=mail")
    form = form_to(asked, "/operations")
    started = client.post(form.action, data={**dict(form.fields), "reason": hostile})
    drive()
    seeder.failed("mail", 1, type=hostile, error=f"ValueError: {hostile}")
    shown = [asked, *(client.get(path) for path in (started.location, "/operations", "/dead", "/jobs?state=failed"))]
    assert all(hostile not in page.text for page in shown)
    assert all("&lt;script&gt;alert(1)&lt;/script&gt;" in page.text for page in shown[3:])
