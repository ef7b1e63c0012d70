"""The benchmark of watching other products runs from end to end; what it measures is not judged here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUICK = {**os.environ, "BENCH_REST": "0.02"}


def test_a_small_run_indexes_every_failure_and_measures_idle_time_and_pages() -> None:
    options = ["--jobs", "300", "--failures", "20", "--watch", "1"]
    command = [sys.executable, "-m", "benchmarks.watching", *options]
    done = subprocess.run(command, cwd=ROOT, env=QUICK, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("20 of 20 failures indexed", "while nobody looks", "/queues/celery/celery-long"):
        assert words in done.stdout
