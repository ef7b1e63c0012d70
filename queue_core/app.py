"""App: jobs declared as functions, enqueued by calling them differently."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, get_args, overload

from queue_core.connection import Client, connect
from queue_core.errors import InvalidJob
from queue_core.fingerprint import Policy, declare_own
from queue_core.job import DEFAULT_TIMEOUT
from queue_core.keys import check_queue_name
from queue_core.message import check_type
from queue_core.reliable import ReliableQueue
from queue_core.retry import Backoff, ErrorTypes
from queue_core.schedule import CatchUp, Overlap, Schedule
from queue_core.schedule import cron as crontab
from queue_core.schedule import every as interval

P = ParamSpec("P")
R = TypeVar("R")


class JobDecorator(Protocol):
    """What `@app.job(…)` gives: it declares any function, keeping its types."""

    def __call__(self, function: Callable[P, R], /) -> JobFunction[P, R]: ...


class JobFunction(Generic[P, R]):
    """A function that is also a job: call it as before, or enqueue it.

    name: the job's type. queue: where it is enqueued. options: how (see `queue_core.job.Options`).
    """

    def __init__(
        self, app: App, function: Callable[P, R], name: str, queue: str, options: Mapping[str, Any], *,
        permanent: ErrorTypes = (), temporary: ErrorTypes = (), backoff: Backoff | None = None,
    ) -> None:  # fmt: skip
        functools.update_wrapper(self, function)
        self.app = app
        self.function = function
        self.name = check_type(name)
        self.queue = check_queue_name(queue)
        self.options = dict(options)
        self.permanent = permanent
        self.temporary = temporary
        self.backoff = backoff
        self.signature = inspect.signature(function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """Enqueue a call; returns the job's id.

        Raises:
            InvalidJob: the arguments do not fit the function or are no JSON; else as JobQueue.enqueue.
        """
        return self.enqueue_with({}, *args, **kwargs)

    def enqueue_in(self, seconds: float, /, *args: P.args, **kwargs: P.kwargs) -> str:
        """Enqueue a call that runs after `seconds`."""
        return self.enqueue_with({"delay": seconds}, *args, **kwargs)

    def enqueue_at(self, when: float | datetime, /, *args: P.args, **kwargs: P.kwargs) -> str:
        """Enqueue a call that runs at an instant: unix seconds, or a datetime with time zone."""
        return self.enqueue_with({"run_at": when}, *args, **kwargs)

    def enqueue_with(self, options: Mapping[str, Any], /, *args: P.args, **kwargs: P.kwargs) -> str:
        """Enqueue a call with options of its own, such as `{"priority": 5}` (see `queue_core.job.Options`)."""
        return self.app.queue(self.queue).enqueue(self.name, self.arguments(*args, **kwargs), **options)

    def arguments(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The job's data for a call: its arguments by name.

        Raises:
            InvalidJob: the arguments do not fit the function.
        """
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise InvalidJob(f"{self.name}{self.signature}: {error}") from None
        named: dict[str, Any] = {}
        for name, value in bound.arguments.items():
            kind = self.signature.parameters[name].kind
            if kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.POSITIONAL_ONLY):
                raise InvalidJob(f"{self.name}{self.signature}: a job's arguments need names; {name} has none")
            named.update(value if kind is inspect.Parameter.VAR_KEYWORD else {name: value})
        return named

    def run(self, data: Any) -> Any:
        """Call the function with a job's data: a dictionary gives named arguments, None none, anything else one.

        Raises:
            InvalidJob: the data does not fit the function's arguments.
        """
        args, kwargs = ((), data) if isinstance(data, dict) else (() if data is None else (data,), {})
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise InvalidJob(f"the data does not fit {self.name}{self.signature}: {error}") from None
        return self.function(*bound.args, **bound.kwargs)


