"""Dead letters: groups, filters, and what a bulk form of theirs reaches."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from dashboard.adapters.contract import Selector, State
from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, form_to, words

Drive = Callable[[], None]
A, B = "a" * 16, "b" * 16
AT_ONCE = {"rate_per_second": "", "canary": ""}


@pytest.fixture(autouse=True)
def groups(seeder: Seeder) -> None:
    seeder.failed("mail", 3, fingerprint=A, error="ValueError: bad address")
    seeder.failed("mail", 2, fingerprint=B, error="TimeoutError: too slow")
    seeder.failed("billing", 4, fingerprint=A, error="ValueError: bad address")


def failed(bundle: Services, queue: str) -> int | None:
    bundle.sources.forget()
    return bundle.sources.snapshot().queue("main", queue).count(State.FAILED)


def test_groups_are_listed_by_number_with_what_they_are_about(client: FlaskClient) -> None:
    page = client.get("/dead")
    assert page.status_code == 200
    assert page.text.index("/dead/" + A) < page.text.index("/dead/" + B)
    assert "3 groups, 9 jobs" in words(page)
    assert "TimeoutError" in page.text


def test_a_filter_narrows_the_list_and_its_region_alone(client: FlaskClient) -> None:
    page = client.get("/dead?q=queue:mail+error:Timeout")
    assert "/dead/" + B in page.text
    assert "/dead/" + A not in page.text
    part = client.get("/dead?queue=billing", headers={**PARTIAL, "HX-Target": "section#groups"})
    assert "<html" not in part.text
    assert "/dead/" + B not in part.text


def test_a_filter_without_result_offers_to_clear_it(client: FlaskClient) -> None:
    page = client.get("/dead?error=KeyEror")
    assert page.status_code == 200
    assert "No dead letters match error:KeyEror" in words(page)
    assert "Clear filter" in words(page)


@pytest.mark.parametrize(
    "query", ["since=soon", "state=dead", "state=pending", "sort=colour", "cursor=%00x", "q=%22open"]
)
def test_what_is_not_understood_is_a_400_page_that_says_so(client: FlaskClient, query: str) -> None:
    page = client.get(f"/dead?{query}")
    assert page.status_code == 400
    assert query.partition("=")[0] in words(page)


def test_a_group_shows_its_error_and_its_jobs_over_all_queues(client: FlaskClient) -> None:
    page = client.get(f"/dead/{A}")
    assert page.status_code == 200
    assert "bad address" in page.text
    assert "billing" in page.text
    assert page.text.count('name="job"') == 7


def test_a_group_that_is_gone_is_404_and_says_what_may_have_happened(client: FlaskClient) -> None:
    page = client.get("/dead/" + "f" * 16)
    assert page.status_code == 404
    assert "requeued or purged" in words(page)


def test_a_ticked_group_is_acted_on_in_its_own_queue_alone(client: FlaskClient, bundle: Services, drive: Drive) -> None:
    plan = client.post("/operations/new", data={"action": "requeue", "group": f"main/mail/{A}"})
    assert "Requeue 3 jobs?" in words(plan)
    assert "Selected ValueError" in words(plan)
    form = form_to(plan, "/operations")
    assert client.post(form.action, data={**dict(form.fields), **AT_ONCE}).status_code == 303
    drive()
    assert (failed(bundle, "mail"), failed(bundle, "billing")) == (2, 4)


def test_all_matching_is_the_filter_and_not_more(client: FlaskClient, bundle: Services, drive: Drive) -> None:
    listed = client.get("/dead?queue=mail")
    form = form_to(listed, "/operations/new")
    plan = client.post(form.action, data={**dict(form.fields), "scope": "filter", "action": "requeue"})
    assert "Requeue 5 jobs?" in words(plan)
    start = form_to(plan, "/operations")
    client.post(start.action, data={**dict(start.fields), **AT_ONCE})
    drive()
    assert (failed(bundle, "mail"), failed(bundle, "billing")) == (0, 4)


@pytest.mark.parametrize("query", ["action=purge", "action=purge&quue=mail", "action=purge&queue=mail&since=soon",
                                   "action=explode&queue=mail",
                                   "action=purge&queue=mail&queue=billing"])  # fmt: skip
def test_a_selection_that_is_empty_or_misspelt_is_refused(client: FlaskClient, bundle: Services, query: str) -> None:
    assert client.get(f"/operations/new?{query}").status_code == 400
    assert not bundle.operations.list().items


def test_selected_jobs_are_acted_on_and_no_others(client: FlaskClient, bundle: Services, drive: Drive) -> None:
    one, two, *_ = bundle.sources.jobs(Selector(source="main", queue="billing", state=State.FAILED)).items
    chosen = [f"main/billing/{one.id}", f"main/billing/{two.id}"]
    plan = client.post("/operations/new", data={"action": "purge", "job": chosen})
    assert "Purge 2 jobs?" in words(plan)
    form = form_to(plan, "/operations")
    client.post(form.action, data={**dict(form.fields), **AT_ONCE})
    drive()
    assert failed(bundle, "billing") == 2


def test_jobs_that_fail_after_the_question_are_not_included(
    client: FlaskClient, seeder: Seeder, bundle: Services, drive: Drive
) -> None:
    plan = client.get(f"/operations/new?action=requeue&fingerprint={B}")
    seeder.failed("mail", 5, fingerprint=B, error="TimeoutError: too slow")
    form = form_to(plan, "/operations")
    client.post(form.action, data={**dict(form.fields), **AT_ONCE})
    drive()
    assert failed(bundle, "mail") == 3 + 5
