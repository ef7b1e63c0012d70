"""One source of every kind of adapter, with a seeder that makes real jobs of that kind."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from dashboard.adapters import discovery
from dashboard.adapters.contract import Adapter

KINDS = sorted(discovery.factories())


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def seeder(kind: str, redis_url: str) -> Any:
    """Every kind has a module of its name in `tests/contract/seeders`."""
    return importlib.import_module(f"tests.contract.seeders.{kind}").Seeder(redis_url)


@pytest.fixture
def adapter(kind: str, redis_url: str) -> Adapter:
    options = {"redact": ("password", "token"), "scan": 1_000, "timeout": 3.0}
    return discovery.create(kind, "main", redis_url, options)