class App:
    """An application's jobs, queues and schedules.

    Args:
        redis: an address, or a redis-py client. Nothing is connected before it is needed.
        namespace: prefix before every key.
        version: of the application, shown beside workers, kept with failed jobs; default REDRIVE_WORKER_VERSION.
        fingerprint: decides which failures are the same error (see `queue_core.fingerprint`).
    """

    def __init__(
        self, redis: str | Client = "redis://localhost:6379/0", *, namespace: str = "", version: str = "",
        fingerprint: Policy | None = None,
    ) -> None:  # fmt: skip
        self.redis = redis
        self.namespace = namespace
        self.version = version or os.environ.get("REDRIVE_WORKER_VERSION", "")
        self.fingerprint = fingerprint
        self.jobs: dict[str, JobFunction[Any, Any]] = {}
        self.schedules: list[Schedule] = []
        self._queues: dict[str, ReliableQueue] = {}

    @functools.cached_property
    def client(self) -> Client:
        """The client all queues of this application share."""
        return connect(self.redis) if isinstance(self.redis, str) else self.redis

    def queue(self, name: str = "default") -> ReliableQueue:
        """A queue, whose jobs get the options of their declaration unless said otherwise."""
        if name not in self._queues:
            self._queues[name] = ReliableQueue(
                self.client, name, namespace=self.namespace, defaults=self._defaults, version=self.version
            )
        return self._queues[name]

    def _defaults(self, type: Any) -> Mapping[str, Any]:
        job = self.jobs.get(type) if isinstance(type, str) else None
        return job.options if job else {}

    @overload
    def job(self, name: Callable[P, R], /) -> JobFunction[P, R]: ...
    @overload
    def job(
        self, name: str | None = None, /, *, queue: str = "default", max_retries: int = 3,
        timeout: float = DEFAULT_TIMEOUT, priority: int = 0, version: int = 1, permanent: ErrorTypes = (),
        temporary: ErrorTypes = (), backoff: Backoff | float | None = None, unique: str | bool | None = None,
    ) -> JobDecorator: ...  # fmt: skip
    def job(
        self, name: Any = None, /, *, queue: str = "default", max_retries: int = 3, timeout: float = DEFAULT_TIMEOUT,
        priority: int = 0, version: int = 1, permanent: ErrorTypes = (), temporary: ErrorTypes = (),
        backoff: Backoff | float | None = None, unique: str | bool | None = None,
    ) -> Any:  # fmt: skip
        """Declare a function as a job.

        Args:
            name: the job's type; default the function's name.
            queue: where it is enqueued.
            max_retries: further attempts after the first.
            timeout: seconds one attempt may take; 0 without limit.
            priority: 0 to 100.
            permanent, temporary: types of errors that are never, or always, worth a retry.
            backoff: delay between attempts; a number is the base in seconds.
            unique: True: at most one job with the same arguments waits or runs; text: that key.

        Raises:
            InvalidJob: the name is taken or not valid.
        """
        pause = Backoff(float(backoff)) if isinstance(backoff, (int, float)) else backoff
        options = {
            "max_retries": max_retries, "timeout": timeout, "priority": priority, "version": version, "unique": unique,
            "backoff": pause.base if pause else None,
        }  # fmt: skip

        def declare(function: Callable[P, R]) -> JobFunction[P, R]:
            type_ = name if isinstance(name, str) else getattr(function, "__name__", "")
            job = JobFunction(
                self, function, type_, queue, options, permanent=permanent, temporary=temporary, backoff=pause
            )
            if job.name in self.jobs:
                raise InvalidJob(f"two jobs are named {job.name!r}: give one another name, @app.job('…')")
            self.jobs[job.name] = job
            declare_own(function)
            return job

        return declare(name) if callable(name) else declare

    def schedule(
        self, job: JobFunction[..., Any], /, *, cron: str | None = None, every: float | None = None,
        name: str | None = None, timezone: str = "UTC", catch_up: CatchUp = "one", grace: float = 300.0,
        max_catch_up: int = 24, overlap: Overlap = "allow", **arguments: Any,
    ) -> Schedule:  # fmt: skip
        """Run a job again and again; `redrive scheduler` fires it, once for each instant.

        Args:
            cron: five fields, such as "0 2 * * *". every: seconds, instead of cron.
            name: of the schedule; default the job's type.
            timezone: in which the cron fields are meant.
            catch_up: after downtime: `one` job for all missed instants, `all` (at most `max_catch_up`), or `skip`
                those that are late by more than `grace` seconds.
            overlap: `skip` leaves out an instant while the job of an earlier one has not ended.
            arguments: the job's.

        Raises:
            InvalidJob: a name is taken, or an argument is not valid.
        """
        if (cron is None) == (every is None):
            raise InvalidJob(f"schedule of {job.name}: give cron or every, one of them")
        if catch_up not in get_args(CatchUp):
            raise InvalidJob(f"catch_up is {catch_up!r}: use one of {', '.join(get_args(CatchUp))}")
        if overlap not in get_args(Overlap):
            raise InvalidJob(f"overlap is {overlap!r}: use one of {', '.join(get_args(Overlap))}")
        made = Schedule(
            name or job.name, job.queue, job.name, crontab(cron, timezone) if cron else interval(every or 0),
            job.arguments(**arguments), catch_up, grace, max_catch_up, overlap=overlap, **job.options,
        )  # fmt: skip
        if any(other.name == made.name for other in self.schedules):
            raise InvalidJob(f"two schedules are named {made.name!r}: give one another name=…")
        self.schedules.append(made)
        return made
