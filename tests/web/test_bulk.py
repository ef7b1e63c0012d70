"""Bulk actions, from the question to the outcome: never wider than what was asked for, and taken back again."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.adapters.contract import State
from dashboard.app import create_app
from dashboard.operations.plans import PLAN_SECONDS
from dashboard.services import Services, build_services
from dashboard.settings import Settings
from queue_core.engine import Outcome
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, Form, form_to, forms, words

Drive = Callable[[], None]
A, B = "a" * 16, "b" * 16
WIDER = [
    "",
    "queue=",
    "queue=&source=&type=&fingerprint=&error=&q=&since=&until=",
    "state=failed",
    "scope=",
    "scope=all",
    "quue=mail",
    "queue=mail&Fingerprint=" + A,
    "queue=mail&finger_print=" + A,
    "scope=filter&queue=mail&typo=1",
    "queue=mail&since=yesterday",
    "queue=mail&until=1e99",
    "queue=mail&state=dead",
    "queue=mail&queue=billing",
    'q="open',
    "group=main/mail",
    "group=main//" + A,
    "job=mail-1",
    "job=main/mail/",
    "queue=billing&group=main/mail/" + A,
    "queue=mail&q=queue:billing",
]


def dead(bundle: Services) -> tuple[int | None, int | None]:
    """Dead letters of both queues."""
    bundle.sources.forget()
    snapshot = bundle.sources.snapshot()
    return tuple(snapshot.queue("main", queue).count(State.FAILED) for queue in ("mail", "billing"))  # type: ignore[return-value]


def question(client: FlaskClient, query: str) -> Form:
    return form_to(client.get(f"/operations/new?{query}"), "/operations")


def start(client: FlaskClient, form: Form, **changes: str) -> TestResponse:
    return client.post(form.action, data={**dict(form.fields), "rate_per_second": "", "canary": "", **changes})


@pytest.fixture
def two_queues(seeder: Seeder) -> None:
    seeder.failed("mail", 3, fingerprint=A)
    seeder.failed("mail", 2, fingerprint=B, error="TimeoutError: too slow")
    seeder.failed("billing", 4, fingerprint=A)


@pytest.mark.usefixtures("two_queues")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("query", WIDER)
def test_a_selection_that_is_not_understood_is_never_a_wider_one(
    client: FlaskClient, bundle: Services, query: str, method: str
) -> None:
    for action in ("requeue", "purge"):
        given = f"action={action}&{query}"
        options = {"query_string": given} if method == "GET" else {"data": given}
        kind = {} if method == "GET" else {"content_type": "application/x-www-form-urlencoded"}
        answer = client.open("/operations/new", method=method, **options, **kind)  # type: ignore[arg-type]
        assert answer.status_code == 400
        assert 'name="plan_token"' not in answer.text
        assert "This request is not understood" in words(answer)
    assert not bundle.operations.list().items
    assert dead(bundle) == (5, 4)


@pytest.mark.usefixtures("two_queues")
@pytest.mark.parametrize("action", ["", "explode", "cancel", "edit", "REQUEUE", "requeue "])
def test_an_action_that_is_none_is_refused(client: FlaskClient, action: str) -> None:
    answer = client.get("/operations/new", query_string={"action": action, "queue": "mail"})
    assert answer.status_code == 400
    assert "use one of requeue, purge, restore" in words(answer)


@pytest.mark.usefixtures("two_queues")
@pytest.mark.parametrize(
    "query",
    ["queue=nope", "source=nope", "source=main&queue=nope", f"group=main/nope/{A}", "group=main/mail/" + "c" * 16,
     "job=main/mail/gone", "type=other", "until=1"],
)  # fmt: skip
def test_what_is_not_there_selects_nothing(client: FlaskClient, bundle: Services, drive: Drive, query: str) -> None:
    answer = client.get(f"/operations/new?action=purge&{query}")
    assert answer.status_code in (200, 404)
    if answer.status_code == 200:
        assert "Nothing to purge" in words(answer)
        refused = start(client, form_to(answer, "/operations"))
        assert refused.status_code == 400
        assert "nothing to purge" in words(refused)
    drive()
    assert dead(bundle) == (5, 4)


@pytest.mark.usefixtures("two_queues")
@pytest.mark.parametrize(
    ("query", "matched", "left"),
    [("queue=mail", 5, (0, 4)), (f"fingerprint={A}", 7, (2, 0)), (f"queue=mail&fingerprint={B}", 2, (3, 4)),
     ("error=TimeoutError", 2, (3, 4)), ("q=queue:billing", 4, (5, 0)), (f"group=main/mail/{A}", 3, (2, 4)),
     (f"group=main/mail/{A}&group=main/billing/{A}", 7, (2, 0)), ("job=main/mail/mail-1", 1, (4, 4)),
     ("scope=filter", 9, (0, 0)), ("scope=filter&queue=billing", 4, (5, 0)), ("since=1h&queue=mail", 5, (0, 4))],
)  # fmt: skip
def test_as_many_are_moved_as_the_question_says(
    client: FlaskClient, bundle: Services, drive: Drive, query: str, matched: int, left: tuple[int, int]
) -> None:
    page = client.get(f"/operations/new?action=requeue&{query}")
    assert f"Requeue {matched} job" in words(page)
    there = start(client, form_to(page, "/operations")).location
    drive()
    assert dead(bundle) == left
    assert f"{matched} of {matched}" in words(client.get(there))


@pytest.mark.usefixtures("two_queues")
def test_every_form_of_a_filtered_list_carries_its_whole_filter(client: FlaskClient) -> None:
    for path in (f"/dead?queue=mail&q=error:TimeoutError&fingerprint={B}", f"/jobs?queue=mail&fingerprint={B}"):
        form = form_to(client.get(path), "/operations/new")
        page = client.post(form.action, data={**dict(form.fields), "scope": "filter", "action": "requeue"})
        assert "Requeue 2 jobs?" in words(page)


@pytest.mark.usefixtures("two_queues")
@pytest.mark.parametrize("typed", ["", "4", "05", "5.0", "five", "-5", "5 5", "9" * 400])
def test_a_purge_of_everything_that_matches_asks_for_the_number(
    client: FlaskClient, bundle: Services, drive: Drive, typed: str
) -> None:
    form = question(client, "action=purge&queue=mail")
    answer = start(client, form, typed=typed, reason="<b>moved</b>")
    assert answer.status_code == 422
    assert "Nothing was purged. Type 5 to confirm" in words(answer)
    assert 'value="&lt;b&gt;moved&lt;/b&gt;"' in answer.text
    drive()
    assert dead(bundle) == (5, 4)
    assert start(client, form_to(answer, "/operations"), typed=" 5 ").status_code == 303
    drive()
    assert dead(bundle) == (0, 4)


def test_a_thousand_jobs_are_purged_when_their_number_is_typed_as_it_is_shown(
    client: FlaskClient, seeder: Seeder, bundle: Services, drive: Drive
) -> None:
    seeder.failed("mail", 1_000, fingerprint=A)
    form = question(client, f"action=purge&group=main/mail/{A}")
    assert start(client, form).status_code == 422
    assert start(client, form, typed="1,000").status_code == 303
    drive()
    assert bundle.sources.snapshot().queue("main", "mail").failed == 0


@pytest.mark.usefixtures("two_queues")
def test_with_htmx_a_wrong_number_is_asked_for_again_in_the_dialog(client: FlaskClient) -> None:
    form = question(client, "action=purge&queue=mail")
    answer = client.post(form.action, data=dict(form.fields), headers={**PARTIAL, "HX-Target": "dialog#dialog"})
    assert answer.status_code == 422
    assert "<html" not in answer.text
    assert 'hx-status:422="target:#dialog' in answer.text
    assert 'role="alert"' in answer.text
    assert forms(answer)[0].fields[0] == form.fields[0]


@pytest.mark.usefixtures("two_queues")
def test_with_htmx_a_start_closes_the_dialog_and_leads_to_the_operation(client: FlaskClient, bundle: Services) -> None:
    form = question(client, "action=requeue&queue=mail")
    headers = {**PARTIAL, "HX-Target": "dialog#dialog", "HX-Current-URL": "http://localhost/dead"}
    answer = client.post(form.action, data=dict(form.fields), headers=headers)
    assert answer.status_code == 200
    assert {"live:changed", "dialog:close"} <= json.loads(answer.headers["HX-Trigger"]).keys()
    (operation,) = bundle.operations.list().items
    assert "Requeue of 5 jobs started" in words(answer)
    assert f'href="/operations/{operation.id}"' in answer.text


@pytest.mark.usefixtures("two_queues")
def test_requeued_jobs_are_followed_to_what_became_of_them(client: FlaskClient, seeder: Seeder, drive: Drive) -> None:
    there = start(client, question(client, f"action=requeue&queue=mail&fingerprint={A}"), reason="fixed").location
    drive()
    engine = seeder.engine("mail")
    first, second, _ = engine.settle("tester", claim=3).claims
    engine.settle("tester", [Outcome("s", first.id, first.token),
                             Outcome("p", second.id, second.token, -1, A, "ValueError: bad address")])  # fmt: skip
    page = words(client.get(there))
    assert "fixed" in page
    assert "of the 3 jobs requeued" in page
    assert "Succeeded 1" in page
    assert "Failed again the same error as before 1" in page
    assert "Failed in a new way another error than before 0" in page
    assert "Processing running, or between attempts 1" in page


@pytest.mark.usefixtures("two_queues")
@pytest.mark.parametrize("headers", [{}, PARTIAL], ids=["forms", "htmx"])
def test_a_second_click_leads_to_what_the_first_one_started(
    client: FlaskClient, bundle: Services, drive: Drive, headers: dict[str, str]
) -> None:
    form = question(client, "action=requeue&queue=mail")
    for _ in range(2):
        answer = client.post(form.action, data=dict(form.fields), headers=headers)
        assert answer.status_code in (200, 303)
    assert len(bundle.operations.list().items) == 1
    drive()
    assert start(client, form).location.endswith(bundle.operations.list().items[0].id)
    assert len(bundle.operations.list().items) == 1


@pytest.mark.usefixtures("two_queues")
def test_a_plan_of_a_quarter_of_an_hour_ago_starts_nothing(settings: Settings, bundle: Services) -> None:
    now = [bundle.clock()]
    client = create_app(settings, build_services(settings, clock=lambda: now[0])).test_client()
    form = question(client, "action=requeue&queue=mail")
    now[0] += PLAN_SECONDS
    answer = start(client, form)
    assert answer.status_code == 404
    assert "make a new one" in words(answer)
    assert not bundle.operations.list().items


@pytest.mark.usefixtures("two_queues")
@pytest.mark.parametrize("token", ["", "x", "../..", "x" * 5_000, "\x00", "<script>"])
def test_a_token_of_no_plan_starts_nothing(client: FlaskClient, bundle: Services, token: str) -> None:
    answer = client.post("/operations", data={"plan_token": token, "action": "purge", "scope": "filter"})
    assert answer.status_code == (404 if token else 400)
    assert not bundle.operations.list().items
    assert dead(bundle) == (5, 4)


@pytest.mark.usefixtures("two_queues")
@pytest.mark.parametrize("headers", [{}, PARTIAL], ids=["forms", "htmx"])
def test_a_purge_is_undone_once(client: FlaskClient, bundle: Services, drive: Drive, headers: dict[str, str]) -> None:
    there = start(client, question(client, f"action=purge&group=main/mail/{A}")).location
    drive()
    assert dead(bundle) == (2, 4)
    assert "Brings the purged jobs back" in words(client.get(there))
    answer = client.post(f"{there}/undo", headers={**headers, "HX-Current-URL": f"http://localhost{there}"})
    undo = answer.location or answer.headers["HX-Redirect"]
    assert undo != there
    assert "Undo started" in words(client.get(undo))
    drive()
    assert dead(bundle) == (5, 4)
    assert "Undone by" in words(client.get(there))
    assert not [form for form in forms(client.get(there)) if form.action.endswith("/undo")]
    assert client.post(f"{there}/undo", headers=headers).status_code == 409


@pytest.mark.usefixtures("two_queues")
def test_a_requeue_is_undone_as_far_as_nothing_has_started(
    client: FlaskClient, seeder: Seeder, bundle: Services, drive: Drive
) -> None:
    there = start(client, question(client, f"action=requeue&group=main/mail/{A}")).location
    drive()
    assert len(seeder.engine("mail").settle("tester", claim=1).claims) == 1
    undo = client.post(form_to(client.get(there), "/undo").action)
    assert undo.status_code == 303
    drive()
    assert dead(bundle) == (4, 4)
