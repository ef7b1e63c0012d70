"""Dramatiq itself on a real server, and the product that reads it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboard.adapters.dramatiq.product import DramatiqProduct
from tests.adapters.dramatiq.real import Application


@pytest.fixture
def application(redis_url: str) -> Iterator[Application]:
    application = Application(redis_url)
    yield application
    application.close()


@pytest.fixture
def product(redis_url: str) -> DramatiqProduct:
    return DramatiqProduct("main", redis_url, {})
