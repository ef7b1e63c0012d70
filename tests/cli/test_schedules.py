"""`redrive schedules`: the same as the pages."""

from __future__ import annotations

import json

from tests.cli.test_looking import Shown, read, run
from tests.contract.seeders.queue_core import Seeder


def test_without_a_command_they_are_listed(redis_url: str, capsys: Shown) -> None:
    assert run(redis_url, "schedules") == 0
    assert "redrive scheduler APP" in capsys.readouterr().out
    Seeder(redis_url).schedule("mail", cron="0 2 * * *")
    for words in (("schedules",), ("schedules", "list")):
        assert run(redis_url, *words) == 0
        assert "Every day at 02:00 UTC" in capsys.readouterr().out
    (found,) = read(redis_url, capsys, "schedules")["items"]
    assert (found["id"], found["cron"]) == ("mail:nightly", "0 2 * * *")


def test_results_late_and_paused_ones_are_told(redis_url: str, capsys: Shown) -> None:
    seeder = Seeder(redis_url)
    seeder.schedule("mail", "often", ago=120)
    seeder.fire()
    seeder.succeeded("mail", 0)
    seeder.schedule("mail", "late", ago=900)
    assert run(redis_url, "schedules", "pause", "often") == 0
    capsys.readouterr()
    assert run(redis_url, "schedules") == 0
    text = capsys.readouterr().out
    assert "paused" in text
    assert "late by" in text
    assert "+" in text


def test_one_is_shown_run_paused_and_resumed_by_its_name(redis_url: str, capsys: Shown) -> None:
    seeder = Seeder(redis_url)
    seeder.schedule("mail", data={"to": "ann"})
    assert read(redis_url, capsys, "schedules", "show", "nightly")["data"] == {"to": "ann"}
    assert run(redis_url, "schedules", "run", "nightly", "--json") == 0
    job_id = json.loads(capsys.readouterr().out)["job"]
    assert run(redis_url, "schedules", "show", "mail:nightly") == 0
    assert job_id in capsys.readouterr().out
    for verb in ("pause", "resume"):
        assert run(redis_url, "schedules", verb, "nightly") == 0
    assert "runs again at" in capsys.readouterr().out
    (entry, *_) = read(redis_url, capsys, "schedules")["items"]
    assert entry["paused"] is False


def test_deleting_is_refused_while_an_application_has_it(redis_url: str, capsys: Shown) -> None:
    seeder = Seeder(redis_url)
    seeder.schedule("mail")
    assert run(redis_url, "schedules", "delete", "nightly", "--yes") == 1
    assert "still registers" in capsys.readouterr().err
    seeder.forsake("mail")
    assert run(redis_url, "schedules", "delete", "nightly", "--yes") == 0
    assert run(redis_url, "schedules", "show", "nightly") == 1
    assert "no schedule is called nightly" in capsys.readouterr().err


def test_a_name_that_several_have_needs_its_queue(redis_url: str, capsys: Shown) -> None:
    seeder = Seeder(redis_url)
    seeder.schedule("mail")
    seeder.schedule("bills")
    assert run(redis_url, "schedules", "run", "nightly") == 1
    assert "bills:nightly" in capsys.readouterr().err
    assert run(redis_url, "schedules", "run", "bills:nightly") == 0
