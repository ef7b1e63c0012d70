"""`redrive demo`: the same jobs for the same seed, a first look that is not empty, and a clean end."""

from __future__ import annotations

import json
import signal
import socket
import urllib.request
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from dashboard.demo import producer
from dashboard.demo.sequence import Sequence
from tests.cli.commands import left_over, output, redrive, start, wait_for, wait_until
from tests.conftest import free_port


def test_the_same_seed_gives_the_same_jobs() -> None:
    first, second, other = (list(islice(Sequence(seed, 0.1), 500)) for seed in (7, 7, 8))
    assert first == second != other


def test_jobs_fail_in_many_kinds_of_work() -> None:
    types = Counter(sample.type for sample in Sequence(7, 0.0).bad(300))
    assert len(types) >= 6


def test_without_a_fail_rate_every_job_can_succeed() -> None:
    samples = list(islice(Sequence(7, 0.0), 500))
    assert not any("full.example" in str(sample.data) or "legacy" in str(sample.data) for sample in samples)
    assert all("tax_region" in str(s.data) for s in samples if s.type == "billing.issue_invoice")


def test_the_burst_begins_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[str, int]] = []
    monkeypatch.setattr(producer.outages, "begin", lambda service, seconds: begun.append((service, seconds)))
    rate = 4
    samples = list(islice(producer.with_events(7, rate, 0.0), rate * producer.BURST_EVERY))
    assert begun == [("acquirer-north", producer.BURST_SECONDS)]
    assert sum(sample.data.get("path", "").endswith(".rifx") for sample in samples) == 1


def test_a_taken_port_that_was_asked_for_is_an_error(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = redrive(home, "demo", "--port", str(other.getsockname()[1]))
    assert result.returncode == 1
    assert "is in use" in result.stderr


def read(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as reply:
        return json.load(reply)


def test_the_demo_shows_real_failures_and_leaves_nothing_when_it_ends(home: Path) -> None:
    port = free_port()
    process = start(home, "demo", "--port", str(port), "--seed", "7", "--rate", "10", "--data", str(home / "data"))
    wait_for(process, home, f"http://127.0.0.1:{port}/healthz")
    api = f"http://127.0.0.1:{port}/api/v1"
    wait_until(lambda: read(f"{api}/stats")["failed"] >= 50, "dead letters appear")
    wait_until(lambda: len(read(f"{api}/queues")["items"]) == 5, "every queue appears")
    queues = {queue["name"]: queue for queue in read(f"{api}/queues")["items"]}
    assert set(queues) == {"billing", "emails", "images", "reports", "webhooks"}
    assert queues["reports"]["paused"] is True
    assert queues["reports"]["pending"] >= 6
    wait_until(
        lambda: len({group["error_type"] for group in read(f"{api}/dead/groups")["items"]}) >= 6,
        "at least six kinds of failure appear",
    )
    wait_until(lambda: len(read(f"{api}/workers")["items"]) >= 2, "workers are there")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0, output(home)
    assert left_over(home) == []
    assert "Traceback" not in output(home), output(home)
