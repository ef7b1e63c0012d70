"""Exact capture of RQ's failed runs, also of those that RQ tries again and keeps nothing of:

from redrive.contrib.rq import capture_failures

worker = Worker(queues, exception_handlers=[capture_failures(connection, version="shop 4.2.0")])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis

from redrive.contrib.capture import Capture


def capture_failures(connection: redis.Redis, *, version: str = "") -> Callable[..., bool]:
    """An exception handler for `rq.Worker` that records the run and lets RQ go on as without it.

    Args:
        connection: the worker's.
        version: of the application, shown with each failure.
    """
    capture = Capture("rq", connection, version)

    def handler(job: Any, _type: type[BaseException], error: BaseException, _traceback: Any) -> bool:
        capture.write(
            id=job.id, type=job.func_name or "", queue=job.origin, error=error, args=job.args, kwargs=job.kwargs,
            final=not (job.retries_left or 0), more={"worker": job.worker_name or "", "retries_left": job.retries_left},
        )  # fmt: skip
        return True

    return handler
