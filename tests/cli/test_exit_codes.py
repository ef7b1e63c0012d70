"""Every failure has its exit code, a message on standard error, and no traceback."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from dashboard import cli
from tests.cli.commands import redrive
from tests.conftest import free_port


def test_help_and_version_are_no_failures(home: Path) -> None:
    assert redrive(home, "--help").returncode == 0
    assert redrive(home, "--version").stdout.startswith("redrive, version ")
    assert redrive(home).returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nonsense"], "No such command"),
        (["serve", "--port", "eighty"], "Invalid value for '--port'"),
        (["serve", "--source", "main"], "is not NAME=KIND:URL"),
        (["serve", "--config", "missing.toml"], "no such file"),
        (["queues"], "give --redis URL"),
        (["jobs", "list", "--redis", "redis://localhost:1/0", "--state", "gone"], "Invalid value for '--state'"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(home: Path, words: list[str], says: str) -> None:
    result = redrive(home, *words)
    assert result.returncode == 2
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_a_server_that_does_not_answer_ends_with_3(home: Path) -> None:
    for words in (["queues"], ["dead", "list"], ["doctor"], ["operations", "list"]):
        result = redrive(home, *words, "--redis", f"redis://127.0.0.1:{free_port()}/0")
        assert result.returncode == 3, (words, result)
        assert "Traceback" not in result.stderr


def test_an_unknown_setting_names_the_nearest_known_one(home: Path) -> None:
    (home / "redrive.toml").write_text("prot = 8081\n")
    result = redrive(home, "config", "show")
    assert result.returncode == 2
    assert "unknown setting prot; did you mean port?" in result.stderr


def test_a_misspelt_variable_is_not_passed_over(home: Path) -> None:
    result = redrive(home, "config", "show", REDRIVE_READONLY="1")
    assert result.returncode == 2
    assert "REDRIVE_READONLY; did you mean read_only?" in result.stderr


def test_what_nobody_expected_ends_with_1_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command("broken")
    def broken() -> None:
        raise KeyError("odd")

    monkeypatch.setattr(cli.cli, "get_command", lambda ctx, name: broken)
    assert cli.run(["broken"]) == 1
    assert "KeyError: 'odd'" in (said := capsys.readouterr().err)
    assert "Traceback" not in said
    assert cli.run(["--traceback", "broken"]) == 1
    assert "Traceback" in capsys.readouterr().err
