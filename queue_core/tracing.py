"""Spans of OpenTelemetry around enqueue and run, in applications that use it; in others nothing is imported or done.

An application that traces has imported `opentelemetry.trace` by itself, or its instrumentation has, so that is what is
looked for: there is no setting, and no cost without it. Tracing that fails is logged: it costs spans, never a job.
"""

from __future__ import annotations

import importlib
import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from queue_core.errors import Release
from queue_core.exchanged import NewJob
from queue_core.failure import class_name, message_of

if TYPE_CHECKING:
    from queue_core.job import Job

SYSTEM = "queue_core"
FLUSH_MILLISECONDS = 900
"""The agent kills a child that it asked to leave after a second."""

log = logging.getLogger("queue_core.tracing")


def _api() -> Any:
    """The module `opentelemetry.trace`, None in an application that does not use it."""
    found: Any = None
    if sys.modules.get("opentelemetry.trace") is not None:
        with _harmless():
            found = importlib.import_module("opentelemetry.trace")  # waits while another thread imports it
    return found


@contextmanager
def sending(queue: str, jobs: Sequence[NewJob]) -> Iterator[list[NewJob]]:
    """Around the enqueue of jobs: a producer span below the one that is active, and its traceparent in each job.

    Without an active span nothing is done; a job that was given a traceparent keeps it.

    Args:
        queue: its name.
        jobs: what is about to be sent.
    """
    api = _api()
    if api is None or not api.get_current_span().get_span_context().is_valid:
        yield list(jobs)
        return
    attributes = _attributes(queue, "send")
    if len(jobs) == 1:
        attributes |= {"messaging.message.id": jobs[0].id, "queue_core.job.type": jobs[0].type}
    else:
        attributes["messaging.batch.message_count"] = len(jobs)
    begin = _tracer(api).start_as_current_span
    with _active(lambda: begin(f"send {queue}", kind=api.SpanKind.PRODUCER, attributes=attributes)) as span:
        here = traceparent(span.get_span_context()) if span else ""
        yield [job if job.traceparent else replace(job, traceparent=here) for job in jobs]


class Firing:
    """A job that a schedule is about to make. job: with the traceparent of its producer's span, if there is one."""

    def __init__(self, job: NewJob, span: Any = None) -> None:
        self.job = job
        self._span = span

    def made(self) -> None:
        """The job was made: its span is over. One that never ends is never sent, as for a job that was not made."""
        if self._span is not None:
            with _harmless():
                self._span.end()


def firing(queue: str, job: NewJob, schedule: str) -> Firing:
    """A producer span for a job of a schedule, also without an active one; a job that has a traceparent keeps it.

    Args:
        queue: its name.
        job: what the schedule makes.
        schedule: name of the schedule.
    """
    api, found = _api(), Firing(job)
    if api is not None and not job.traceparent:
        attributes = _attributes(queue, "send") | {
            "messaging.message.id": job.id, "queue_core.job.type": job.type, "queue_core.schedule.name": schedule,
        }  # fmt: skip
        with _harmless():
            span = _tracer(api).start_span(f"send {queue}", kind=api.SpanKind.PRODUCER, attributes=attributes)
            context = span.get_span_context()
            found = Firing(replace(job, traceparent=traceparent(context)) if context.is_valid else job, span)
    return found


@contextmanager
def attempt(job: Job) -> Iterator[Attempt]:
    """Around one run of a job: a consumer span that begins a trace of its own, linked to the producer's span.

    It is the active span meanwhile, so that spans of the job's own code lie below it.
    """
    api = _api()
    if api is None:
        yield Attempt()
        return
    with _active(lambda: _beginning(api, job)) as span:
        yield Attempt(span)


def _beginning(api: Any, job: Job) -> AbstractContextManager[Any]:
    context = sys.modules["opentelemetry.context"]
    link = parsed(job.traceparent)
    span = _tracer(api).start_span(
        f"process {job.queue}", kind=api.SpanKind.CONSUMER, attributes=_of_attempt(job), context=context.Context(),
        links=[api.Link(link)] if link else [],
    )  # fmt: skip
    active: AbstractContextManager[Any] = api.use_span(
        span, end_on_exit=True, record_exception=False, set_status_on_exception=False
    )
    return active


class Attempt:
    """The span of one run, if there is one."""

    def __init__(self, span: Any = None) -> None:
        self._span = span

    def ended(self, outcome: str, error: BaseException | None = None) -> None:
        """Say how it ended.

        Args:
            outcome: in a word.
            error: what it raised, None when that is no failure.
        """
        if self._span is None:
            return
        with _harmless():
            self._span.set_attribute("queue_core.job.outcome", outcome)
            if error is not None:
                self._failed(error)

    def _failed(self, error: BaseException) -> None:
        """What `record_exception` of the SDK writes, also of an exception whose `__str__` fails."""
        api, name, message = _api(), class_name(error), message_of(error)
        self._span.set_attribute("error.type", name)
        self._span.set_status(api.Status(api.StatusCode.ERROR, f"{type(error).__name__}: {message}"[:500]))
        trace = "".join(traceback.format_exception(error))
        event = {"exception.type": name, "exception.message": message, "exception.stacktrace": trace}
        self._span.add_event("exception", event)


def flush() -> None:
    """Let the SDK send what it holds: a process in which jobs run ends without the interpreter's own end."""
    api = _api()
    with _harmless():
        force = getattr(api.get_tracer_provider(), "force_flush", None) if api else None
        if force:
            force(FLUSH_MILLISECONDS)


@contextmanager
def _active(begin: Callable[[], AbstractContextManager[Any]]) -> Iterator[Any]:
    """The span of what `begin` gives; None when it cannot begin. An error inside passes through it."""
    stack, span = ExitStack(), None
    with _harmless():
        span = stack.enter_context(begin())
    try:
        yield span
    except BaseException:
        with _harmless():
            stack.__exit__(*sys.exc_info())
        raise
    with _harmless():
        stack.close()


@contextmanager
def _harmless() -> Iterator[None]:
    try:
        yield
    except Release:
        raise  # interrupts the job of a thread, as Cancelled and JobTimeout do
    except Exception:
        log.warning("tracing failed; a span is lost or incomplete", exc_info=True)


def traceparent(context: Any) -> str:
    """A span context in the form of W3C Trace Context, version 00."""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


def parsed(text: str) -> Any:
    """The remote span context that a traceparent names, None when it names none; asked only where spans are made."""
    api, parts = _api(), text.split("-")
    if api is None or [len(part) for part in parts[:4]] != [2, 32, 16, 2] or parts[0] == "ff":
        return None
    try:
        trace_id, span_id, flags = (int(part, 16) for part in parts[1:4])
    except ValueError:
        return None
    found = api.SpanContext(trace_id, span_id, is_remote=True, trace_flags=api.TraceFlags(flags))
    return found if found.is_valid else None


def _tracer(api: Any) -> Any:
    return api.get_tracer("queue_core")


def _attributes(queue: str, operation: str) -> dict[str, str | int | float]:
    return {
        "messaging.system": SYSTEM,
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "messaging.destination.name": queue,
    }


def _of_attempt(job: Job) -> Mapping[str, str | int | float]:
    found = _attributes(job.queue, "process") | {
        "messaging.message.id": job.id,
        "messaging.client.id": job.worker,
        "queue_core.job.type": job.type,
        "queue_core.job.attempt": job.attempt,
    }
    if job.enqueued:
        found["queue_core.job.wait_seconds"] = max(0.0, job.started - job.enqueued)
    return found
