"""The benchmark of the dead-letter desk runs from end to end; what it measures is not judged here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.dead_letters import fill

ROOT = Path(__file__).parents[2]
QUICK = {**os.environ, "BENCH_REST": "0.02"}


def test_the_fill_breaks_no_rule_of_the_engine(redis_url: str) -> None:
    fill.fill(redis_url, 300, processes=1)
    assert fill.problems(redis_url) == []


def test_a_small_run_measures_every_page_and_the_requeue_of_all() -> None:
    options = ["--jobs", "200", "--requests", "2", "--load", "0.2", "--no-peers"]
    command = [sys.executable, "-m", "benchmarks.dead_letters", *options]
    done = subprocess.run(command, cwd=ROOT, env=QUICK, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("group page, middle", "filtered by error", "job page", "200 jobs in", "not measured"):
        assert words in done.stdout
