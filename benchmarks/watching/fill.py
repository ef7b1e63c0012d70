"""Long queues of RQ and Celery: one real job of each, sent by its library, copied under new ids."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any, cast

from queue_core.connection import Client, connect

QUEUE = "long"
BATCH = 2_000

_SEND = """
import sys
from celery import Celery
from redis import Redis
from rq import Queue
from rq.job import JobStatus

url, queue = sys.argv[1:]
client = Redis.from_url(url)
Queue(queue, connection=client).enqueue("shop.mail.send", "ann@example.com", subject="Hello")
failed = Queue("failing", connection=client).enqueue("shop.mail.send", "bob@example.com", subject="Hello")
job = Queue("failing", connection=client).fetch_job(failed.id)
client.lrem(Queue("failing", connection=client).key, 1, job.id)
frame = '  File "/app/shop/mail.py", line 3, in send'
text = f"Traceback (most recent call last):\\n{frame}\\nTimeoutError: smtp took 30 s\\n"
with client.pipeline() as pipeline:
    job.set_status(JobStatus.FAILED, pipeline=pipeline)
    job._handle_failure(text, pipeline)
    pipeline.execute()
app = Celery("shop", broker=url, backend=url)
app.conf.update(result_extended=True)
app.send_task("shop.mail.send", ("ann@example.com",), queue="celery-" + queue)
"""


def fill(url: str, jobs: int, failures: int, say: Callable[[str], None]) -> None:
    """Fill an empty database.

    Args:
        url: of the Redis.
        jobs: waiting in each of two queues, one of RQ and one of Celery.
        failures: of RQ, all with one error.
        say: told what was done.
    """
    subprocess.run([sys.executable, "-c", _SEND, url, QUEUE], check=True, timeout=60)
    client = connect(url, timeout=60)
    _rq_waiting(client, jobs)
    say(f"{jobs:,} jobs wait in RQ's queue {QUEUE}")
    _rq_failed(client, failures)
    say(f"{failures:,} jobs of RQ failed")
    _celery(client, jobs)
    say(f"{jobs:,} tasks wait in Celery's queue celery-{QUEUE}")
    client.close()


def _rq_waiting(client: Client, jobs: int) -> None:
    listed = f"rq:queue:{QUEUE}"
    (first,) = cast("list[bytes]", client.lrange(listed, 0, -1))
    record = cast("dict[Any, Any]", client.hgetall(f"rq:job:{first.decode()}"))
    for ids in _batches(jobs - 1):
        with client.pipeline(transaction=False) as pipeline:
            for each in ids:
                pipeline.hset(f"rq:job:{each}", mapping=record)
            pipeline.rpush(listed, *ids)
            pipeline.execute()


def _rq_failed(client: Client, jobs: int) -> None:
    registry = "rq:failed:failing"
    ((first, score),) = cast("list[tuple[bytes, float]]", client.zrange(registry, 0, -1, withscores=True))
    record = cast("dict[Any, Any]", client.hgetall(f"rq:job:{first.decode()}"))
    results = f"rq:results:{first.decode()}"
    entries = cast("list[tuple[bytes, dict[Any, Any]]]", client.xrange(results))
    for ids in _batches(jobs - 1):
        with client.pipeline(transaction=False) as pipeline:
            for each in ids:
                pipeline.hset(f"rq:job:{each}", mapping=record)
                for _, fields in entries:
                    pipeline.xadd(f"rq:results:{each}", fields)
            pipeline.zadd(registry, dict.fromkeys(ids, score))
            pipeline.execute()


def _celery(client: Client, tasks: int) -> None:
    listed = f"celery-{QUEUE}"
    (raw,) = cast("list[bytes]", client.lrange(listed, 0, -1))
    first = json.loads(raw)["headers"]["id"]
    for ids in _batches(tasks - 1):
        client.lpush(listed, *(raw.replace(first.encode(), each.encode()) for each in ids))


def _batches(count: int) -> Iterator[list[str]]:
    for start in range(0, count, BATCH):
        yield [str(uuid.uuid4()) for _ in range(min(BATCH, count - start))]
