"""What the page of an operation and its strip say in each of its states."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from dashboard.adapters.contract import Action
from dashboard.services import Services
from dashboard.settings import Settings
from queue_core.engine import Outcome
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import form_to, words

Drive = Callable[[], None]


def start(client: FlaskClient, query: str, **changes: str) -> str:
    """Answer the question with these fields; the operation's address."""
    form = form_to(client.get(f"/operations/new?{query}"), "/operations")
    fields = {**dict(form.fields), "rate_per_second": "", "canary": "", **changes}
    fields.pop("slow_down", None)
    return client.post(form.action, data=fields).location


def stopped(client: FlaskClient, seeder: Seeder, drive: Drive, failing: int = 5) -> str:
    """A requeue whose trial failed."""
    seeder.failed("mail", 30)
    there = start(client, "action=requeue&queue=mail", canary="5")
    drive()
    engine = seeder.engine("mail")
    claims = engine.settle("tester", claim=failing).claims
    engine.settle("tester", [Outcome("p", each.id, each.token, -1, "a" * 16, "ValueError: no") for each in claims])
    drive()
    return there


def test_a_stopped_operation_stays_in_sight_until_someone_decides(
    client: FlaskClient, seeder: Seeder, drive: Drive
) -> None:
    there = stopped(client, seeder, drive)
    for address in ("/dead", "/dead/" + "a" * 16, there):
        assert "Stopped: 5 failed again. 25 untouched." in words(client.get(address)), address
    page = client.get(there)
    assert "It stopped when 5 of the first 5 had failed again." in words(page)
    assert client.post(form_to(client.get("/dead"), "/cancel").action).status_code == 303
    drive()
    assert "Stopped" not in words(client.get("/dead"))


def test_a_stopped_operation_is_not_counted_as_one_in_progress(
    client: FlaskClient, seeder: Seeder, drive: Drive
) -> None:
    stopped(client, seeder, drive)
    assert "Operations 1 in progress" not in words(client.get("/dead"))
    client.post(form_to(client.get("/dead"), "/resume").action)
    assert "Operations 1 in progress" in words(client.get("/dead"))


def test_what_was_stopped_and_taken_back_is_no_longer_waited_for(
    client: FlaskClient, seeder: Seeder, drive: Drive, bundle: Services
) -> None:
    there = stopped(client, seeder, drive, failing=1)
    assert len(bundle.operations.running()) == 1
    client.post(form_to(client.get(there), "/undo").action)
    drive()
    assert bundle.operations.running() == ()
    assert "Undone: 4 of 5 reversed, 1 already ran." in words(client.get(there))


def test_an_undo_is_offered_with_how_many_it_can_take_back(client: FlaskClient, seeder: Seeder, drive: Drive) -> None:
    seeder.failed("mail", 3)
    there = start(client, "action=requeue&queue=mail")
    drive()
    assert "Takes back the 3 jobs that have not started yet." in words(client.get(there))
    assert len(seeder.engine("mail").settle("tester", claim=2).claims) == 2
    assert "Takes back the 1 job that has not started yet." in words(client.get(there))
    seeder.succeeded("mail", 0)
    page = client.get(there)
    assert "All of its jobs have started, so nothing is left to take back." in words(page)
    assert "/undo" not in page.text


def test_jobs_taken_back_are_part_of_the_outcome(client: FlaskClient, seeder: Seeder, drive: Drive) -> None:
    seeder.failed("mail", 3)
    there = start(client, "action=requeue&queue=mail")
    drive()
    client.post(f"{there}/undo")
    drive()
    assert "Taken back dead letters again before they started 3" in words(client.get(there))


def test_one_job_is_one_job_everywhere(client: FlaskClient, seeder: Seeder, drive: Drive) -> None:
    seeder.failed("mail", 1)
    there = start(client, "action=requeue&queue=mail")
    client.post(f"{there}/pause")
    page = words(client.get(there))
    assert "Paused the requeue of 1 job" in page
    assert not re.search(r"(?<!of )\b1 jobs", page)


