"""SAQ itself on a real server, and the product that reads it."""

from __future__ import annotations

import pytest

from dashboard.adapters.saq.product import SaqProduct
from tests.adapters.saq.real import Application


@pytest.fixture
def application(redis_url: str) -> Application:
    return Application(redis_url)


@pytest.fixture
def product(redis_url: str) -> SaqProduct:
    return SaqProduct("main", redis_url, {})
