"""Outages of outside services, which begin and end: while one lasts, every call to that service fails."""

from __future__ import annotations

import functools
import os

from queue_core.connection import Client, connect

_PREFIX = "redrive-demo:outage:"


@functools.cache
def _client(url: str) -> Client:
    return connect(url, timeout=2)


def _current() -> Client:
    return _client(os.environ.get("REDIS_URL", "redis://localhost:6379/0"))


def begin(service: str, seconds: int) -> None:
    """Make a service fail from now on, for so many seconds."""
    _current().set(_PREFIX + service, "1", ex=seconds)


def end(service: str) -> None:
    """Make a service work again."""
    _current().delete(_PREFIX + service)


def lasts(service: str) -> bool:
    """Whether the service is out at this moment."""
    return bool(_current().exists(_PREFIX + service))


def first_time(mark: str) -> bool:
    """True once for each mark, then False for ten minutes; it stands for an outside service's memory."""
    return bool(_current().set(_PREFIX + mark, "1", nx=True, ex=600))
