"""Enqueues the demo's RQ jobs and Celery tasks, about two of each a second."""

from __future__ import annotations

import random
import time

import redis
from celery import Celery
from rq import Queue, Retry

from dashboard.demo.frameworks import exports, invoices

PAUSE_SECONDS = 0.5


def produce(url: str, seed: int, fail_rate: float) -> None:
    """Enqueue without end.

    Args:
        url: of the Redis.
        seed: the same seed gives the same jobs in the same order.
        fail_rate: share (0 to 1) of jobs that cannot succeed.
    """
    chance = random.Random(seed)
    connection = redis.Redis.from_url(url)
    queues = {name: Queue(name, connection=connection) for name in ("exports", "thumbnails")}
    app = invoices.connect(url)
    for number in range(10**9):
        fails = chance.random() < fail_rate
        _enqueue_rq(queues, chance, number, fails=fails)
        _send_celery(app, chance, number, fails=chance.random() < fail_rate)
        time.sleep(PAUSE_SECONDS)


def _enqueue_rq(queues: dict[str, Queue], chance: random.Random, number: int, *, fails: bool) -> None:
    if number % 2:
        name = f"upload-{chance.randrange(10_000)}.{'heic' if fails else 'jpg'}"
        queues["thumbnails"].enqueue(exports.make_thumbnail, name, width=chance.choice([160, 320]), retry=Retry(max=1))
    else:
        customer = 90 + chance.randrange(9) if fails else chance.randrange(80)
        queues["exports"].enqueue(exports.export_orders, customer, month="2026-11")


def _send_celery(app: Celery, chance: random.Random, number: int, *, fails: bool) -> None:
    if number % 3:
        amount = 13 * chance.randrange(1, 900) if fails else 13 * chance.randrange(1, 900) + 1
        currency = "XAU" if fails and chance.random() < 0.3 else "EUR"
        app.send_task("shop.invoice", (number, amount), {"currency": currency})
    else:
        app.send_task("shop.remind", (f"R-{number:06}",), {"days_late": 90 if fails else chance.randrange(5, 30)})
