"""A Celery application as a user has one; what it is configured with comes from the environment."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import redis
from celery import Celery
from kombu import Exchange, Queue

from redrive.contrib.celery import capture_failures

SETTINGS: dict[str, Any] = json.loads(os.environ.get("SHOP", "{}"))


def configured(settings: dict[str, Any]) -> Celery:
    """An application as configured: `broker`, `backend`, `prefix`, `extended`, `captured`; Celery's own in `conf`."""
    prefix = settings.get("prefix", "")
    app = Celery("shop", broker=settings.get("broker"), backend=settings.get("backend") or settings.get("broker"))
    transport = {"global_keyprefix": prefix} if prefix else {}
    app.conf.update(settings.get("conf", {}))
    app.conf.update(
        broker_connection_retry_on_startup=True,
        broker_transport_options={**transport, **settings.get("transport", {})},
        result_backend_transport_options=transport,
        result_extended=settings.get("extended", True),
        task_track_started=settings.get("started", True),
        worker_prefetch_multiplier=settings.get("prefetch", 1),
        task_queues=[
            Queue("celery"), Queue("mail"), Queue("nobody"),
            Queue("orders", Exchange("shop", type="topic"), routing_key="order.#"),
        ],
        accept_content=["json", "pickle"],
    )  # fmt: skip
    for task in (charge, add, hold, late, again, refuse):
        app.task(name=f"shop.{task.__name__}", bind=True, acks_late=task is late)(task)
    if settings.get("captured"):
        capture_failures(app, version="shop 4.2.0")
    return app


def notes() -> redis.Redis:
    """Where tasks note that they ran, and read whether what they need is mended."""
    return redis.Redis.from_url(SETTINGS["broker"])


def charge(self: Any, order: int, amount: float = 1.0, **more: Any) -> str:
    """Fails until someone mends it; counts its runs."""
    notes().hincrby("test:runs", self.request.id, 1)
    if not notes().exists("test:mended"):
        raise ValueError(f"card declined for order {order}")
    return f"charged {order} {amount} {sorted(more)}"


def add(self: Any, a: int, b: int) -> int:
    """Succeeds."""
    notes().hincrby("test:runs", self.request.id, 1)
    return a + b


def hold(self: Any, seconds: float) -> None:
    """Runs for a time, or until the test is over with it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not notes().exists(f"test:over:{self.request.id}"):
        time.sleep(0.05)


def late(self: Any, seconds: float) -> None:
    """The same, acknowledged when it has ended."""
    hold(self, seconds)


def again(self: Any) -> None:
    """Fails and is retried in an hour."""
    raise self.retry(exc=ConnectionError("reset by peer"), countdown=3_600)


def refuse(self: Any) -> None:
    """Fails with an error that has more arguments than its message."""
    raise ConnectionRefusedError(111, "smtp refused")


if SETTINGS:
    app = configured(SETTINGS)
