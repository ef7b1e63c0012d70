"""Real keys of products, made by their own libraries."""

from __future__ import annotations

import os
import subprocess
import sys

from celery import Celery

from tests.contract.seeders.apscheduler import Writer, job_store
from tests.waiting import PATIENCE


def rq(url: str, prefix: str = "") -> None:
    """Enqueue one job of RQ, in a process of its own, since its prefix is an environment variable."""
    code = f"import redis; from rq import Queue; Queue('mail', connection=redis.Redis.from_url({url!r})).enqueue('a.b')"
    environment = {**os.environ, **({"RQ_KEY_PREFIX": prefix} if prefix else {})}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=PATIENCE)


def celery(url: str, prefix: str = "", *, queue: str = "celery") -> None:
    """Send one task of Celery."""
    app = Celery(broker=url, backend=url)
    if prefix:
        app.conf.broker_transport_options = {"global_keyprefix": prefix}
        app.conf.result_backend_transport_options = {"global_keyprefix": prefix}
    app.send_task("shop.charge", args=[1], queue=queue, retry=False)
    app.close()


def celery_result(url: str, prefix: str = "") -> None:
    """Store one result of Celery, whose broker is elsewhere."""
    app = Celery(backend=url)
    if prefix:
        app.conf.result_backend_transport_options = {"global_keyprefix": prefix}
    app.backend.store_result("8d7e", 1, "SUCCESS")
    app.close()


def apscheduler(url: str, stem: str = "apscheduler.", tail: str = "") -> None:
    """Add one job to a store."""
    store = job_store(url, f"{stem}jobs{tail}", f"{stem}run_times{tail}")
    writer = Writer(jobstores={"default": store}, timezone="UTC")
    writer.start(paused=True)
    writer.add_job("tests.contract.seeders.apscheduler:report", "interval", hours=1, id="x")
    writer.shutdown()
