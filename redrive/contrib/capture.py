"""Records of failures as an application writes them for Redrive, in bounded keys beside its own queues."""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Mapping
from typing import Any

import redis

STREAM = "redrive:captured:{kind}"
"""STREAM, by the product's kind; each entry has the field `id` of a job that failed."""

FAILURES = "redrive:captured:{kind}:{id}"
"""LIST of a job's newest failures, the last one at the end, each JSON as `record` makes it; kept for a week."""

MOST_ENTRIES = 10_000
MOST_OF_A_JOB = 10
KEPT_SECONDS = 7 * 86_400
MOST_BYTES = 65_536
SCHEME = 1

log = logging.getLogger("redrive.contrib")


class Capture:
    """Writes failures; whatever goes wrong with that never reaches the job.

    Args:
        kind: the product's, `celery` or `rq`.
        client: to the Redis of the product's queues.
        version: of the application, shown with each failure.
    """

    def __init__(self, kind: str, client: redis.Redis, version: str = "") -> None:
        self._kind = kind
        self._client = client
        self._version = version
        self._silent = False

    def write(self, **failure: Any) -> bool:
        """Add one failure, see `record`; False when it could not be written, which is logged once."""
        try:
            self._add(str(failure["id"]), record(version=self._version, **failure))
        except Exception as error:  # noqa: BLE001 - a job's failure must not become another one
            if not self._silent:
                log.warning("failures are not captured for Redrive: %s", error)
            self._silent = True
            return False
        self._silent = False
        return True

    def _add(self, job_id: str, text: str) -> None:
        key = FAILURES.format(kind=self._kind, id=job_id)
        pipeline = self._client.pipeline(transaction=True)
        pipeline.rpush(key, text)
        pipeline.ltrim(key, -MOST_OF_A_JOB, -1)
        pipeline.expire(key, KEPT_SECONDS)
        pipeline.xadd(STREAM.format(kind=self._kind), {"id": job_id}, maxlen=MOST_ENTRIES, approximate=True)
        pipeline.execute()


def record(
    *,
    id: str,
    type: str,
    queue: str,
    error: BaseException,
    args: Any = (),
    kwargs: Any = None,
    final: bool = True,
    more: Mapping[str, Any] | None = None,
    version: str = "",
) -> str:
    """A failure as JSON of at most 64 kB.

    Args:
        id, type, queue: of the job.
        error: what it raised, with its traceback.
        args, kwargs: its arguments; what JSON does not know is left out, and `exact` is false then.
        final: whether it will not be tried again.
        more: what only the product knows, such as retries, priority or the worker's name.
        version: of the application.
    """
    given, exact = _arguments(args, kwargs or {})
    value = {
        "scheme": SCHEME, "id": str(id), "type": str(type), "queue": str(queue), "failed_at": time.time(),
        "error_type": f"{error.__class__.__module__}.{error.__class__.__qualname__}".removeprefix("builtins."),
        "message": str(error)[:4_096],
        "traceback": "".join(traceback.format_exception(error))[-32_768:],
        "final": final, "version": version, "exact": exact, **given, **(more or {}),
    }  # fmt: skip
    text = json.dumps(value, separators=(",", ":"), default=repr)
    if len(text) > MOST_BYTES:
        value |= {"args": None, "kwargs": None, "exact": False, "traceback": value["traceback"][-8_192:]}
        text = json.dumps(value, separators=(",", ":"), default=repr)[:MOST_BYTES]
    return text


def _arguments(args: Any, kwargs: Any) -> tuple[dict[str, Any], bool]:
    try:
        plain = json.loads(json.dumps({"args": list(args), "kwargs": dict(kwargs)}, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        return {"args": None, "kwargs": None}, False
    return plain, True
