"""Commands that change one job."""

from __future__ import annotations

from queue_core.reliable import ReliableQueue
from tests.cli.test_looking import Shown, fail, read, run


def test_one_job_is_requeued_and_taken_back(redis_url: str, capsys: Shown) -> None:
    (job_id,) = fail(redis_url, 1)
    assert run(redis_url, "jobs", "requeue", "emails", job_id) == 0
    assert "is pending in emails" in capsys.readouterr().out
    assert run(redis_url, "jobs", "undo", "emails", job_id) == 0
    assert "among the dead letters of emails again" in capsys.readouterr().out
    assert read(redis_url, capsys, "jobs", "show", "emails", job_id)["state"] == "failed"
    assert run(redis_url, "jobs", "undo", "emails", job_id) == 1
    assert "nothing was changed" in capsys.readouterr().err


def test_one_job_goes_to_another_queue(redis_url: str, capsys: Shown) -> None:
    (job_id,) = fail(redis_url, 1)
    ReliableQueue(redis_url, "slow").enqueue("emails.send", {"to": "b@example.com"})
    assert run(redis_url, "jobs", "requeue", "emails", job_id, "--to", "nowhere") == 1
    assert "nowhere" in capsys.readouterr().err
    assert run(redis_url, "jobs", "requeue", "emails", job_id, "--to", "slow") == 0
    assert "is pending in slow" in capsys.readouterr().out
    assert read(redis_url, capsys, "jobs", "show", "slow", job_id)["state"] == "pending"
    assert run(redis_url, "jobs", "show", "emails", job_id) == 1


def test_an_edit_shows_what_changes_before_it_requeues(redis_url: str, capsys: Shown) -> None:
    (job_id,) = fail(redis_url, 1)
    assert run(redis_url, "jobs", "edit", "emails", job_id, "--data", '{"to": 1,}', "--yes") == 1
    assert "Line 1, column 10: a comma stands before the closing bracket" in capsys.readouterr().err
    assert run(redis_url, "jobs", "edit", "emails", job_id, "--data", '{"to": "c@example.com"}', "--yes") == 0
    assert 'changed  to: "a@example.com" -> "c@example.com"' in capsys.readouterr().out
    job = read(redis_url, capsys, "jobs", "show", "emails", job_id)
    assert (job["state"], job["data"]) == ("pending", {"to": "c@example.com"})
    assert [edit["data"] for edit in job["edits"]] == [{"to": "a@example.com"}]
