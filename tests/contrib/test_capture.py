"""What an application's hooks write: whole, bounded, and never in the job's way."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from redrive.contrib import capture
from redrive.contrib.capture import Capture


def failure() -> ValueError:
    try:
        int("bad address")
    except ValueError as error:
        return error


def read(client: Any, kind: str) -> list[dict[str, Any]]:
    ids = dict.fromkeys(fields[b"id"].decode() for _, fields in client.xrange(f"redrive:captured:{kind}"))
    return [json.loads(each) for job_id in ids for each in client.lrange(f"redrive:captured:{kind}:{job_id}", 0, -1)]


@pytest.fixture
def client(redis_url: str) -> redis.Redis:
    return redis.Redis.from_url(redis_url)


def test_a_failure_is_written_with_arguments_and_traceback(client: redis.Redis) -> None:
    given = {"to": "ann", "copies": [1, 2]}
    assert Capture("celery", client, "shop 4").write(id="a", type="send", queue="mail", error=failure(), kwargs=given)
    (entry,) = read(client, "celery")
    assert (entry["id"], entry["type"], entry["queue"], entry["version"]) == ("a", "send", "mail", "shop 4")
    assert entry["error_type"] == "ValueError"
    assert "bad address" in entry["message"]
    assert (entry["args"], entry["kwargs"], entry["exact"]) == ([], given, True)
    assert "in failure" in entry["traceback"]


@pytest.mark.parametrize("argument", [object(), float("nan"), b"bytes", "x" * 200_000])
def test_arguments_that_cannot_be_kept_are_left_out(client: redis.Redis, argument: Any) -> None:
    assert Capture("rq", client).write(id="a", type="send", queue="mail", error=failure(), args=(argument,))
    (entry,) = read(client, "rq")
    assert (entry["args"], entry["exact"]) == (None, False)
    assert len(json.dumps(entry)) <= capture.MOST_BYTES


def test_the_stream_is_bounded(client: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "MOST_ENTRIES", 100)
    writer = Capture("rq", client)
    for number in range(400):
        writer.write(id=str(number), type="send", queue="mail", error=failure())
    assert client.xlen("redrive:captured:rq") < 300
    for _ in range(30):
        writer.write(id="again", type="send", queue="mail", error=failure())
    assert client.llen("redrive:captured:rq:again") == capture.MOST_OF_A_JOB
    assert 0 < int(client.ttl("redrive:captured:rq:again")) <= capture.KEPT_SECONDS


def test_a_redis_that_is_down_is_no_error_and_is_logged_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = logging.Logger("capture")  # other tests of this process set up or silence the usual one
    own.addHandler(caplog.handler)
    monkeypatch.setattr(capture, "log", own)
    writer = Capture("rq", redis.Redis(port=1, socket_connect_timeout=0.2, retry=Retry(NoBackoff(), 0)))
    for _ in range(3):
        assert writer.write(id="a", type="send", queue="mail", error=failure()) is False
    assert len([each for each in caplog.records if "not captured" in each.getMessage()]) == 1
