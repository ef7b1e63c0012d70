"""Huey itself on a real server, and the product that reads it."""

from __future__ import annotations

import pytest

from dashboard.adapters.huey.product import HueyProduct
from tests.adapters.huey.real import Application


@pytest.fixture(params=["RedisHuey", "PriorityRedisHuey", "RedisExpireHuey", "PriorityRedisExpireHuey"])
def application(redis_url: str, request: pytest.FixtureRequest) -> Application:
    return Application(redis_url, request.param)


@pytest.fixture
def product(redis_url: str) -> HueyProduct:
    return HueyProduct("main", redis_url, {})
