"""The benchmark of a scrape runs from end to end; what it measures is not judged here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks import scrape
from queue_core.invariants import audit
from tests.conftest import RealServer

ROOT = Path(__file__).parents[2]
QUICK = {**os.environ, "BENCH_REST": "0.02"}


def test_the_fill_breaks_no_rule_of_the_engine(make_server: type[RealServer]) -> None:
    server = make_server().start()
    scrape.fill(server.url, 2, 300)
    client = scrape.client_of(server)
    assert [problem for name in ("queue-000", "queue-001") for problem in audit(client, name)] == []


def test_a_small_run_measures_scrapes_with_few_and_with_many_jobs() -> None:
    command = [sys.executable, "-m", "benchmarks.scrape", "--small", "--no-peer"]
    done = subprocess.run(command, cwd=ROOT, env=QUICK, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("redrive, 500 jobs", "redrive, 5,000 jobs", "commands with the most", "not measured"):
        assert words in done.stdout
