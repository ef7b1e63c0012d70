"""Commands that look: the same numbers as the pages, as a table and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard import cli
from queue_core.connection import connect
from queue_core.reliable import ReliableQueue

Shown = pytest.CaptureFixture[str]


def fail(redis_url: str, number: int = 3, *, queue: str = "emails", message: str = "no such mailbox") -> list[str]:
    """Jobs that ran in a real queue and failed for good."""
    emails = ReliableQueue(redis_url, queue)
    ids = [emails.enqueue("emails.send", {"to": "a@example.com"}, max_retries=0) for _ in range(number)]
    for job in emails.claim_jobs(number, "tester"):
        emails.fail_job(job, ValueError(message))
    return ids


def run(redis_url: str, *words: str) -> int:
    return cli.run([*words, "--redis", redis_url])


def read(redis_url: str, shown: Shown, *words: str) -> Any:
    assert run(redis_url, *words, "--json") == 0
    return json.loads(shown.readouterr().out)


def test_queues_are_listed_with_their_numbers(redis_url: str, capsys: Shown) -> None:
    fail(redis_url)
    ReliableQueue(redis_url, "emails").enqueue("emails.send", {"to": "b@example.com"})
    (queue,) = read(redis_url, capsys, "queues")["items"]
    assert (queue["name"], queue["failed"], queue["pending"], queue["paused"]) == ("emails", 3, 1, False)
    assert run(redis_url, "queues") == 0
    assert "emails" in capsys.readouterr().out


def test_without_queues_and_workers_it_says_how_to_get_some(redis_url: str, capsys: Shown) -> None:
    assert run(redis_url, "queues") == 0
    assert "appears with its first job" in capsys.readouterr().out
    assert run(redis_url, "workers") == 0
    assert "redrive worker APP" in capsys.readouterr().out


def test_dead_letters_are_listed_by_error_and_one_by_one(redis_url: str, capsys: Shown) -> None:
    ids = fail(redis_url)
    (group,) = read(redis_url, capsys, "dead", "groups")["items"]
    assert (group["count"], group["error_type"], group["queue"]) == (3, "ValueError", "emails")
    listed = read(redis_url, capsys, "dead", "list", "--fingerprint", group["fingerprint"])["items"]
    assert sorted(job["id"] for job in listed) == sorted(ids)
    assert run(redis_url, "dead", "list") == run(redis_url, "dead", "groups") == 0
    assert "no such mailbox" in capsys.readouterr().out


def test_one_job_is_shown_with_its_arguments_and_traceback(redis_url: str, capsys: Shown) -> None:
    (job_id,) = fail(redis_url, 1)
    for words in (("jobs", "show"), ("dead", "show")):
        assert run(redis_url, *words, "emails", job_id) == 0
        text = capsys.readouterr().out
        assert "a@example.com" in text
        assert "ValueError: no such mailbox" in text


def test_an_error_text_cannot_steer_the_terminal(redis_url: str, capsys: Shown) -> None:
    (job_id,) = fail(redis_url, 1, message="\x1b]0;owned\x07\x1b[2J[bold]no markup[/bold]")
    for words in (("dead", "list"), ("dead", "groups"), ("dead", "show", "emails", job_id)):
        assert run(redis_url, *words) == 0
        text = capsys.readouterr().out
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "[bold]no markup" in text


def test_pages_are_followed_by_their_cursor(redis_url: str, capsys: Shown) -> None:
    ids = fail(redis_url, 5)
    first = read(redis_url, capsys, "dead", "list", "--limit", "3")
    second = read(redis_url, capsys, "dead", "list", "--limit", "3", "--cursor", first["next_cursor"])
    assert sorted(job["id"] for job in first["items"] + second["items"]) == sorted(ids)
    assert second["next_cursor"] is None


def test_what_is_unknown_ends_with_1_and_a_message(redis_url: str, capsys: Shown) -> None:
    fail(redis_url)
    for words in (("jobs", "show", "emails", "nope"), ("queue", "pause", "nope"), ("operations", "show", "nope")):
        assert run(redis_url, *words) == 1, words
        assert "nope" in capsys.readouterr().err
    assert run(redis_url, "dead", "list", "--id", "x") == 1
    assert "--id needs --queue" in capsys.readouterr().err
    assert run(redis_url, "dead", "list", "--since", "yesterday") == 1
    assert "since 'yesterday'" in capsys.readouterr().err


def test_doctor_finds_what_is_wrong_and_says_how_to_mend_it(redis_url: str, capsys: Shown) -> None:
    client = connect(redis_url)
    client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert run(redis_url, "doctor", "--json") == 1
    finally:
        client.config_set("maxmemory-policy", "noeviction")
    findings = {each["what"]: each for each in json.loads(capsys.readouterr().out)["items"]}
    assert findings["eviction"]["fine"] is False
    assert "noeviction" in findings["eviction"]["mend"]
    assert findings["reach"]["fine"] is findings["version"]["fine"] is findings["clock"]["fine"] is True


def test_the_settings_are_shown_without_secrets(tmp_path: Any, capsys: Shown) -> None:
    file = tmp_path / "redrive.toml"
    file.write_text(
        '[[channels]]\nname = "ops"\nurl = "https://user:hidden@example.com/x"\nsecret = "whsec_aGlkZGVu"\n'
        'previous_secrets = ["whsec_aGlkZGVu"]\n[alerts]\nheartbeat_url = "https://hc.example/hidden?key=hidden"\n'
    )
    for words in ((), ("--json",)):
        assert cli.run(["config", "show", "--config", str(file), "--redis", "redis://:hidden@db:6379/0", *words]) == 0
        text = capsys.readouterr().out
        assert "hidden" not in text
        assert "aGlkZGVu" not in text
        assert "db:6379" in text


def test_doctor_measures_what_an_idle_dashboard_costs(redis_url: str, capsys: Shown) -> None:
    for number in range(12):
        fail(redis_url, 1, queue=f"queue-{number}")
    (item,) = read(redis_url, capsys, "doctor", "--cost", "2")["items"]
    assert item["source"] == "main"
    assert 0 < item["commands_per_second"] <= 20
    assert item["longest_ms"] > 0
