"""What is found becomes a source where only an address was named, also while the dashboard runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.adapters.sources import Sources
from dashboard.finding import Found, Watch, expanded
from dashboard.finding.watch import PAUSE_SECONDS
from dashboard.processes import Child, Processes
from dashboard.settings import Settings, SourceSettings, load
from tests.cli.commands import answers, output, redrive, start, wait_for, wait_until
from tests.conftest import free_port
from tests.contract.seeders.queue_core import Seeder
from tests.finding import applications

URL = "redis://127.0.0.1:1/0"


def made(*found: Found, **source: Any) -> list[tuple[str, str, str]]:
    settings = Settings(sources=(SourceSettings(**{"name": "main", "url": URL, "find": True, **source}),))
    return [(each.name, each.kind, each.namespace) for each in expanded(settings, lambda _: found).sources]


def test_sources_are_named_after_the_one_whose_redis_it_is() -> None:
    own, rq, other = Found("queue_core", "queue_core"), Found("rq", "RQ"), Found("rq", "RQ", "acme:")
    assert made() == [("main", "queue_core", "")]
    assert made(own) == [("main", "queue_core", "")]
    assert made(own, rq, other) == [
        ("main", "queue_core", ""), ("main-rq", "rq", ""), ("main-rq-acme", "rq", "acme:"),
    ]  # fmt: skip
    assert made(rq) == [("main-rq", "rq", "")]
    assert made(Found("queue_core", "queue_core", "x:"), own) == [
        ("main", "queue_core", ""),
        ("main-x", "queue_core", "x:"),
    ]
    assert made(Found("resque", "Resque")) == [("main", "queue_core", "")]
    assert made(rq, find=False) == [("main", "queue_core", "")]


def test_names_of_several_of_a_kind_are_allowed_and_different() -> None:
    found = [Found("rq", "RQ", f"{'p' * 60}<{number}>") for number in range(3)]
    names = [name for name, *_ in made(*found)]
    assert len(set(names)) == 3
    assert all(SourceSettings(name=name, url=URL) for name in names)


def test_a_redis_of_which_a_source_is_configured_is_not_looked_at() -> None:
    settings = Settings(sources=(
        SourceSettings(name="main", url=URL, find=True), SourceSettings(name="jobs", kind="rq", url=URL),
    ))  # fmt: skip

    def looked(_: str) -> tuple[Found, ...]:
        raise AssertionError("looked at")

    assert expanded(settings, looked) == settings


def test_an_address_alone_finds_and_a_configured_source_does_when_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert load(redis_url=URL).sources[0].find
    assert not load(sources=({"name": "a", "url": URL},)).sources[0].find
    monkeypatch.setenv("REDIS_URL", URL)
    assert load().sources[0].find
    (tmp_path / "redrive.toml").write_text(f'[[sources]]\nname = "a"\nurl = "{URL}"\nfind = true\n')
    assert [(each.name, each.find) for each in load().sources] == [("a", True)]


def test_a_job_store_of_other_keys_is_shown_with_them(redis_url: str) -> None:
    applications.apscheduler(redis_url, "shop:", ":eu")
    settings = Watch(Settings(sources=(SourceSettings(name="main", url=redis_url, find=True),))).look()
    (source,) = settings.sources
    assert source.name == "main-apscheduler-shop-jobs-eu"
    assert [each.id for each in Sources.from_settings(settings).schedules().items] == ["x"]


def test_what_comes_later_is_found_in_the_next_round(redis_url: str) -> None:
    times = [0.0]
    watch = Watch(Settings(sources=(SourceSettings(name="main", url=redis_url, find=True),)), lambda: times[0])
    assert [each.name for each in watch.look().sources] == ["main"]
    applications.rq(redis_url)
    assert watch.again() is None, "not at once"
    new = None
    times[0] = PAUSE_SECONDS
    for _ in range(30):
        times[0] += 1
        new = new or watch.again()
    assert new is not None
    assert [each.name for each in new.sources] == ["main-rq"]
    Seeder(redis_url).pending("mail", 1)
    times[0] += PAUSE_SECONDS
    for _ in range(30):
        times[0] += 1
        watch.again()
    assert [each.name for each in watch.settings.sources] == ["main", "main-rq"]


def test_what_comes_together_is_shown_together(redis_url: str) -> None:
    times = [0.0]
    watch = Watch(Settings(sources=(SourceSettings(name="main", url=redis_url, find=True),)), lambda: times[0])
    watch.look()
    applications.rq(redis_url)
    applications.apscheduler(redis_url)
    times[0] = PAUSE_SECONDS
    changes = []
    for _ in range(30):
        times[0] += 1
        changes += [[each.name for each in new.sources] for new in [watch.again()] if new]
    assert changes == [["main-apscheduler", "main-rq"]]


def test_a_redis_that_is_down_is_looked_at_again_later() -> None:
    times = [0.0]
    watch = Watch(Settings(sources=(SourceSettings(name="main", url=URL, find=True),)), lambda: times[0])
    assert [each.name for each in watch.look().sources] == ["main"]
    times[0] = PAUSE_SECONDS + 1
    assert watch.again() is None
    assert watch._next == times[0] + PAUSE_SECONDS


def test_children_are_started_anew_for_what_was_found(tmp_path: Path) -> None:
    said = tmp_path / "said"

    def write(text: str) -> None:
        with said.open("a") as file:
            file.write(f"{text}\n")
        if text == "first":
            import time  # noqa: PLC0415 - in the child

            time.sleep(60)

    new = [[Child("second", write, ("second",), vital=True)]]

    def meanwhile() -> list[Child] | None:
        started = said.exists() and "first" in said.read_text()
        return new.pop() if new and started else None

    processes = Processes(print, meanwhile=meanwhile)
    processes.add(Child("first", write, ("first",), vital=True))
    assert processes.run() == 1, "the second ended by itself"
    assert said.read_text().split() == ["first", "second"]


def test_serve_shows_what_is_there_and_says_so(home: Path, redis_url: str) -> None:
    applications.rq(redis_url)
    Seeder(redis_url).pending("mail", 1)
    applications.apscheduler(redis_url)
    port = free_port()
    process = start(home, "serve", "--port", str(port), "--redis", redis_url)
    wait_for(process, home, f"http://127.0.0.1:{port}/healthz")
    assert "main (queue_core)" in output(home)
    assert "main-rq (rq)" in output(home)
    assert "main-apscheduler (apscheduler)" in output(home)
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), "it is ready")


def test_sources_are_listed_with_what_is_not_shown(home: Path, redis_url: str) -> None:
    applications.rq(redis_url)
    Seeder(redis_url).pending("mail", 1)
    Seeder(redis_url).client.sadd("resque:queues", "mail")
    Seeder(redis_url).client.rpush("resque:queue:mail", '{"class":"Send","args":[]}')
    told = redrive(home, "sources", "--redis", redis_url, "--json")
    rows = json.loads(told.stdout)["items"]
    assert [(row["source"], row["kind"], row["state"]) for row in rows] == [
        ("main", "queue_core", "configured"), ("main-rq", "rq", "found"), (None, "Resque", "seen, no adapter yet"),
    ]  # fmt: skip
    told = redrive(home, "sources", "--source", f"jobs=rq:{redis_url}")
    assert "found, not shown" in told.stdout
    assert "find = true" in told.stderr


def test_commands_see_the_same_sources(home: Path, redis_url: str) -> None:
    applications.apscheduler(redis_url)
    told = redrive(home, "schedules", "--redis", redis_url)
    assert told.returncode == 0, told.stderr
    assert "main-apscheduler" in told.stdout
