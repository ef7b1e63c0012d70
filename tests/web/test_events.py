"""`/events` as a client sees it, over the whole application with a real Valkey."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.events.streams import Streams
from dashboard.services import Services
from dashboard.settings import Settings
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands


@pytest.fixture
def streams(app: Flask) -> Iterator[Streams]:
    """The application's, allowed three, looking often."""
    found: Streams = app.extensions["streams"]
    found.most, found._every = 3, 0.01
    yield found
    found.stopping = lambda: True


def listen(client: FlaskClient, since: float | None = None) -> TestResponse:
    return client.get("/events", query_string={} if since is None else {"since": since}, buffered=False)


def messages(answer: TestResponse) -> Iterator[str]:
    """The named events of a stream, without comments."""
    for chunk in answer.iter_encoded():
        text = chunk.decode()
        if text.startswith("event:"):
            yield text


def test_it_is_a_stream_that_nothing_keeps_or_collects(client: FlaskClient, streams: Streams) -> None:
    answer = listen(client)
    assert answer.status_code == 200
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert "Content-Encoding" not in answer.headers
    assert next(answer.iter_encoded()) == b"retry: 3000\n\n"
    answer.close()


def test_a_change_is_named_by_its_topic_and_no_html_is_sent(
    client: FlaskClient, streams: Streams, seeder: Seeder, bundle: Services
) -> None:
    seeder.failed("mail", 1)
    bundle.sources.forget()
    answer = listen(client, since=bundle.sources.snapshot().taken_at)
    told = messages(answer)
    seeder.failed("mail", 1)
    found = next(told)
    assert "<" not in found
    assert {"dead", "queues"} <= set(found.split("data: ")[1].split())
    bundle.sources.get("main").pause("mail")
    assert next(told) == "event: changed\ndata: queues\n\n"
    answer.close()


def test_a_client_beyond_the_cap_is_told_not_to_come_again(client: FlaskClient, streams: Streams) -> None:
    kept = [listen(client) for _ in range(3)]
    refused = listen(client)
    assert (refused.status_code, refused.data) == (204, b"")
    assert refused.headers["Cache-Control"] == "no-store"
    kept[0].close()
    assert listen(client).status_code == 200


def test_a_stream_that_nobody_reads_leaves_its_place_too(client: FlaskClient, streams: Streams) -> None:
    listen(client).close()
    head = client.head("/events")
    assert (head.status_code, head.data) == (200, b"")
    head.close()
    assert len(streams) == 0


def test_an_application_that_no_web_server_gave_threads_has_no_streams(settings: Settings, bundle: Services) -> None:
    assert create_app(settings, bundle).test_client().get("/events").status_code == 204


@pytest.mark.parametrize("since", ["", "yesterday", "nan", "inf", "9" * 400])
def test_a_moment_that_is_none_is_no_error(client: FlaskClient, streams: Streams, since: str) -> None:
    answer = client.get(f"/events?since={since}", buffered=False)
    assert answer.status_code == 200
    answer.close()


def test_a_page_names_the_stream_behind_its_prefix_with_the_moment_that_it_shows(
    settings: Settings, bundle: Services
) -> None:
    client = create_app(settings.model_copy(update={"prefix": "/ops"}), bundle).test_client()
    page = client.get("/ops/queues").text
    assert f'data-events="/ops/events?since={bundle.sources.snapshot().taken_at}"' in page
    assert client.get("/ops/events").status_code == 204


def test_ten_listeners_cost_redis_the_same_as_one(
    client: FlaskClient, streams: Streams, seeder: Seeder, bundle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeder.failed("mail", 2)
    streams.most, streams._watched = 10, True  # the test looks instead of the watcher
    since = bundle.sources.snapshot().taken_at
    sent = record_commands(monkeypatch)

    def look() -> int:
        sent.clear()
        bundle.sources.forget()
        streams._look()
        return len(sent)

    answers = [listen(client, since)]
    look()  # connects, loads scripts
    cost = look()
    assert cost > 0
    sent.clear()
    answers += [listen(client, since) for _ in range(9)]
    assert sent == []
    assert look() == cost
    sent.clear()
    for answer in answers:
        assert "dead" in next(messages(answer))
        answer.close()
    assert sent == []
