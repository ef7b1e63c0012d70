"""One source with real jobs for each test."""

from __future__ import annotations

import pytest

from tests.background import World


@pytest.fixture
def world(redis_url: str) -> World:
    return World(redis_url)
