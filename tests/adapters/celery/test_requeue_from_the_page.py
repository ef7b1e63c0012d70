"""Failures of Celery requeued from the dashboard's own pages are executed once each by Celery's own workers."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from dashboard.adapters.contract import Action, ActionRefused, Selector, State
from dashboard.app import create_app
from dashboard.operations.driver import Driver
from dashboard.operations.records import OperationState
from dashboard.services import Services, build_services
from dashboard.settings import Settings, SourceSettings
from tests.adapters.celery.running import Shop
from tests.background import Clock
from tests.waiting import until
from tests.web.conftest import form_to

MANY = 1_000


class Desk:
    """The dashboard that looks at a shop, and its collector."""

    def __init__(self, shop: Shop) -> None:
        self.clock = Clock(time.time())
        source = SourceSettings(name="jobs", kind="celery", url=shop.settings["broker"])
        self.bundle: Services = build_services(Settings(sources=(source,)), self.clock)
        self.client: FlaskClient = create_app(self.bundle.settings, self.bundle).test_client()
        self.client.environ_base |= {"HTTP_ORIGIN": "http://localhost", "HTTP_SEC_FETCH_SITE": "same-origin"}
        self.adapter = self.bundle.sources.get("jobs")

    def failed(self) -> list[str]:
        """The failures that are shown, after the collector looked."""
        while self.adapter.maintain():  # type: ignore[attr-defined]
            pass
        self.bundle.sources.forget()
        return [job.id for job in self.bundle.sources.jobs(Selector(source="jobs"), limit=200).items]

    def requeue(self, queue: str) -> str:
        """Requeue all failures of a queue by a page; the operation's id, when the collector has driven it."""
        question = form_to(self.client.get(f"/operations/new?action=requeue&queue={queue}"), "/operations")
        fields = {**dict(question.fields), "rate_per_second": "", "canary": "", "reason": "mended"}
        started = self.client.post(question.action, data=fields)
        assert started.status_code == 303, started.text
        self.drive()
        return started.location.rpartition("/")[2]

    def drive(self) -> None:
        """What the collector does in a minute or so."""
        driver = Driver(self.bundle.store, self.bundle.sources, self.bundle.settings, self.clock)
        for _ in range(90):
            driver.drive()
            self.clock.forward(1)


@pytest.mark.timeout(300)
def test_a_thousand_failures_are_executed_once_each(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(prefetch=20)
    shop.worker(name="one")
    shop.worker(name="two")
    desk = Desk(shop)
    with shop.app.producer_or_acquire() as producer:
        ids = [shop.send("charge", number, queue="mail", producer=producer) for number in range(MANY)]
    until(lambda: shop.broker.hlen("test:runs") == MANY)
    until(lambda: shop.failures() == MANY)
    until(lambda: len(desk.failed()) == 200)
    until(lambda: desk.failed() and desk.adapter.queue("mail").failed == MANY)
    assert "1,000" in desk.client.get("/dead").text
    shop.mend()
    operation = desk.requeue("mail")
    assert desk.bundle.operations.get(operation).done == MANY
    until(lambda: sum(shop.run_counts()) == 2 * MANY)
    until(lambda: shop.broker.llen("mail") + shop.broker.hlen("unacked") == 0 and shop.failures() == 0)
    assert shop.run_counts() == [2] * MANY
    assert {shop.state(each) for each in ids[::97]} == {"SUCCESS"}
    until(lambda: not desk.failed() and desk.adapter.queue("mail").failed == 0)
    until(lambda: desk.drive() or desk.bundle.operations.get(operation).state == OperationState.DONE)


def test_failures_without_their_arguments_are_shown_and_say_what_to_set(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(extended=False)
    shop.worker(pool="threads")
    (task_id,) = shop.fail()
    desk = Desk(shop)
    assert until(desk.failed) == [task_id]
    queue = desk.adapter.queue("unknown")
    assert (queue.failed, queue.pending) == (1, None)
    assert desk.adapter.jobs(Selector(queue="unknown", state=State.PENDING)).items == ()
    page = desk.client.get(f"/jobs/jobs/unknown/{task_id}").text
    assert "result_extended" in page
    assert "card declined for order 0" in page
    with pytest.raises(ActionRefused, match="result_extended"):
        desk.adapter.act(Action.REQUEUE, "unknown", task_id)
    assert desk.adapter.act(Action.PURGE, "unknown", task_id) is None
    assert desk.adapter.act(Action.RESTORE, "unknown", task_id) == State.FAILED


def test_pages_show_arguments_and_workers_and_hide_secrets(shop: Shop) -> None:
    shop.broker.delete("test:mended")
    task_id = shop.send("charge", 7, kwargs={"note": "<b>ann</b>", "password": "hunter2"})
    shop.ended(task_id)
    desk = Desk(shop)
    assert task_id in until(desk.failed)
    page = desk.client.get(f"/jobs/jobs/celery/{task_id}").text
    assert "&lt;b&gt;ann&lt;/b&gt;" in page
    assert "hunter2" not in page
    assert "main@host" in desk.client.get("/workers").text
    assert "celery" in desk.client.get("/queues").text
