"""Options that choose jobs mean what the search means."""

from __future__ import annotations

import re

import pytest

from tests.cli.test_looking import fail, read, run
from tests.contract.seeders.queue_core import Seeder

Shown = pytest.CaptureFixture[str]


def test_jobs_are_chosen_by_arguments_worker_and_version(redis_url: str, capsys: Shown) -> None:
    seeder = Seeder(redis_url)
    old = seeder.failed("mail", 1, data={"customer": {"id": 42}}, app_version="1.0")
    new = seeder.failed("mail", 1, data={"customer": {"id": 7}}, app_version="2.0")

    def found(*words: str) -> list[str]:
        return [job["id"] for job in read(redis_url, capsys, "dead", "list", *words)["items"]]

    assert found("--where", "customer.id=42") == old
    assert found("--version-at-failure", "2.0") == new
    assert found("--query", "-args.customer.id:42") == new
    assert found("--worker", "nobody") == []


@pytest.mark.parametrize("words", [("--where", "customer"), ("--where", "=1"), ("--query", "-quue:x")])
def test_an_option_that_is_not_understood_is_refused(redis_url: str, capsys: Shown, words: tuple[str, str]) -> None:
    fail(redis_url)
    assert run(redis_url, "dead", "purge", "--yes", *words) != 0
    assert re.search("use|did you mean", capsys.readouterr().err)
    assert len(read(redis_url, capsys, "dead", "list")["items"]) == 3


def test_everything_that_matches_is_written_as_a_file(redis_url: str, capsys: Shown) -> None:
    fail(redis_url, 3)
    assert run(redis_url, "dead", "list", "--format", "csv") == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    assert run(redis_url, "jobs", "list", "--format", "jsonl") == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert run(redis_url, "dead", "groups", "--format", "csv") == 0
    assert "no such mailbox" in capsys.readouterr().out
