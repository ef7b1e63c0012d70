"""While a source is down the API says so, and never gives a number that was not read."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.settings import Settings, SourceSettings
from tests.api.conftest import SAME_ORIGIN
from tests.api.test_reading import problem
from tests.conftest import RealServer
from tests.contract.seeders.queue_core import Seeder


@pytest.fixture
def server(make_server: type[RealServer]) -> RealServer:
    return make_server().start()


@pytest.fixture
def client(server: RealServer) -> FlaskClient:
    Seeder(server.url).failed("mail", 3)
    return create_app(Settings(sources=(SourceSettings(name="main", url=server.url),))).test_client()


def stop(server: RealServer, client: FlaskClient) -> None:
    server.kill()
    client.application.extensions["redrive"].sources.forget()


def test_numbers_of_a_source_that_is_down_are_null(server: RealServer, client: FlaskClient) -> None:
    assert client.get("/api/v1/stats").get_json()["failed"] == 3
    stop(server, client)
    stats = client.get("/api/v1/stats").get_json()
    assert (stats["failed"], stats["total"], stats["missing"]) == (None, None, ["main"])
    (queue,) = stats["queues"]
    assert (queue["name"], queue["failed"], queue["paused"]) == ("mail", None, None)


@pytest.mark.parametrize(
    "path", ["/queues/main/mail", "/jobs", "/jobs/main/mail/x", "/dead/groups", "/operations", "/alerts"]
)
def test_what_cannot_be_read_is_unavailable(server: RealServer, client: FlaskClient, path: str) -> None:
    stop(server, client)
    response = client.get(f"/api/v1{path}")
    problem(response, 503)
    assert response.headers["Retry-After"]


def test_what_cannot_be_changed_is_unavailable(server: RealServer, client: FlaskClient) -> None:
    stop(server, client)
    problem(client.post("/api/v1/queues/main/mail/pause", headers=SAME_ORIGIN), 503)
