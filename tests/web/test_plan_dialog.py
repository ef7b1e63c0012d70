"""The question shows what should be known; the strip, the page and the outcome say how it went."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.services import Services, build_services
from dashboard.settings import LimitSettings, Settings
from queue_core.engine import Outcome
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands
from tests.web.conftest import PARTIAL, form_to, words

Drive = Callable[[], None]
A, B = "a" * 16, "b" * 16


def with_limits(settings: Settings, **limits: float) -> FlaskClient:
    narrow = settings.model_copy(update={"limits": LimitSettings(**limits)})
    return create_app(narrow, build_services(narrow)).test_client()


def start(client: FlaskClient, query: str, **changes: str) -> str:
    form = form_to(client.get(f"/operations/new?{query}"), "/operations")
    answer = client.post(form.action, data={**dict(form.fields), "canary": "", **changes})
    assert answer.status_code == 303
    return answer.location


def test_warnings_stand_worst_first_with_what_to_do(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    seeder.engine("mail").pause()
    page = client.get("/operations/new?action=requeue&queue=mail")
    kinds = [part.partition('"')[0] for part in page.text.split('data-kind="')[1:]]
    assert kinds == ["still_happening", "no_worker", "paused"]
    assert "ValueError is still happening: 3 jobs of mail in the last 5 minutes" in words(page)
    assert "mend the cause first, or try a few" in words(page)
    assert "data-kind" not in client.get("/operations/new?action=purge&queue=mail").text


def test_a_sample_shows_arguments_without_secrets_and_leads_to_the_job(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 2, data={"to": "<b>ann", "password": "hunter2"})
    page = client.get("/operations/new?action=requeue&queue=mail")
    assert '{"to": "<b>ann", "password": "[redacted]"}' in words(page)
    assert "<b>ann" not in page.text
    assert "hunter2" not in page.text
    assert 'href="/jobs/main/mail/mail-2"' in page.text
    assert "Types send 2" in words(page)


def test_many_jobs_need_a_reason_which_the_question_marks(settings: Settings, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    client = with_limits(settings, reason_from=2)
    page = client.get("/operations/new?action=requeue&queue=mail")
    assert "Reason required" in words(page)
    assert "Needed for more than 2 jobs." in words(page)
    form = form_to(page, "/operations")
    refused = client.post(form.action, data={**dict(form.fields), "reason": "  ", "canary": "2"})
    assert refused.status_code == 422
    assert "Nothing was started. Say why: more than 2 jobs need a reason." in words(refused)
    assert 'aria-invalid="true"' in refused.text
    again = dict(form_to(refused, "/operations").fields)
    assert "slow_down" not in again or "slow_down" in dict(form.fields)
    assert client.post(form.action, data={**again, "reason": "mail is back"}).status_code == 303


def test_few_jobs_need_none(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    page = client.get("/operations/new?action=requeue&queue=mail")
    assert "Reason optional" in words(page)
    assert " required " not in page.text


def test_a_requeue_slows_down_by_itself_unless_that_is_unticked(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    seeder.failed("mail", 3)
    seeder.failed("billing", 3)
    form = form_to(client.get("/operations/new?action=requeue&queue=mail"), "/operations")
    assert dict(form.fields)["slow_down"] == "1"
    there = client.post(form.action, data=dict(form.fields)).location
    assert "Slows down by itself" in words(client.get(there))
    form = form_to(client.get("/operations/new?action=requeue&queue=billing"), "/operations")
    fields = {name: value for name, value in form.fields if name != "slow_down"}
    there = client.post(form.action, data=fields).location
    assert "Slows down never" in words(client.get(there))
    assert {each.pace.slow_down for each in bundle.operations.list().items} == {True, False}


def test_a_late_yes_says_how_many_came_meanwhile(settings: Settings, bundle: Services, seeder: Seeder) -> None:
    now = [bundle.clock()]
    client = create_app(settings, build_services(settings, clock=lambda: now[0])).test_client()
    seeder.failed("mail", 3)
    form = form_to(client.get("/operations/new?action=requeue&queue=mail"), "/operations")
    seeder.failed("mail", 14)
    now[0] += 60
    headers = {**PARTIAL, "HX-Target": "dialog#dialog", "HX-Current-URL": "http://localhost/dead"}
    answer = client.post(form.action, data=dict(form.fields), headers=headers)
    assert "Requeue of 3 jobs started" in words(answer)
    assert "14 more failed since; not part of this" in words(answer)
    there = f"/operations/{bundle.operations.list().items[0].id}"
    assert "14 more failed since; not part of this" in words(client.get(there))


def test_the_question_asked_again_late_says_it_too(settings: Settings, bundle: Services, seeder: Seeder) -> None:
    now = [bundle.clock()]
    client = create_app(settings, build_services(settings, clock=lambda: now[0])).test_client()
    seeder.failed("mail", 3)
    form = form_to(client.get("/operations/new?action=purge&queue=mail"), "/operations")
    seeder.failed("mail", 1)
    now[0] += 60
    again = client.post(form.action, data=dict(form.fields))
    assert again.status_code == 422
    assert "1 more failed since; not part of this." in words(again)


def test_the_strip_asks_for_itself_while_it_moves_and_stops_at_the_end(
    client: FlaskClient, seeder: Seeder, drive: Drive
) -> None:
    seeder.failed("mail", 3)
    there = start(client, "action=requeue&queue=mail", rate_per_second="")
    own = f"op-{there.rpartition('/')[2]}"
    headers = {**PARTIAL, "HX-Target": f"div#{own}", "HX-Source": f"div#{own}"}
    strip = client.get(there, headers=headers)
    assert "<html" not in strip.text
    assert "data-second" in strip.text
    assert "0 of 3" in words(strip)
    drive()
    ended = client.get(there, headers=headers)
    assert "3 of 3" in words(ended)
    assert "data-second" not in ended.text
    assert "hx-trigger" not in ended.text


def test_new_errors_are_named_counted_and_linked(client: FlaskClient, seeder: Seeder, drive: Drive) -> None:
    seeder.failed("mail", 3)
    there = start(client, f"action=requeue&fingerprint={A}&queue=mail", rate_per_second="")
    drive()
    engine = seeder.engine("mail")
    claims = engine.settle("tester", claim=3).claims
    engine.settle("tester", [
        Outcome("p", claims[0].id, claims[0].token, -1, A, "ValueError: bad address"),
        Outcome("p", claims[1].id, claims[1].token, -1, B, "shop.mail.Bounced: <i>no</i>"),
    ])  # fmt: skip
    page = client.get(there)
    assert "Failed in a new way another error than before 1" in words(page)
    assert f'href="/dead/{B}">Bounced</a>' in page.text
    assert "<i>no</i>" not in page.text
    assert f'href="/dead/{A}?since=' in page.text
    assert 'href="/queues/main/mail/jobs?state=processing"' in page.text


def test_the_page_says_what_its_undo_brought_back(client: FlaskClient, seeder: Seeder, drive: Drive) -> None:
    seeder.failed("mail", 5)
    there = start(client, "action=requeue&queue=mail", rate_per_second="")
    drive()
    assert len(seeder.engine("mail").settle("tester", claim=2).claims) == 2
    headers = {**PARTIAL, "HX-Current-URL": f"http://localhost{there}"}
    client.post(f"{there}/undo", headers=headers)
    drive()
    page = words(client.get(there))
    assert "Undone: 3 of 5 reversed, 2 already ran." in page
    undo = client.get("/operations")
    assert "Undo 5 jobs" in words(undo)


def test_an_undo_starts_with_what_is_possible(client: FlaskClient, seeder: Seeder, drive: Drive) -> None:
    seeder.failed("mail", 5)
    there = start(client, "action=requeue&queue=mail", rate_per_second="")
    drive()
    assert len(seeder.engine("mail").settle("tester", claim=2).claims) == 2
    undo = client.post(f"{there}/undo")
    page = words(client.get(undo.location))
    assert "Undo started: 3 of 5 can be reversed" in page
    assert "2 already ran" in page


@pytest.mark.parametrize("address", ["/operations", "/dead"])
def test_operations_are_named_by_their_error(client: FlaskClient, seeder: Seeder, address: str) -> None:
    seeder.failed("mail", 3)
    start(client, f"action=requeue&fingerprint={A}&queue=mail")
    page = words(client.get(address))
    assert "ValueError in mail" in page
    assert f"fingerprint:{A}" not in page


def test_the_strip_costs_little_and_the_page_is_bounded(
    client: FlaskClient, seeder: Seeder, monkeypatch: pytest.MonkeyPatch, drive: Drive
) -> None:
    seeder.succeeded("mail", 100)  # most attempts end well, so that nothing slows it down
    for number in range(30):
        seeder.failed("mail", 2, fingerprint=f"{number:016x}")
    there = start(client, "action=requeue&queue=mail", rate_per_second="")
    drive()
    engine = seeder.engine("mail")
    for number in range(20):
        (claim,) = engine.settle("tester", claim=1).claims
        engine.settle("tester", [Outcome("p", claim.id, claim.token, -1, f"{number:x}{'f' * 15}", f"E{number}: no")])
    assert "Failed in a new way another error than before 20" in words(client.get(there))
    own = f"div#op-{there.rpartition('/')[2]}"
    sent = record_commands(monkeypatch)
    client.get(there, headers={**PARTIAL, "HX-Target": own, "HX-Source": own})
    assert 0 < len(sent) <= 6, sent
    sent.clear()
    client.get(there)
    assert len(sent) <= 10, sent
