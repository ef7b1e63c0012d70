"""Several sources at one instant: shared readings, last known values, merged lists."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dashboard.adapters import discovery, queue_core
from dashboard.adapters.contract import Action, Adapter, Selector, SourceUnavailable, State, UnknownQueue, UnknownSource
from dashboard.adapters.memo import Memo
from dashboard.adapters.snapshot import mask_url
from dashboard.adapters.sources import Sources
from dashboard.settings import Settings, SettingsError, SourceSettings, load
from tests.conftest import RealServer
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import keep_readings


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def sources(*urls: str, clock: Clock | None = None) -> Sources:
    named = tuple(SourceSettings(name=f"s{number}", url=url) for number, url in enumerate(urls, 1))
    return Sources.from_settings(Settings(sources=named), clock or Clock())


def test_a_source_that_went_down_keeps_its_last_values_and_their_age(make_server: type[RealServer]) -> None:
    server = make_server().start()
    Seeder(server.url).failed("mail", 3)
    clock = Clock()
    both = sources(server.url, clock=clock)
    assert both.snapshot().totals.failed == 3
    server.kill()
    clock.now += 30
    both.forget()
    snapshot = both.snapshot()
    (source,) = snapshot.sources
    assert (source.up, source.age(clock.now), source.down_since) == (False, 30.0, clock.now)
    assert "s1" in source.error
    assert snapshot.queue("s1", "mail").failed == 3
    assert snapshot.missing == ("s1",)
    assert (snapshot.totals.failed, snapshot.totals.missing) == (None, ("s1",))


def test_a_source_comes_back(make_server: type[RealServer]) -> None:
    server = make_server().start()
    both = sources(server.url)
    server.kill()
    assert not both.snapshot().sources[0].up
    assert both.snapshot().sources[0].as_of is None
    server.start()
    Seeder(server.url).pending("mail", 2)
    deadline = threading.Event()
    for _ in range(200):
        both.forget()
        if both.snapshot().sources[0].up:
            break
        deadline.wait(0.05)
    assert both.snapshot().totals.pending == 2


def test_totals_and_lists_leave_out_a_source_that_is_down_and_say_so(redis_url: str) -> None:
    Seeder(redis_url).failed("mail", 2)
    both = sources(redis_url, "redis://127.0.0.1:1/0")
    totals = both.snapshot().totals
    assert (totals.failed, totals.pending, totals.missing) == (2, 0, ("s2",))
    page = both.jobs(Selector())
    assert (len(page.items), page.complete) == (2, False)
    with pytest.raises(SourceUnavailable):
        both.jobs(Selector(source="s2"))


@pytest.mark.parametrize("limit", [1, 2, 5, 50])
def test_lists_of_two_sources_are_one_ordered_list(redis_url: str, make_server: type[RealServer], limit: int) -> None:
    other = make_server().start()
    made: set[str] = set()
    first, second = Seeder(redis_url), Seeder(other.url)
    for _ in range(3):
        made |= {f"s1/{each}" for each in first.failed("mail", 2)}
        made |= {f"s2/{each}" for each in second.failed("bills", 1)}
    both = sources(redis_url, other.url)
    found: list[tuple[float, str]] = []
    cursor = ""
    while True:
        page = both.jobs(Selector(), cursor=cursor, limit=limit)
        assert len(page.items) <= limit
        found += [(job.finished_at or 0.0, f"{job.source}/{job.id}") for job in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert found == sorted(found, reverse=True)
    assert len(found) == len(made)
    assert both.groups(Selector()).jobs == len(found)


def test_all_viewers_of_one_second_share_one_reading(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_readings(monkeypatch)
    seeder = Seeder(redis_url)
    seeder.pending("mail", 1)
    one = sources(redis_url)
    with ThreadPoolExecutor(16) as pool:
        read = list(pool.map(lambda _: one.snapshot(), range(64)))
    assert len({id(snapshot) for snapshot in read}) == 1


def test_who_asks_for_the_same_list_within_a_second_shares_one_reading(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_readings(monkeypatch)
    Seeder(redis_url).failed("mail", 3)
    one = sources(redis_url)
    failed = Selector(state=State.FAILED)
    assert one.jobs(failed, limit=2) is one.jobs(failed, limit=2)
    assert one.jobs(failed, limit=2) is not one.jobs(failed, limit=3)
    assert one.groups(Selector()) is one.groups(Selector())


def test_a_list_is_read_anew_after_a_change_of_ours(redis_url: str) -> None:
    (job_id, _) = Seeder(redis_url).failed("mail", 2)
    one = sources(redis_url)
    assert len(one.jobs(Selector(state=State.FAILED)).items) == 2
    one.get("s1").act(Action.PURGE, "mail", job_id)
    assert len(one.jobs(Selector(state=State.FAILED)).items) == 1
    assert one.groups(Selector()).items[0].count == 1


def test_one_thread_reads_while_the_others_wait() -> None:
    now, reads, gate = [0.0], [], threading.Event()
    memo: Memo[int] = Memo(1.0, lambda: now[0])

    def read() -> int:
        gate.wait(5)
        reads.append(1)
        return len(reads)

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(memo.get, "key", read) for _ in range(8)]
        gate.set()
        assert {each.result() for each in waiting} == {1}
    now[0] = 1.0
    assert memo.get("key", read) == 2


def test_a_reading_that_is_over_takes_no_memory_once_another_one_is_made() -> None:
    now = [0.0]
    memo: Memo[int] = Memo(1.0, lambda: now[0])
    for key in range(5):
        memo.get(key, lambda: 1)
    now[0] = 1.0
    memo.get("new", lambda: 2)
    assert list(memo._kept) == ["new"]


def test_what_was_read_before_a_change_is_not_kept_after_it() -> None:
    memo: Memo[int] = Memo(1.0, lambda: 0.0)

    def read_during_a_change() -> int:
        memo.forget()
        return 1

    assert memo.get("key", read_during_a_change) == 1
    assert memo.get("key", lambda: 2) == 2


def test_a_memo_stays_small_however_many_keys_are_asked_for() -> None:
    memo: Memo[int] = Memo(60.0)
    for number in range(2_000):
        assert memo.get(number, lambda number=number: number) == number
    assert len(memo._kept) <= 256
    assert memo.get(1_999, lambda: 0) == 1_999


def test_a_change_is_visible_at_once(redis_url: str) -> None:
    Seeder(redis_url).pending("mail", 1)
    one = sources(redis_url)
    assert one.snapshot().queue("s1", "mail").paused is False
    one.get("s1").pause("mail")
    assert one.snapshot().queue("s1", "mail").paused is True


def test_unknown_names_say_what_there_is(redis_url: str) -> None:
    one = sources(redis_url)
    with pytest.raises(UnknownSource, match="s1"):
        one.get("nothing")
    with pytest.raises(UnknownQueue, match="nothing"):
        one.snapshot().queue("s1", "nothing")
    with pytest.raises(SettingsError, match="did you mean queue_core"):
        Sources.from_settings(Settings(sources=(SourceSettings(name="a", kind="queue_cor", url=redis_url),)))
    with pytest.raises(SettingsError, match="twice"):
        Sources.from_settings(Settings(sources=(SourceSettings(name="a", url=redis_url),) * 2))
    with pytest.raises(SettingsError, match="source a"):
        Sources.from_settings(Settings(sources=(SourceSettings(name="a", url="http://nowhere"),)))


def test_a_source_of_a_kind_gets_its_own_options_and_what_all_get(
    redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    got: dict[str, Any] = {}

    def create(source: str, url: str, options: dict[str, Any]) -> Adapter:
        got.update(options)
        return queue_core.create(source, url, options)

    monkeypatch.setattr(discovery, "known_options", lambda: {"made": frozenset({"backend", "queues", "steps"})})
    monkeypatch.setattr(discovery, "factories", lambda: {"made": create})
    file = tmp_path / "redrive.toml"
    file.write_text(
        f'store = "{redis_url}"\n[[sources]]\nname = "a"\nkind = "made"\nurl = "{redis_url}"\nnamespace = "n"\n'
        '[sources.options]\nbackend = "redis://b/1"\nqueues = ["x", "y"]\nsteps = 3\n'
    )
    clock = Clock()
    Sources.from_settings(load(file), clock)
    assert got["options"] == {"backend": "redis://b/1", "queues": ("x", "y"), "steps": 3}
    assert (got["namespace"], got["store_url"], got["clock"]) == ("n", redis_url, clock)
    file.write_text(file.read_text().replace("backend", "backent"))
    with pytest.raises(SettingsError, match="unknown option 'backent'; did you mean backend"):
        Sources.from_settings(load(file), clock)


def test_an_option_of_a_kind_that_has_none_is_refused(redis_url: str) -> None:
    source = SourceSettings(name="a", url=redis_url, options={"backend": "x"})
    with pytest.raises(SettingsError, match="known options of kind queue_core: none"):
        Sources.from_settings(Settings(sources=(source,)))


def test_no_source_at_all_is_an_empty_answer() -> None:
    none = sources()
    assert none.snapshot().queues == ()
    assert none.jobs(Selector(state=State.PENDING)).items == ()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://user:secret@host:6379/0", "redis://user:***@host:6379/0"),
        ("redis://:secret@host/1?password=secret", "redis://:***@host/1"),
        ("redis://host:6379", "redis://host:6379"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert mask_url(url) == shown
