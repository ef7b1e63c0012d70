"""Failures of RQ requeued from the dashboard's own pages are executed once each by RQ's own workers."""

from __future__ import annotations

import time

import pytest
from flask.testing import FlaskClient

from dashboard.adapters.contract import Selector
from dashboard.app import create_app
from dashboard.operations.driver import Driver
from dashboard.operations.records import OperationState
from dashboard.services import Services, build_services
from dashboard.settings import Settings, SourceSettings
from tests.adapters.rq import tasks
from tests.adapters.rq.real import RealRQ
from tests.background import Clock
from tests.web.conftest import form_to


@pytest.fixture
def clock() -> Clock:
    return Clock(time.time())


@pytest.fixture
def bundle(redis_url: str, clock: Clock) -> Services:
    settings = Settings(sources=(SourceSettings(name="jobs", kind="rq", url=redis_url),))
    return build_services(settings, clock)


@pytest.fixture
def client(bundle: Services) -> FlaskClient:
    client = create_app(bundle.settings, bundle).test_client()
    client.environ_base |= {"HTTP_ORIGIN": "http://localhost", "HTTP_SEC_FETCH_SITE": "same-origin"}
    return client


def maintain(bundle: Services) -> None:
    """What the collector does each second, until there is nothing to do."""
    adapter = bundle.sources.get("jobs")
    while adapter.maintain():  # type: ignore[attr-defined]
        pass
    bundle.sources.forget()


def drive(bundle: Services, clock: Clock) -> None:
    """What the collector does in a minute or so."""
    driver = Driver(bundle.store, bundle.sources, bundle.settings, clock)
    for _ in range(90):
        driver.drive()
        clock.forward(1)


@pytest.mark.timeout(300)
def test_a_thousand_failures_are_executed_once_each(
    bundle: Services, client: FlaskClient, clock: Clock, real: RealRQ
) -> None:
    ids = real.failed(1_000)
    maintain(bundle)
    assert "1,000" in client.get("/dead").text
    question = form_to(client.get("/operations/new?action=requeue&queue=mail"), "/operations")
    started = client.post(question.action, data={**dict(question.fields), "rate_per_second": "", "canary": ""})
    operation = started.location.rpartition("/")[2]
    drive(bundle, clock)
    assert bundle.operations.get(operation).done == 1_000
    assert real.connection.llen("rq:queue:mail") == 1_000
    real.mend()
    real.work()
    assert real.ran() == dict.fromkeys(ids, 1)
    maintain(bundle)
    drive(bundle, clock)
    assert bundle.operations.get(operation).state == OperationState.DONE
    assert bundle.sources.jobs(Selector(source="jobs")).items == ()
    assert real.connection.zcard("rq:failed:mail") == 0


def test_what_failed_again_is_a_dead_letter_again(bundle: Services, client: FlaskClient, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    maintain(bundle)
    (first,) = bundle.sources.jobs(Selector(source="jobs")).items
    bundle.sources.get("jobs").act(first.actions[0].action, "mail", job_id)
    maintain(bundle)
    assert bundle.sources.jobs(Selector(source="jobs")).items == ()
    real.work()
    for _ in range(3):
        maintain(bundle)
    (again,) = bundle.sources.jobs(Selector(source="jobs")).items
    assert again.id == job_id
    assert "u0@example.com" in client.get(f"/jobs/jobs/mail/{job_id}").text


def test_the_page_of_a_job_shows_arguments_and_hides_secrets(
    bundle: Services, client: FlaskClient, real: RealRQ
) -> None:
    job_id = real.add(tasks.fail, "<b>ann</b>", password="hunter2")
    real.work()
    maintain(bundle)
    page = client.get(f"/jobs/jobs/mail/{job_id}").text
    assert "&lt;b&gt;ann&lt;/b&gt;" in page
    assert "<b>ann</b>" not in page
    assert "hunter2" not in page


def test_the_button_says_that_a_pause_stops_all_queues(bundle: Services, client: FlaskClient, real: RealRQ) -> None:
    real.add(tasks.send)
    real.add(tasks.send, queue="bills")
    page = client.get("/queues/jobs/mail")
    assert "Pause all queues" in page.text
    form = form_to(page, "/pause")
    answer = client.post(form.action, data=dict(form.fields), follow_redirects=True)
    assert "Paused all queues of jobs." in answer.text
    assert real.connection.exists("rq:suspended")
    bundle.sources.forget()
    page = client.get("/queues/jobs/bills")
    assert "Resume all queues" in page.text
    form = form_to(page, "/resume")
    client.post(form.action, data=dict(form.fields))
    assert not real.connection.exists("rq:suspended")
