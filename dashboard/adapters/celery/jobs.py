"""Tasks as jobs of the contract: from messages, from what workers run, and from results."""

from __future__ import annotations

from dataclasses import replace

from dashboard import safe_pickle
from dashboard.adapters.celery import messages, offering, results
from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.held import HeldTask
from dashboard.adapters.celery.messages import Arguments, Message
from dashboard.adapters.celery.orphans import Orphan
from dashboard.adapters.celery.results import Result
from dashboard.adapters.celery.workers import Running
from dashboard.adapters.contract import Job, JobError, Payload, State

SHOWN_CHARACTERS = 65_536


def of_message(application: Application, queue: str, message: Message, state: State = State.PENDING) -> Job:
    """A message of a list, without its arguments."""
    return Job(
        id=message.id,
        source=application.source,
        queue=queue,
        type=message.type,
        state=state,
        payload=Payload(size=message.size, undecodable=message.undecodable),
        priority=message.priority,
        attempts=message.retries,
        scheduled_for=message.eta,
        deadline=message.expires,
        actions=offering.of_message(message),
    )


def fetched(job: Job) -> Job:
    """The same when a worker has its message."""
    return replace(job, actions=offering.of_held())


def of_held(application: Application, task: HeldTask, now: float) -> Job:
    """A message that a worker has fetched."""
    return Job(
        id=task.id,
        source=application.source,
        queue=task.queue,
        type=task.type,
        state=task.state(now),
        priority=task.priority,
        attempts=task.retries,
        scheduled_for=task.eta,
        actions=offering.of_held(),
    )


def of_orphan(application: Application, orphan: Orphan) -> Job:
    """A message that no worker has any more."""
    made = of_held(application, orphan.task, application.clock())
    return replace(
        made,
        state=State.PROCESSING,
        started_at=orphan.fetched_at,
        back_at=orphan.back_at,
        actions=offering.of_orphan(),
    )


def of_running(application: Application, task: Running) -> Job:
    """A task that a worker runs."""
    return Job(
        id=task.id,
        source=application.source,
        queue=task.queue,
        type=task.type,
        state=State.PROCESSING,
        started_at=task.started_at,
        worker=task.worker,
        actions=offering.of_running(),
    )


def of_result(application: Application, queue: str, result: Result, state: State) -> Job:
    """A task that has ended."""
    return Job(
        id=result.id,
        source=application.source,
        queue=queue,
        type=results.said(result.meta.get("name")) or messages.UNKNOWN_TYPE,
        state=state,
        payload=_called(result),
        attempts=results.attempts(result),
        finished_at=result.finished_at,
        worker=results.said(result.meta.get("worker")),
        error=_error(result) if state != State.SUCCEEDED else None,
        result=_answer(result) if state == State.SUCCEEDED else "",
        actions=offering.of_result(application, queue, result) if state == State.FAILED else (),
    )


def with_arguments(job: Job, message: Message) -> Job:
    """A job of a message, with its arguments; secrets are hidden where it is shown."""
    return replace(job, payload=payload(messages.arguments(message), message.size))


def payload(arguments: Arguments, size: int) -> Payload:
    """Arguments as they are."""
    if arguments.undecodable:
        return Payload(size=size, undecodable=arguments.undecodable)
    return Payload(data=arguments.data, size=size)


def _called(result: Result) -> Payload:
    if not results.extended(result):
        return Payload(undecodable=result.unreadable or results.unknown_call(result))
    return payload(Arguments(results.arguments(result)), 0)


def _error(result: Result) -> JobError:
    type_, message = results.error(result.meta)
    return JobError(type_, message, results.said(result.meta.get("traceback"))[:SHOWN_CHARACTERS])


def _answer(result: Result) -> str:
    return "" if result.unreadable else safe_pickle.render(result.meta.get("result"))
