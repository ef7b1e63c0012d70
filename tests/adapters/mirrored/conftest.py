"""A mirrored product, its queue of failures, and the time."""

from __future__ import annotations

import time

import pytest

from dashboard.adapters.mirrored.adapter import MirroredAdapter
from tests.adapters.mirrored.shelf import Shelf


@pytest.fixture
def shelf(redis_url: str) -> Shelf:
    return Shelf(redis_url)


@pytest.fixture
def adapter(shelf: Shelf, redis_url: str) -> MirroredAdapter:
    return MirroredAdapter(shelf, redis_url, {"redact": ("password",), "scan": 1_000})


@pytest.fixture
def now() -> float:
    return float(int(time.time()))
