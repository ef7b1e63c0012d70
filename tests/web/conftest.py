"""The whole application over one source with real jobs, asked as a browser without and with htmx asks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.collector.lease import Lease
from dashboard.history.recorder import Recorder
from dashboard.operations.driver import Driver
from dashboard.services import Services, build_services
from dashboard.settings import Settings, SourceSettings
from tests.background import Clock
from tests.contract.seeders.queue_core import Seeder

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@dataclass
class Form:
    """A form of a page, as a browser would send it."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """Collects the forms of a page with what they hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(html.unescape(given.get("action", "")), given.get("method", "get")))
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and "selected" in given:
            self.forms[-1].fields.append((self._select, given["value"]))
        elif tag == "input" and given.get("name") and (given.get("type") != "checkbox" or "checked" in given):
            self.forms[-1].fields.append((given["name"], given.get("value", "")))


def forms(page: TestResponse) -> list[Form]:
    return Forms(page.text).forms


def form_to(page: TestResponse, ending: str) -> Form:
    """The one form of a page whose action ends so."""
    found = [form for form in forms(page) if form.action.endswith(ending)]
    assert found, f"no form to {ending} on the page: {[form.action for form in forms(page)]}"
    return found[0]


def words(page: TestResponse) -> str:
    """A page's text without its tags, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


def remember(bundle: Services, minutes: float) -> None:
    """Let the recorder take readings of the sources, as if so many minutes had passed until now."""
    lease = Lease(bundle.store, seconds=60)
    assert lease.renew()
    fence = lease.fence()
    assert fence is not None
    times = Clock(bundle.clock() - 60 * minutes)
    recorder = Recorder(bundle.store, bundle.sources, times, bundle.settings.history.queues)
    while times.now <= bundle.clock():
        recorder.record(fence)
        times.forward(10)
    lease.resign()
    bundle.history.forget()


@pytest.fixture
def seeder(redis_url: str) -> Seeder:
    return Seeder(redis_url)


@pytest.fixture
def settings(redis_url: str) -> Settings:
    return Settings(sources=(SourceSettings(name="main", url=redis_url),))


@pytest.fixture
def bundle(settings: Settings) -> Services:
    return build_services(settings)


@pytest.fixture
def app(settings: Settings, bundle: Services) -> Flask:
    return create_app(settings, bundle)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


@pytest.fixture
def drive(bundle: Services) -> Callable[[], None]:
    """Carry out what was started, as the collector does."""

    def run() -> None:
        driver = Driver(bundle.store, bundle.sources, bundle.settings, bundle.clock)
        for _ in range(200):
            if not driver.drive():
                break
        bundle.sources.forget()

    return run
