"""A program that uses BullMQ, and the product that reads what it wrote."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboard.adapters.bullmq.product import BullmqProduct
from tests.adapters.bullmq.real import Program, folder


@pytest.fixture(params=[6, 5])
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def program(redis_url: str, version: int, request: pytest.FixtureRequest) -> Iterator[Program]:
    made = Program(redis_url, folder(version, install="adapters" in (request.config.option.markexpr or "")))
    yield made
    made.close()


@pytest.fixture
def product(redis_url: str) -> BullmqProduct:
    return BullmqProduct("main", redis_url, {})
