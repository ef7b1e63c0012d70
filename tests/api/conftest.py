"""The whole application over one source with real jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.settings import Settings, SourceSettings
from tests.contract.seeders.queue_core import Seeder

SAME_ORIGIN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

Call = Callable[..., TestResponse]


@pytest.fixture
def seeder(redis_url: str) -> Seeder:
    return Seeder(redis_url)


@pytest.fixture
def client(redis_url: str) -> FlaskClient:
    settings = Settings(sources=(SourceSettings(name="main", url=redis_url),))
    return create_app(settings).test_client()


@pytest.fixture
def call(client: FlaskClient) -> Call:
    """Call the API as a page of the dashboard does: `call("POST", "/queues/main/mail/pause")`."""

    def make(method: str, path: str, **options: Any) -> TestResponse:
        headers = {**SAME_ORIGIN, **options.pop("headers", {})}
        return client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    return make
