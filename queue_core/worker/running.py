"""Runs one job's function and says how that ended."""

from __future__ import annotations

import asyncio
import inspect
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from queue_core import context as contexts
from queue_core import tracing
from queue_core.app import App, JobFunction
from queue_core.context import Context
from queue_core.errors import InvalidJob, JobTimeout
from queue_core.failure import append, describe
from queue_core.fingerprint import fingerprint
from queue_core.results import encode_result
from queue_core.retry import UNKNOWN_TYPE_DELAY, Verdict, classify
from queue_core.tracing import Attempt
from queue_core.worker.wire import Ended

_OUTCOMES = {"f": "failed", "p": "permanent", "t": "timeout", "k": "crash", "x": "cancelled", "r": "released"}
_STOPPED = {"cancel": Verdict("x"), "timeout": Verdict("t"), "drain": Verdict("r"), "lost": Verdict("f")}


class UnknownType(Exception):
    """No handler of that type, or of that version of its data, is registered in this worker."""


def execute(app: App, context: Context) -> Ended:
    """Run the job to its end; a coroutine gets an event loop of its own. Never raises, and never loses an outcome."""
    ended: Ended | None = None
    try:
        with _surroundings(context) as attempt:
            try:
                result = handler(app, context).run(context.job.data)
                if inspect.isawaitable(result):
                    result = asyncio.run(_awaited(result))
                ended = Ended("s", blob=encode_result(result))
            except BaseException as error:  # noqa: BLE001 - whatever a job raises is its outcome
                ended = failed(app, context, error)
                _tell(attempt, ended, error)
            else:
                attempt.ended("succeeded")
    except BaseException as late:  # noqa: BLE001 - an interruption just before the job or after it
        return ended or failed(app, context, late)
    return ended


async def execute_async(app: App, context: Context) -> Ended:
    """Run the job to its end on this event loop, a plain function in a thread. Never raises."""
    with _surroundings(context) as attempt:
        try:
            job = handler(app, context)
            if inspect.iscoroutinefunction(job.function):
                result = await job.run(context.job.data)
            else:
                result = await asyncio.to_thread(job.run, context.job.data)
            ended = Ended("s", blob=encode_result(result))
        except BaseException as error:  # noqa: BLE001 - whatever a job raises is its outcome
            ended = failed(app, context, error)
            _tell(attempt, ended, error)
        else:
            attempt.ended("succeeded")
    return ended


@contextmanager
def _surroundings(context: Context) -> Iterator[Attempt]:
    with tracing.attempt(context.job) as attempt:
        token = contexts.enter(context)
        try:
            yield attempt
        finally:
            contexts.leave(token)


def _tell(attempt: Attempt, ended: Ended, error: BaseException) -> None:
    attempt.ended(_OUTCOMES[ended.kind], None if ended.kind in "rx" else error)


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


def handler(app: App, context: Context) -> JobFunction[Any, Any]:
    """Who runs the job.

    Raises:
        UnknownType: nobody here. InvalidJob: its payload cannot be read.
    """
    job = context.job
    if job.unreadable:
        raise InvalidJob(f"the payload cannot be read: {job.unreadable}")
    found = app.jobs.get(job.type)
    if found is None:
        raise UnknownType(f"no job of type {job.type!r} is registered in this worker; is an old version running?")
    if job.version > int(found.options.get("version", 1)):
        raise UnknownType(f"version {job.version} of {job.type} is newer than this worker")
    return found


def failed(app: App, context: Context, error: BaseException) -> Ended:
    """What an exception means for the job, with the detail kept beside it."""
    job = context.job
    function = app.jobs.get(job.type)
    verdict = _verdict(context, error, function)
    if verdict.kind == "r":
        return Ended("r")
    group = "" if verdict.kind in "tk" else fingerprint(job.type, error, policy=app.fingerprint)
    detail = describe(
        error, worker=job.worker, host=socket.gethostname(), version=app.version, number=job.attempt,
        started=job.started, finished=time.time(), outcome=_OUTCOMES[verdict.kind], fingerprint=group,
    )  # fmt: skip
    delay = verdict.delay
    if delay is None and function and function.backoff:
        delay = function.backoff.delay(job.attempt)
    wait = -1 if delay is None else max(0, round(delay * 1000))
    return Ended(verdict.kind, wait, group, detail.line(), append(job.error, detail))


def _verdict(context: Context, error: BaseException, function: JobFunction[Any, Any] | None) -> Verdict:
    if isinstance(error, UnknownType):
        return Verdict("f", UNKNOWN_TYPE_DELAY)
    if isinstance(error, JobTimeout):
        return Verdict("t")
    if isinstance(error, asyncio.CancelledError):
        return _STOPPED.get(context.stop, Verdict("f"))
    if function is None:
        return classify(error)
    return classify(error, permanent=function.permanent, temporary=function.temporary)