def test_an_operation_that_no_collector_takes_up_says_so(
    settings: Settings, bundle: Services, client: FlaskClient, seeder: Seeder
) -> None:
    seeder.failed("mail", 3)
    there = start(client, "action=requeue&queue=mail")
    assert "No collector has taken it up" not in words(client.get(there))
    operation = bundle.operations.list().items[0]
    assert not operation.untaken(operation.created_at + 14)
    bundle.store.client.hset(bundle.store.operation(operation.id), "created", round((operation.created_at - 60) * 1000))
    assert "No collector has taken it up." in words(client.get(there))


def test_an_operation_that_left_jobs_out_says_how_many_and_why(
    client: FlaskClient, seeder: Seeder, drive: Drive, bundle: Services
) -> None:
    ids = seeder.failed("mail", 5)
    there = start(client, "action=requeue&queue=mail")
    bundle.sources.get("main").act(Action.PURGE, "mail", ids[0])
    bundle.sources.get("main").act(Action.PURGE, "mail", ids[1])
    drive()
    said = "Requeued 3 of 5 jobs. 2 had already been moved by someone else."
    assert said in words(client.get(there))
    listed = client.get("/operations")
    assert said in words(listed)
    assert f'href="{there}"' in listed.text


def test_an_operation_that_did_all_of_its_jobs_names_no_one_else(
    client: FlaskClient, seeder: Seeder, drive: Drive
) -> None:
    seeder.failed("mail", 5)
    there = start(client, "action=requeue&queue=mail")
    drive()
    assert "someone else" not in words(client.get(there))


ENDED = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#toasts"}


def test_the_end_of_a_partial_operation_is_a_message_and_any_other_is_none(
    client: FlaskClient, seeder: Seeder, bundle: Services, drive: Drive
) -> None:
    ids = seeder.failed("mail", 5)
    there = start(client, "action=requeue&queue=mail")
    running = client.get(there, headers=ENDED)
    assert (running.status_code, "Live-Ended" in running.headers) == (204, False)
    for job_id in ids[:2]:
        seeder.engine("mail").control_job("purge", job_id)
    drive()
    told = words(client.get(there, headers=ENDED))
    assert "Requeued 3 of 5 jobs. 2 had already been moved by someone else. See the operation" in told
    whole = start(client, "action=purge&state=pending&queue=mail", typed="3")
    drive()
    ended = client.get(whole, headers=ENDED)
    assert (ended.status_code, ended.headers["Live-Ended"]) == (204, "1")


def test_the_answer_to_a_start_says_what_is_followed(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 2)
    form = form_to(client.get("/operations/new?action=requeue&queue=mail"), "/operations")
    page = client.post(form.action, data=dict(form.fields), follow_redirects=True)
    assert f'data-follow="{page.request.path}"' in page.text


def _linked(page: str) -> dict[str, str]:
    """Where the figures above an operation lead, by their names."""
    found = re.findall(r'<dt>([^<]*)</dt><dd><a class="v" href="([^"]*)"', page)
    return {name: url.replace("&amp;", "&") for name, url in found}


def test_figures_lead_to_the_jobs_that_they_count(client: FlaskClient, seeder: Seeder, drive: Drive) -> None:
    there = stopped(client, seeder, drive)
    seeder.failed("mail", 3)  # later ones are not part of it
    links = _linked(client.get(there).text)
    assert links["Requeued"] == "#out-h"
    assert 'id="out-h"' in client.get(there).text
    left = client.get(links["Untouched"])
    assert left.text.count('name="job"') == 25
    assert "Skipped" not in links
    purge = start(client, "action=purge&queue=mail", typed="33")
    drive()
    client.application.extensions["redrive"].sources.forget()
    trash = client.get(_linked(client.get(purge).text)["Purged"])
    assert trash.text.count('name="job"') == 33
