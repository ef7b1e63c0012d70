"""An RQ worker of the demo's queues `exports` and `thumbnails`."""

from __future__ import annotations

import logging

import redis
from rq import Queue, Worker

QUEUES = ("exports", "thumbnails")


def run(url: str) -> None:
    """Work until SIGTERM, which lets the job in hand end."""
    connection = redis.Redis.from_url(url)
    queues = [Queue(name, connection=connection) for name in QUEUES]
    logging.getLogger("rq").setLevel(logging.CRITICAL)
    Worker(queues, connection=connection, log_job_description=False).work(logging_level="CRITICAL", with_scheduler=True)
