"""Fixtures for the application with sign-in: import them where they are used."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.services import Services, build_services
from dashboard.settings import AuthSettings, Settings, SourceSettings
from tests.accounts import add_users, hash_cheaply
from tests.background import Clock


def settings_with_users(url: str, **options: object) -> Settings:
    """Everyone signs in."""
    given = {"auth": AuthSettings(mode="users"), **options}
    return Settings(sources=(SourceSettings(name="main", url=url),), **given)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(redis_url: str) -> Settings:
    return settings_with_users(redis_url)


@pytest.fixture
def bundle(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Services:
    hash_cheaply(monkeypatch)
    made = build_services(settings, clock)
    add_users(made)
    return made


@pytest.fixture
def app(settings: Settings, bundle: Services) -> Flask:
    return create_app(settings, bundle)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """A browser that is not signed in."""
    return app.test_client()


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    """Every route with some values: endpoint, method, address."""
    values = {
        "source": "main", "queue": "mail", "job_id": "mail-1", "fingerprint": "a" * 16, "operation_id": "o",
        "name": "x", "release_hash": "x", "verb": "pause", "action": "requeue",
    }  # fmt: skip
    found = []
    with app.test_request_context("/"):
        for rule in app.url_map.iter_rules():
            address = app.url_map.bind("localhost").build(
                rule.endpoint, {each: values.get(each, "x") for each in rule.arguments}, append_unknown=False
            )
            found += [(rule.endpoint, method, address) for method in sorted(rule.methods or ())]
    return found
