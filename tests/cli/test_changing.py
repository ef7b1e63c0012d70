"""Commands that change jobs: a plan first, a question, and an operation that a collector carries out."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import cli
from dashboard.cli.options import embedded_folders
from dashboard.embedded import Embedded
from queue_core.reliable import ReliableQueue
from tests.cli.commands import redrive, start, wait_until
from tests.cli.test_looking import Shown, fail, run
from tests.waiting import PATIENCE


@pytest.fixture
def collector(home: Path, redis_url: str) -> Iterator[None]:
    """A collector in a process of its own."""
    process = start(home, "collector", "--redis", redis_url)
    wait_until(lambda: "Collector runs" in (home / "output.txt").read_text(), "the collector runs")
    yield
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


def dead(redis_url: str, shown: Shown) -> int:
    assert run(redis_url, "queues", "--json") == 0
    return sum(queue["failed"] for queue in json.loads(shown.readouterr().out)["items"])


def test_a_dry_run_prints_the_plan_and_changes_nothing(redis_url: str, capsys: Shown) -> None:
    fail(redis_url, 4)
    assert run(redis_url, "dead", "requeue", "--dry-run", "--json") == 0
    plan = json.loads(capsys.readouterr().out)
    assert (plan["matched"], plan["by_queue"], plan["by_type"]) == (4, {"main/emails": 4}, {"emails.send": 4})
    assert run(redis_url, "dead", "purge", "--dry-run") == 0
    assert "Purge: 4 jobs match." in capsys.readouterr().out
    assert dead(redis_url, capsys) == 4


def test_it_asks_and_no_changes_nothing(home: Path, redis_url: str, capsys: Shown) -> None:
    fail(redis_url, 2)
    result = redrive(home, "dead", "purge", "--redis", redis_url, said="n\n")
    assert result.returncode == 1
    assert "Purge 2 jobs?" in result.stderr
    assert dead(redis_url, capsys) == 2


@pytest.mark.usefixtures("collector")
def test_requeued_jobs_are_pending_again(redis_url: str, capsys: Shown) -> None:
    fail(redis_url, 5)
    assert run(redis_url, "dead", "requeue", "--queue", "emails", "--yes", "--reason", "mailbox is back") == 0
    assert "5 of 5 done" in capsys.readouterr().out
    assert ReliableQueue(redis_url, "emails").queue_size() == 5
    assert dead(redis_url, capsys) == 0


@pytest.mark.usefixtures("collector")
def test_a_purge_is_taken_back_by_undo(redis_url: str, capsys: Shown) -> None:
    fail(redis_url, 3)
    assert run(redis_url, "dead", "purge", "--yes", "--json") == 0
    operation = json.loads(capsys.readouterr().out)
    assert (operation["action"], operation["done"]) == ("purge", 3)
    assert dead(redis_url, capsys) == 0
    assert run(redis_url, "operations", "undo", operation["id"]) == 0
    capsys.readouterr()
    assert dead(redis_url, capsys) == 3
    assert run(redis_url, "operations", "list") == 0
    assert operation["id"] in capsys.readouterr().out


@pytest.mark.usefixtures("collector")
def test_the_trash_lists_what_was_purged_until_it_is_restored(redis_url: str, capsys: Shown) -> None:
    fail(redis_url, 3)
    assert run(redis_url, "dead", "trash") == 0
    assert "The trash is empty." in capsys.readouterr().out
    assert run(redis_url, "dead", "purge", "--yes", "--json") == 0
    capsys.readouterr()
    assert run(redis_url, "dead", "trash", "--limit", "2", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert (len(listed["items"]), listed["total"]) == (2, 3)
    assert listed["items"][0]["restorable_until"]
    assert run(redis_url, "dead", "restore", "--yes") == 0
    capsys.readouterr()
    assert dead(redis_url, capsys) == 3


def test_nothing_that_matches_is_no_failure(redis_url: str, capsys: Shown) -> None:
    fail(redis_url, 1)
    assert run(redis_url, "dead", "requeue", "--error", "NoSuchError", "--yes") == 0
    assert "0 jobs match" in capsys.readouterr().out


def test_a_queue_is_paused_and_resumed(redis_url: str, capsys: Shown) -> None:
    queue = ReliableQueue(redis_url, "emails")
    queue.enqueue("emails.send", {"to": "a@example.com"})
    assert run(redis_url, "queue", "pause", "emails") == 0
    assert queue.claim_job("tester") is None
    assert run(redis_url, "queue", "resume", "emails") == 0
    assert queue.claim_job("tester") is not None
    assert "hands out jobs" in capsys.readouterr().out


def test_the_embedded_server_that_runs_is_found_by_itself(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Shown
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    monkeypatch.chdir(home)
    monkeypatch.delenv("REDIS_URL", raising=False)
    server = Embedded(embedded_folders()[0])
    fail(server.start().url, 2)
    assert cli.run(["queues", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["items"][0]["failed"] == 2
    server.stop()


def test_many_jobs_without_a_reason_are_refused_and_nothing_changes(
    redis_url: str, capsys: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDRIVE_LIMITS__REASON_FROM", "3")
    fail(redis_url, 4)
    assert run(redis_url, "dead", "requeue", "--yes") == 2
    assert "4 jobs are more than 3: say why with --reason TEXT. Nothing was changed" in capsys.readouterr().err
    assert dead(redis_url, capsys) == 4


def test_a_plan_prints_its_warnings_with_what_to_do(redis_url: str, capsys: Shown) -> None:
    fail(redis_url, 4)
    assert run(redis_url, "dead", "requeue", "--dry-run") == 0
    printed = capsys.readouterr().out
    assert "Selected: everything" in printed
    assert "Warning: No worker serves emails; requeued jobs wait until one starts. Start a worker for it." in printed
    assert run(redis_url, "dead", "requeue", "--dry-run", "--json") == 0
    assert "no_worker" in {each["kind"] for each in json.loads(capsys.readouterr().out)["cautions"]}


@pytest.mark.usefixtures("collector")
def test_an_undo_says_what_it_reversed(redis_url: str, capsys: Shown) -> None:
    fail(redis_url, 3)
    assert run(redis_url, "dead", "requeue", "--yes", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["slow_down"], told["selected"]) == (True, "everything")
    assert run(redis_url, "operations", "undo", told["id"]) == 0
    assert "3 of 3 reversed" in capsys.readouterr().out
    assert run(redis_url, "operations", "show", told["id"], "--json") == 0
    assert json.loads(capsys.readouterr().out)["state"] == "undone"
