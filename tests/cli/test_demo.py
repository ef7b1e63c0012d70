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

from dashboard.demo import currencies, producer, releases
from dashboard.demo.sequence import TENANT_IN_YEN, Sequence
from tests.cli.commands import left_over, output, redrive, start, wait_for, wait_until
from tests.conftest import free_port
from tests.waiting import PATIENCE


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


@pytest.mark.parametrize(
    ("seconds", "release", "until_next"),
    [(0, "shop 4.2.0", 75), (74.5, "shop 4.2.0", 0.5), (75, "shop 4.3.0", 285), (360, "shop 4.3.1", None),
     (86_400, "shop 4.3.1", None)],
)  # fmt: skip
def test_new_releases_are_deployed_while_it_runs(seconds: float, release: str, until_next: float | None) -> None:
    current, remaining = releases.at(seconds)
    assert (current.name, remaining) == (release, until_next)


def test_one_release_fails_for_one_tenant_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    payments = [sample for sample in islice(Sequence(7, 0.0), 1_000) if sample.type == "billing.capture_payment"]
    failed: dict[str, set[int]] = {}
    for release in releases.RELEASES:
        monkeypatch.setattr(currencies, "RELEASE", release.name)
        failed[release.name] = {sample.data["tenant"] for sample in payments if not captured(sample.data)}
    assert failed == {"shop 4.2.0": set(), "shop 4.3.0": {TENANT_IN_YEN}, "shop 4.3.1": set()}
    assert len({sample.data["tenant"] for sample in payments}) > 10


def captured(data: dict[str, Any]) -> bool:
    try:
        return bool(currencies.amount_words(data["amount_cents"], data["currency"]))
    except currencies.UnknownMinorUnit:
        return False


def test_a_taken_port_that_was_asked_for_is_an_error(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = redrive(home, "demo", "--port", str(other.getsockname()[1]))
    assert result.returncode == 1
    assert "is in use" in result.stderr


def read(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=PATIENCE) as reply:
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
    assert process.wait(PATIENCE) == 0, output(home)
    assert left_over(home) == []
    assert "Traceback" not in output(home), output(home)
