"""Jobs for the tests of workers; the Redis is named by REDIS_URL."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

from queue_core import App, Backoff, PermanentError, Release, RetryLater, context
from queue_core.connection import connect

app = App(os.environ.get("REDIS_URL", "redis://127.0.0.1:1/0"), version="7.1")


def mark(key: str) -> None:
    """Count a run where the test can see it."""
    client = connect(os.environ["REDIS_URL"])
    client.incr(f"mark:{key}")
    client.close()


@app.job(max_retries=2, backoff=0.01)
def add(a: int, b: int) -> int:
    return a + b


@app.job(max_retries=5)
def count(key: str, seconds: float = 0.0) -> None:
    mark(key)
    time.sleep(seconds)


@app.job
def note(path: str, line: str, seconds: float) -> None:
    """Needs no Redis: what is cut is the worker's connection alone."""
    time.sleep(seconds)
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


@app.job(max_retries=1, backoff=0.01)
def fail(message: str) -> None:
    raise RuntimeError(message)


@app.job
def give_up(message: str) -> None:
    raise PermanentError(message)


@app.job(max_retries=3)
def later(key: str) -> None:
    mark(key)
    raise RetryLater(0.01)


@app.job
def give_back_once(key: str) -> None:
    mark(key)
    if context.current().job.attempt == 1 and connect(os.environ["REDIS_URL"]).set(f"gave:{key}", 1, nx=True):
        raise Release


@app.job(max_retries=10, backoff=Backoff(0.01))
def kill_worker(key: str) -> None:
    mark(key)
    os.kill(os.getpid(), signal.SIGKILL)


@app.job(timeout=0.3, max_retries=0)
def hang(key: str) -> None:
    mark(key)
    time.sleep(60)


@app.job(timeout=0.3, max_retries=0)
def check_forever() -> None:
    while True:
        time.sleep(0.01)
        context.check()


@app.job(timeout=60)
def until_cancelled(key: str) -> None:
    mark(key)
    while True:
        time.sleep(0.01)
        context.check()


@app.job(max_retries=3, backoff=0.01)
def in_steps(key: str, steps: int) -> int:
    """Fails once half-way; the second attempt goes on where the first one was."""
    start = int(context.current().job.checkpoint or b"0")
    for step in range(start, steps):
        mark(f"{key}:{step}")
        if step == steps // 2 and context.current().attempt == 1:
            raise RuntimeError("half-way")
        context.checkpoint(str(step + 1))
    return start


@app.job
async def wait_a_moment(key: str) -> str:
    await asyncio.sleep(0.05)
    mark(key)
    return key


@app.job(timeout=0.3, max_retries=0)
async def wait_for_ever() -> None:
    await asyncio.sleep(600)
