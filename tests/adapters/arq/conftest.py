"""arq itself on a real server, and the product that reads it."""

from __future__ import annotations

import pytest

from dashboard.adapters.arq.product import ArqProduct
from tests.adapters.arq.real import Application


@pytest.fixture
def application(redis_url: str) -> Application:
    return Application(redis_url)


@pytest.fixture
def product(redis_url: str) -> ArqProduct:
    return ArqProduct("main", redis_url, {})
