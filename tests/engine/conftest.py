from __future__ import annotations

import pytest

from queue_core.connection import Client
from tests.engine.queue_under_test import QueueUnderTest


@pytest.fixture
def queue(redis_client: Client) -> QueueUnderTest:
    """An empty queue on the real Valkey."""
    return QueueUnderTest(redis_client)
