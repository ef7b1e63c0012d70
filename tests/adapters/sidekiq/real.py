"""Sidekiq itself: Ruby adds jobs, and its own process runs them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

APP = Path(__file__).with_name("app.rb")


def needed() -> None:
    """Skip the test where Sidekiq is not installed; Debian has it as `ruby-sidekiq`."""
    ruby = shutil.which("ruby")
    there = ruby and subprocess.run([ruby, "-e", "require 'sidekiq'"], capture_output=True, check=False).returncode == 0
    if not there or not shutil.which("sidekiq"):
        pytest.skip("Sidekiq is not installed; on Debian: apt-get install ruby-sidekiq")


def add(url: str, *orders: int) -> list[str]:
    """Enqueue jobs; their ids."""
    code = f"require 'sidekiq'; require '{APP}'; ARGV.each {{ |n| puts Charge.perform_async({{ 'order' => n.to_i }}) }}"
    done = subprocess.run(
        ["ruby", "-e", code, *map(str, orders)], env={**os.environ, "REDIS_URL": url}, capture_output=True, check=True
    )
    return done.stdout.decode().split()


@contextmanager
def process(url: str) -> Iterator[None]:
    """Sidekiq's process while it runs."""
    command = ["sidekiq", "-r", str(APP), "-q", "paint", "-c", "1", "-t", "2"]
    running = subprocess.Popen(
        command, env={**os.environ, "REDIS_URL": url}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(PATIENCE)
