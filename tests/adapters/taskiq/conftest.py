"""taskiq itself on a real server, and the product that reads it."""

from __future__ import annotations

import pytest

from dashboard.adapters.taskiq.product import TaskiqProduct
from tests.adapters.taskiq.real import Application


@pytest.fixture(params=["RedisStreamBroker", "ListQueueBroker"])
def application(redis_url: str, request: pytest.FixtureRequest) -> Application:
    return Application(redis_url, request.param)


@pytest.fixture
def streamed(redis_url: str) -> Application:
    return Application(redis_url, "RedisStreamBroker")


@pytest.fixture
def product(redis_url: str) -> TaskiqProduct:
    return TaskiqProduct("main", redis_url, {})
