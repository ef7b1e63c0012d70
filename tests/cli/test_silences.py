"""`redrive alerts silence`: the same as the pages."""

from __future__ import annotations

from tests.cli.test_looking import Shown, read, run


def test_one_is_made_listed_and_ended(redis_url: str, capsys: Shown) -> None:
    assert run(redis_url, "alerts", "silence", "list") == 0
    assert "Nothing is silenced." in capsys.readouterr().out
    made = read(redis_url, capsys, "alerts", "silence", "add", "queue=billing", "--for", "30m", "--reason", "restore")
    assert (made["author"], made["comment"], made["until_resolved"]) == ("command line", "restore", False)
    assert run(redis_url, "alerts", "silence", "list") == 0
    assert "queue=billing" in capsys.readouterr().out
    assert run(redis_url, "alerts", "silence", "end", made["id"]) == 0
    capsys.readouterr()
    assert read(redis_url, capsys, "alerts", "silence", "list")["items"] == []
    (ended,) = read(redis_url, capsys, "alerts", "silence", "list", "--all")["items"]
    assert ended["state"] == "expired"


def test_one_holds_for_longer(redis_url: str, capsys: Shown) -> None:
    made = read(redis_url, capsys, "alerts", "silence", "add", "queue=billing", "--for", "30m")
    longer = read(redis_url, capsys, "alerts", "silence", "extend", made["id"], "--by", "2h")
    assert longer["ends_at"] > made["ends_at"]
    assert run(redis_url, "alerts", "silence", "extend", made["id"]) == 0
    assert "holds until" in capsys.readouterr().out
    assert run(redis_url, "alerts", "silence", "extend", made["id"], "--by", "soon") == 2
    assert run(redis_url, "alerts", "silence", "extend", "none") == 1


def test_without_a_time_it_lasts_until_resolved(redis_url: str, capsys: Shown) -> None:
    assert run(redis_url, "alerts", "silence", "add", "rule~*") == 0
    assert "resolved" in capsys.readouterr().out


def test_what_is_not_understood_is_told_with_an_example(redis_url: str, capsys: Shown) -> None:
    assert run(redis_url, "alerts", "silence", "add", "colour=red") == 1
    assert "known: rule" in capsys.readouterr().err
    assert run(redis_url, "alerts", "silence", "add", "queue=a", "--for", "soon") == 2
    assert "such as 5m" in capsys.readouterr().err
