"""Tracing that fails, or that an interruption meets, costs spans and never a job or its outcome."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from queue_core import App
from queue_core.context import Context
from queue_core.errors import Cancelled, JobTimeout, Release
from queue_core.failure import decode
from queue_core.worker import child
from queue_core.worker.executors.thread import Threads
from queue_core.worker.running import execute, execute_async
from queue_core.worker.wire import Ended
from tests.waiting import PATIENCE

Execute = Callable[[App, Context], Ended]


class Hostile(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


class Raising(SpanProcessor):
    """Raises when a span starts, or when it ends."""

    def __init__(self, at: str, error: BaseException) -> None:
        self._at = at
        self._error = error

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        if self._at == "start":
            raise self._error

    def on_end(self, span: ReadableSpan) -> None:
        if self._at == "end":
            raise self._error


class Shop:
    """An application with two jobs; how often one ran is counted."""

    def __init__(self, url: str) -> None:
        self.app = App(url)
        self.ran = 0

        @self.app.job
        def charge() -> str:
            self.ran += 1
            return "paid"

        @self.app.job
        def refuse() -> None:
            raise Hostile

    def context(self, job: str) -> Context:
        self.app.jobs[job].enqueue()
        claimed = self.app.queue().claim_job("w")
        assert claimed
        return Context(claimed, 0, lambda _: True)


@pytest.fixture
def shop(redis_url: str) -> Shop:
    return Shop(redis_url)


def execute_on_a_loop(app: App, context: Context) -> Ended:
    return asyncio.run(execute_async(app, context))


@pytest.fixture(params=[execute, execute_on_a_loop])
def run(request: pytest.FixtureRequest) -> Iterator[Execute]:
    return request.param


def test_an_exception_whose_text_fails_is_the_jobs_outcome_and_on_its_span(
    shop: Shop, spans: InMemorySpanExporter, run: Execute
) -> None:
    ended = run(shop.app, shop.context("refuse"))
    detail = decode(ended.blob)
    assert ended.kind == "f"
    assert detail
    assert detail.type.endswith("Hostile")
    (span,) = spans.get_finished_spans()
    assert span.status.description == "Hostile: <no message: ValueError>"
    (event,) = span.events
    assert event.attributes
    assert event.attributes["exception.message"] == "<no message: ValueError>"
    assert "in refuse" in str(event.attributes["exception.stacktrace"])


@pytest.mark.parametrize("at", ["start", "end"])
def test_a_span_that_fails_costs_no_job_and_is_logged(
    shop: Shop, provider: TracerProvider, run: Execute, at: str, caplog: pytest.LogCaptureFixture
) -> None:
    provider.add_span_processor(Raising(at, RuntimeError("no room for spans")))
    with caplog.at_level(logging.WARNING, "queue_core"):
        assert run(shop.app, shop.context("charge")).kind == "s"
    assert shop.ran == 1
    assert "no room for spans" in caplog.text


def test_a_span_that_cannot_be_told_its_outcome_leaves_the_job_succeeded(
    shop: Shop, spans: InMemorySpanExporter, run: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(span: object, key: str, value: object) -> None:
        raise RuntimeError("this span takes nothing")

    monkeypatch.setattr("opentelemetry.sdk.trace._Span.set_attribute", refuse)
    assert run(shop.app, shop.context("charge")).kind == "s"
    assert len(spans.get_finished_spans()) == 1


@pytest.mark.parametrize("at", ["start", "end"])
def test_a_span_that_fails_costs_no_enqueue(shop: Shop, provider: TracerProvider, at: str) -> None:
    with TracerProvider().get_tracer("shop").start_as_current_span("checkout"):
        provider.add_span_processor(Raising(at, RuntimeError("no room for spans")))
        shop.app.jobs["charge"].enqueue()
    assert shop.app.queue().claim_job("w")


class Listening:
    """A session that hears how jobs ended."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.heard: list[Ended] = []
        self.end = threading.Event()

    def ended(self, key: str, outcome: Ended) -> None:
        self.heard.append(outcome)
        self.end.set()


@pytest.mark.parametrize("interruption", [Cancelled("too late"), JobTimeout("too late"), Release("too late")])
def test_a_job_that_is_interrupted_while_its_span_closes_has_its_outcome_and_runs_once(
    shop: Shop, provider: TracerProvider, interruption: BaseException
) -> None:
    provider.add_span_processor(Raising("end", interruption))
    session: Any = Listening(shop.app)
    Threads(session).start("1", shop.context("charge"))
    assert session.end.wait(PATIENCE)
    assert [each.kind for each in session.heard] == ["s"]
    assert shop.ran == 1


@pytest.mark.parametrize(
    ("interruption", "kind"), [(Cancelled("early"), "x"), (JobTimeout("early"), "t"), (Release("early"), "r")]
)
def test_a_job_that_is_interrupted_before_it_begins_does_not_run(
    shop: Shop, provider: TracerProvider, interruption: BaseException, kind: str
) -> None:
    provider.add_span_processor(Raising("start", interruption))
    session: Any = Listening(shop.app)
    Threads(session).start("1", shop.context("charge"))
    assert session.end.wait(PATIENCE)
    assert [each.kind for each in session.heard] == [kind]
    assert shop.ran == 0


def test_an_enqueue_waits_for_an_import_of_tracing_that_another_thread_has_begun(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = types.ModuleType("opentelemetry.trace")
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", half)

    def finish(name: str) -> types.ModuleType:
        monkeypatch.setitem(sys.modules, name, trace)
        return trace

    monkeypatch.setattr("importlib.import_module", finish)
    shop.app.jobs["charge"].enqueue()
    assert shop.app.queue().claim_job("w")


class Gone(BaseException):
    pass


@pytest.mark.parametrize("error", [RuntimeError("the collector is gone"), Gone()])
def test_a_child_ends_as_it_should_when_its_spans_cannot_be_sent(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    class Broken:
        def force_flush(self, milliseconds: int) -> None:
            raise error

    class End(BaseException):
        pass

    def end(code: int) -> None:
        codes.append(code)
        raise End

    codes: list[int] = []
    monkeypatch.setattr(trace, "get_tracer_provider", Broken)
    monkeypatch.setattr("os._exit", end)
    monkeypatch.setattr("os.set_inheritable", lambda *_: None)
    monkeypatch.setattr(child, "_live_with", lambda _: None)
    monkeypatch.setattr(child, "Connection", lambda _: None)
    monkeypatch.setattr(child, "load_app", lambda _: None)
    monkeypatch.setattr(child, "Session", lambda *_: None)
    monkeypatch.setattr("queue_core.worker.executors.process.serve", lambda _: None)
    with pytest.raises(End):
        child.main(0, "", "process", 0)
    assert codes == [0]
