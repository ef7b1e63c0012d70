"""Jobs of an application that traces, with the real SDK: from the producer's span to spans of the job's own code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from queue_core import App
from queue_core.tracing import parsed
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
APP = "tests.tracing.shop:app"
Span = dict[str, Any]
Python = Callable[..., str]


@pytest.fixture
def spans_file(tmp_path: Path) -> Path:
    return tmp_path / "spans.jsonl"


@pytest.fixture
def python(redis_url: str, spans_file: Path) -> Python:
    """Run a program on the test's own database to its end; returns what it printed."""

    def run(*words: str) -> str:
        environment = {**os.environ, "REDIS_URL": redis_url, "SPANS": str(spans_file)}
        done = subprocess.run(
            [sys.executable, *words],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def traced(python: Python, spans_file: Path) -> Callable[..., list[Span]]:
    """Order something, let a worker do it, and give the spans of both."""

    def run(*words: str, executor: str = "process") -> list[Span]:
        python("-m", "tests.tracing.shop", *words)
        python("-m", "dashboard", "worker", APP, "--burst", "--executor", executor)
        return [json.loads(line) for line in spans_file.read_text().splitlines()]

    return run


def named(spans: list[Span], name: str) -> list[Span]:
    return [span for span in spans if span["name"] == name]


def one(spans: list[Span], name: str) -> Span:
    (found,) = named(spans, name)
    return found


def context(span: Span) -> tuple[str, str]:
    return span["context"]["trace_id"], span["context"]["span_id"]


@pytest.mark.parametrize("executor", ["process", "thread", "asyncio", "inline"])
def test_a_run_has_a_trace_of_its_own_that_is_linked_to_the_producers_span(
    traced: Callable[..., list[Span]], executor: str
) -> None:
    spans = traced("charge", executor=executor)
    checkout, sent, ran, inside = (
        one(spans, name) for name in ("checkout", "send default", "process default", "ask the bank")
    )
    assert (sent["kind"], sent["parent_id"]) == ("SpanKind.PRODUCER", checkout["context"]["span_id"])
    assert (ran["kind"], ran["parent_id"]) == ("SpanKind.CONSUMER", None)
    assert ran["context"]["trace_id"] != sent["context"]["trace_id"]
    assert [context(link) for link in ran["links"]] == [context(sent)]
    assert inside["context"]["trace_id"] == ran["context"]["trace_id"]
    assert inside["parent_id"] == ran["context"]["span_id"]


@pytest.mark.parametrize("executor", ["process", "asyncio"])
def test_a_coroutines_own_spans_lie_below_its_run(traced: Callable[..., list[Span]], executor: str) -> None:
    spans = traced("mail", executor=executor)
    assert one(spans, "ask the mail server")["parent_id"] == context(one(spans, "process default"))[1]


def test_spans_say_what_the_conventions_for_messaging_ask_for(
    traced: Callable[..., list[Span]], redis_url: str
) -> None:
    spans = traced("charge")
    sent, ran = (one(spans, name)["attributes"] for name in ("send default", "process default"))
    job_id = sent["messaging.message.id"]
    assert sent == {
        "messaging.system": "queue_core", "messaging.operation.name": "send", "messaging.operation.type": "send",
        "messaging.destination.name": "default", "messaging.message.id": job_id, "queue_core.job.type": "charge",
    }  # fmt: skip
    assert ran.pop("queue_core.job.wait_seconds") >= 0
    assert ran.pop("messaging.client.id")
    assert ran == {
        "messaging.system": "queue_core", "messaging.operation.name": "process", "messaging.operation.type": "process",
        "messaging.destination.name": "default", "messaging.message.id": job_id, "queue_core.job.type": "charge",
        "queue_core.job.attempt": 1, "queue_core.job.outcome": "succeeded",
    }  # fmt: skip
    info = App(redis_url).queue().get(job_id)
    assert info
    assert info.record["tp"].split("-")[1] == one(spans, "checkout")["context"]["trace_id"].removeprefix("0x")


def test_each_attempt_that_fails_has_a_trace_with_the_exception(
    traced: Callable[..., list[Span]], python: Python, redis_url: str, spans_file: Path
) -> None:
    spans = traced("fail")
    queue = App(redis_url).queue()
    while not queue.engine.tick().promoted:
        pass
    python("-m", "dashboard", "worker", APP, "--burst")
    spans = [json.loads(line) for line in spans_file.read_text().splitlines()]
    runs = named(spans, "process default")
    assert len({span["context"]["trace_id"] for span in runs}) == 2
    assert [span["attributes"]["queue_core.job.attempt"] for span in runs] == [1, 2]
    assert [context(link) for span in runs for link in span["links"]] == [context(one(spans, "send default"))] * 2
    for span in runs:
        assert span["status"] == {"status_code": "ERROR", "description": "RuntimeError: no funds"}
        assert span["attributes"]["error.type"] == "RuntimeError"
        assert span["attributes"]["queue_core.job.outcome"] == "failed"
        (event,) = span["events"]
        assert event["name"] == "exception"
        assert "in charge" in event["attributes"]["exception.stacktrace"]


def test_a_job_that_is_given_back_has_not_failed(traced: Callable[..., list[Span]]) -> None:
    runs = named(traced("release"), "process default")
    first, second = sorted(runs, key=lambda span: str(span["start_time"]))  # each child writes its own, in any order
    assert [span["attributes"]["queue_core.job.outcome"] for span in (first, second)] == ["released", "succeeded"]
    assert {span["status"]["status_code"] for span in (first, second)} == {"UNSET"}


def test_a_traceparent_that_is_given_is_kept(traced: Callable[..., list[Span]]) -> None:
    (link,) = one(traced("own"), "process default")["links"]
    assert context(link) == (f"0x{'a' * 32}", f"0x{'b' * 16}")


def test_jobs_that_are_sent_together_share_one_span(traced: Callable[..., list[Span]]) -> None:
    spans = traced("many")
    sent = one(spans, "send default")
    assert sent["attributes"]["messaging.batch.message_count"] == 3
    assert [context(link) for span in named(spans, "process default") for link in span["links"]] == [context(sent)] * 3


def test_an_enqueue_outside_of_a_span_is_not_traced_and_its_run_is(traced: Callable[..., list[Span]]) -> None:
    spans = traced("untraced")
    assert named(spans, "send default") == []
    assert one(spans, "process default")["links"] == []


def test_all_works_where_nothing_of_it_is_installed(python: Python) -> None:
    said = python(
        "-c",
        "import os, sys\n"
        "sys.modules['opentelemetry'] = None\n"
        "from queue_core import App\n"
        "import queue_core.worker\n"
        "from queue_core import tracing\n"
        "app = App(os.environ['REDIS_URL'])\n"
        "@app.job\n"
        "def one(): pass\n"
        "one.enqueue()\n"
        "job = app.queue().claim_job('w')\n"
        "with tracing.attempt(job) as run: run.ended('failed', ValueError())\n"
        "tracing.flush()\n"
        "print(repr(job.traceparent), [name for name in sys.modules if name.startswith('opentelemetry.')])",
    )
    assert said == "'' []\n"


@pytest.mark.parametrize(
    "text", ["", "nonsense", "00-zz-bb-01", f"00-{'0' * 32}-{'b' * 16}-01", f"ff-{'a' * 32}-{'b' * 16}-01", "é" * 55]
)
def test_a_traceparent_that_is_none_links_nothing(text: str) -> None:
    import opentelemetry.trace  # noqa: F401, PLC0415 - an application that traces has imported it

    assert parsed(text) is None
