"""Failures that are known by looking for them say how old they are when nobody looks, and only then."""

from __future__ import annotations

import time
from typing import Any

import pytest
import redis
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.services import Services, build_services
from dashboard.settings import Settings, SourceSettings
from tests.contract.seeders.huey import Seeder
from tests.web.conftest import words

PLACES = ("/", "/dead", "/dead?source=shop", "/queues/shop/mail")


class Clock:
    """Time that tests move on."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(redis_url: str, clock: Clock) -> Services:
    sources = (SourceSettings(name="shop", kind="huey", url=redis_url), SourceSettings(name="main", url=redis_url))
    return build_services(Settings(sources=sources), clock)


@pytest.fixture
def page(services: Services) -> FlaskClient:
    return create_app(services.settings, services).test_client()


@pytest.fixture
def seeder(redis_url: str) -> Seeder:
    made = Seeder(redis_url)
    made._adapter = None  # nobody looks
    return made


def looked(redis_url: str, seconds_ago: float) -> None:
    client: Any = redis.Redis.from_url(redis_url)
    client.hset("{redrive}:mirror:shop:notes", mapping={"looked": time.time() - seconds_ago, "whole": "1"})


def test_nothing_is_said_while_failures_are_looked_for(redis_url: str, page: FlaskClient, seeder: Seeder) -> None:
    seeder.pending("mail")
    looked(redis_url, 15)
    for place in PLACES:
        assert "Failures of" not in words(page.get(place))


def test_when_nobody_looks_pages_with_failures_say_how_old_they_are(
    redis_url: str, page: FlaskClient, seeder: Seeder
) -> None:
    seeder.pending("mail")
    looked(redis_url, 250)
    for place in PLACES:
        shown = words(page.get(place))
        assert "Failures of shop as of 4 min" in shown
        assert "start redrive collector" in shown
    assert "Failures of" not in words(page.get("/dead?source=main"))


def test_failures_that_nobody_ever_looked_for_are_not_known_unless_it_is_too_early_to_say(
    page: FlaskClient, services: Services, clock: Clock, seeder: Seeder
) -> None:
    seeder.pending("mail")
    assert "Failures of" not in words(page.get("/"))
    clock.ahead = 120
    services.sources.forget()
    for place in PLACES:
        assert "Failures of shop are not known" in words(page.get(place))


def test_workers_that_a_product_does_not_tell_of_are_not_counted_as_none(page: FlaskClient, seeder: Seeder) -> None:
    seeder.pending("mail")
    shown = words(page.get("/queues/shop/mail"))
    assert "workers not read" in shown
    assert "0 workers up" not in shown
