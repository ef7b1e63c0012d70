"""A dashboard over some sources, and what its metrics say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families as parse
from prometheus_client.samples import Sample

from dashboard.app import create_app
from dashboard.settings import Settings, SourceSettings
from tests.contract.seeders.queue_core import Seeder


@pytest.fixture
def seeder(redis_url: str) -> Seeder:
    return Seeder(redis_url)


def client_of(*urls: str, **settings: Any) -> FlaskClient:
    """A client of a dashboard with the sources `main` and `other`."""
    sources = tuple(SourceSettings(name=name, url=url) for name, url in zip(("main", "other"), urls, strict=False))
    return create_app(Settings(sources=sources, **settings)).test_client()


def samples(client: FlaskClient) -> Iterator[Sample]:
    for family in parse(client.get("/metrics").get_data(as_text=True)):
        yield from family.samples


def value(client: FlaskClient, name: str, **labels: str) -> float | None:
    found = [sample.value for sample in samples(client) if sample.name == name and sample.labels == labels]
    assert len(found) <= 1
    return found[0] if found else None
