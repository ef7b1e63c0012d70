"""The only place that makes a Redis client and that maps its errors to ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry

from queue_core.errors import ServerFull, ServerUnavailable

Client = redis.Redis

_GONE = ("LOADING", "READONLY", "MASTERDOWN", "NOREPLICAS", "CLUSTERDOWN", "TRYAGAIN", "UNBLOCKED")
_GONE_CLASSES = (
    redis.exceptions.ReadOnlyError,
    redis.exceptions.MasterDownError,
    redis.exceptions.ClusterDownError,
    redis.exceptions.TryAgainError,
)
"""redis-py takes the code off the text of errors that have a class of their own."""


def connect(url: str, *, timeout: float = 5.0, retries: int = 0, client_name: str | None = None) -> Client:
    """Make a client that returns bytes; no connection is opened yet.

    Args:
        url: `redis://`, `rediss://` or `unix://` address.
        timeout: seconds to wait for a connection and for each reply.
        retries: how often redis-py repeats a command after a lost connection; only safe for idempotent use.
        client_name: shown by CLIENT LIST.

    Raises:
        ValueError: the address is not understood.
    """
    return redis.Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        **({} if url.startswith("unix://") else {"socket_keepalive": True}),
        health_check_interval=30,
        retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=1.0), retries),
        client_name=client_name,
        decode_responses=False,
    )


@contextmanager
def mapped_errors() -> Iterator[None]:
    """Turn redis-py's errors into ServerUnavailable and ServerFull.

    Raises:
        ServerUnavailable: the server cannot be reached, is loading, or failed over.
        ServerFull: the server refused a write at its memory limit.
    """
    try:
        yield
    except (redis.ConnectionError, redis.TimeoutError) as error:
        raise ServerUnavailable(f"Redis does not answer: {error}") from error
    except redis.ResponseError as error:
        text = str(error)
        if isinstance(error, redis.exceptions.OutOfMemoryError) or "OOM command not allowed" in text:
            raise ServerFull("Redis is at its memory limit and refuses new jobs") from error
        if isinstance(error, _GONE_CLASSES) or text.startswith(_GONE):
            raise ServerUnavailable(f"Redis is not ready: {text}") from error
        raise
