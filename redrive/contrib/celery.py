"""Exact capture of Celery's failures, whatever the result settings:

    from redrive.contrib.celery import capture_failures

    capture_failures(app, version="shop 4.2.0")

Each task that fails for good is recorded with its name, arguments, queue and traceback, so that Redrive can put it back
also where `result_extended` is off or results are ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import redis

from redrive.contrib.capture import Capture


def capture_failures(app: Any, *, url: str = "", version: str = "") -> Callable[..., None]:
    """Record the failures of an application's tasks from now on, in each of its workers.

    Args:
        app: the Celery application.
        url: Redis in which failures are recorded; the application's broker when left out.
        version: of the application, shown with each failure.

    Returns:
        What is connected to `celery.signals.task_failure`.

    Raises:
        ValueError: the broker is no Redis and no `url` is given.
    """
    signals = import_module("celery.signals")  # the application has it; this package needs neither

    address = url or str(app.conf.broker_url or "")
    if not address.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError(f"the broker {address.partition('@')[2] or address!r} is no Redis; name one with url=")
    capture = Capture("celery", redis.Redis.from_url(address, socket_timeout=3, socket_connect_timeout=3), version)

    def failed(
        sender: Any = None, task_id: str = "", exception: BaseException | None = None, args: Any = (),
        kwargs: Any = None, **_: Any,
    ) -> None:  # fmt: skip
        if sender is not None and exception is not None and sender.app is app:
            request = sender.request
            capture.write(
                id=task_id, type=sender.name, queue=_queue(request), error=exception, args=args, kwargs=kwargs,
                more=_more(sender, request),
            )  # fmt: skip

    signals.task_failure.connect(failed, weak=False, dispatch_uid=f"redrive.contrib.celery:{id(app)}")
    return failed


def _queue(request: Any) -> str:
    return str((request.delivery_info or {}).get("routing_key") or "")


def _more(task: Any, request: Any) -> dict[str, Any]:
    """What the message knew and its result does not."""
    delivery = request.delivery_info or {}
    return {
        "retries": request.retries or 0,
        "worker": request.hostname or "",
        "priority": delivery.get("priority") or 0,
        "exchange": delivery.get("exchange") or "",
        "time_limits": list(request.timelimit or (None, None)),
        "group": request.group,
        "alone": not any((request.callbacks, request.errbacks, request.chain, request.chord, request.group)),
        "origin": request.origin or "",
        "ignored": _ignored(task, request),
    }


def _ignored(task: Any, request: Any) -> bool:
    """Whether Celery stores nothing of the failure; a single call may say so only since 5.7."""
    actual = getattr(import_module("celery.app.task"), "get_actual_ignore_result", None)
    ignored = actual(task, request) if actual else task.ignore_result
    return bool(ignored and not task.store_errors_even_if_ignored)
