"""Accounts in a store of their own, on a clock that moves when it is told to."""

from __future__ import annotations

import pytest

from dashboard.auth.authentication import Authentication
from dashboard.services import Services, build_services
from dashboard.settings import AuthSettings, Settings, SourceSettings
from tests.accounts import add_users, hash_cheaply
from tests.background import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bundle(redis_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Services:
    hash_cheaply(monkeypatch)
    sources = (SourceSettings(name="main", url=redis_url),)
    made = build_services(Settings(sources=sources, auth=AuthSettings(mode="users")), clock)
    add_users(made)
    return made


@pytest.fixture
def auth(bundle: Services) -> Authentication:
    return bundle.auth
