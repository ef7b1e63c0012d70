"""Filters by what only jobs know, and what is left out: lists, groups, samples and selections mean the same jobs."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

from dashboard.adapters.contract import Action, Adapter, Capability, InvalidRequest, Selector, State
from dashboard.adapters.discovery import create
from tests.contract import words
from tests.contract.test_changing import run

pytestmark = pytest.mark.needs(Capability.GROUPS, Capability.PURGE)


CASES: list[tuple[dict[str, Any], set[str]]] = [
    ({"args": (("customer.id", "42"),)}, {"bills"}),
    ({"args": (("customer.id", "4"),)}, set()),
    ({"args": (("to", "ann"),)}, {"mail"}),
    ({"args": (("urgent", "true"),)}, {"mail"}),
    ({"args": (("items.1", "tea"),)}, {"bills"}),
    ({"args": (("items", "tea"),)}, {"bills"}),
    ({"args": (("items.7", "tea"),)}, set()),
    ({"args": (("a.b", "dotted"),)}, {"mail"}),
    ({"args": (("customer", '{"id":42}'),)}, {"bills"}),
    ({"args": (("password", "hunter2"),)}, set()),
    ({"args": (("to", "ann"), ("customer.id", "42"))}, set()),
    ({"version": "2.4.1"}, {"bills"}),
    ({"version": "2.4"}, set()),
    ({"worker": "test"}, {"mail", "bills"}),
    ({"worker": "est-worker"}, set()),
    ({"excluded": (("args.to", "ann"),)}, {"bills"}),
    ({"excluded": (("version", "2.4.1"),)}, {"mail"}),
    ({"excluded": (("worker", "test"),)}, set()),
    ({"excluded": (("queue", "mail"),)}, {"bills"}),
    ({"excluded": (("source", "main"),)}, set()),
    ({"excluded": (("type", "send"),)}, {"bills"}),
    ({"excluded": (("error", "total"),)}, {"mail"}),
    ({"excluded": (("fingerprint", "a" * 16),)}, {"bills"}),
    ({"excluded": (("q", "ADDRESS"),)}, {"bills"}),
    ({"excluded": (("type", "send"), ("type", "bill"))}, set()),
    ({"q": "bad address"}, {"mail"}),
    ({"q": '"address bad"'}, set()),
]


@pytest.fixture
def two_kinds(seeder: Any) -> None:
    data = {"to": "ann", "urgent": True, "a.b": "dotted", "password": "hunter2"}
    seeder.failed("mail", 3, error="ValueError: bad address", fingerprint="a" * 16, data=data)
    data = {"customer": {"id": 42}, "items": ["ink", "tea"]}
    seeder.failed("bills", 2, error="KeyError: 'total'", fingerprint="b" * 16, type="bill", data=data,
                  app_version="2.4.1")  # fmt: skip


@pytest.mark.parametrize(("narrowing", "expected"), CASES)
@pytest.mark.usefixtures("two_kinds")
def test_lists_groups_and_selections_mean_the_same_jobs(
    adapter: Adapter, seeder: Any, narrowing: dict[str, Any], expected: set[str]
) -> None:
    selector = words.selector(seeder, **narrowing)
    page = adapter.jobs(selector)
    assert {job.queue for job in page.items} == expected
    assert all(job.payload.data is None for job in page.items)
    assert {group.queue for group in adapter.groups(selector).items} == expected
    selection = adapter.select(Action.PURGE, selector)
    assert {part.queue for part in selection.parts} == expected
    assert selection.matched == len(page.items)
    assert run(adapter, Action.PURGE, selection.parts) == len(page.items)
    left = {"mail": 3, "bills": 2}
    for queue, count in left.items():
        assert adapter.queue(queue).failed == (0 if queue in expected else count)


@pytest.mark.parametrize("word", ["nothing", "arg.to", "", "payload"])
def test_a_word_that_cannot_be_left_out_is_refused(adapter: Adapter, seeder: Any, word: str) -> None:
    seeder.failed("mail", 1)
    selector = Selector(excluded=((word, "x"),))
    for read in (adapter.jobs, adapter.groups, adapter.sample):
        with pytest.raises(InvalidRequest, match="left out"):
            read(selector)
    with pytest.raises(InvalidRequest, match="left out"):
        adapter.select(Action.PURGE, selector)


@pytest.mark.parametrize("stored", [b"", b"j{broken", b"bbytes", b"Jdamaged", b"j" + b"[" * 100_000])
def test_arguments_that_cannot_be_read_match_nothing_not_even_by_what_they_lack(
    adapter: Adapter, seeder: Any, stored: bytes
) -> None:
    good, bad = seeder.failed("mail", 2, data={"to": "ann"})
    seeder.store("mail", bad, stored)
    assert [job.id for job in adapter.jobs(Selector(args=(("to", "ann"),))).items] == [good]
    assert [job.id for job in adapter.jobs(Selector(excluded=(("args.to", "bob"),))).items] == [good]
    assert adapter.select(Action.PURGE, Selector(excluded=(("args.to", "bob"),))).matched == 1


def test_compressed_and_large_arguments_are_searched(adapter: Adapter, seeder: Any) -> None:
    small, large, huge = seeder.failed("mail", 3)
    seeder.store("mail", small, b"J" + zlib.compress(b'{"to": "eve", "text": "' + b"x" * 20_000 + b'"}'))
    seeder.store("mail", large, b'j{"to": "eve", "text": "' + bytes(65 + n % 25 for n in range(20_000)) + b'"}')
    seeder.store("mail", huge, b'j{"to": "eve", "text": "' + b"x" * 200_000 + b'"}')
    assert {job.id for job in adapter.jobs(Selector(args=(("to", "eve"),))).items} == {small, large}


@pytest.mark.parametrize("state", [State.PENDING, State.SUCCEEDED, State.CANCELLED])
def test_jobs_of_other_states_are_filtered_too(adapter: Adapter, seeder: Any, state: State) -> None:
    getattr(seeder, state.value)("mail", 4)
    page = adapter.jobs(Selector(state=state, args=(("to", "ann"),)), limit=3)
    assert (len(page.items), page.searched, page.total) == (3, 3, 4)
    assert adapter.jobs(Selector(state=state, excluded=(("args.to", "ann"),))).items == ()
    assert adapter.jobs(Selector(state=state, excluded=(("type", "send"),))).items == ()


@pytest.fixture
def short_sighted(kind: str, redis_url: str) -> Adapter:
    """Looks at 400 jobs for one page."""
    return create(kind, "main", redis_url, {"scan": 400})


def test_a_search_says_how_much_it_read_and_goes_on_from_there(short_sighted: Adapter, seeder: Any) -> None:
    wanted = seeder.failed("mail", 2, data={"to": "eve"})
    seeder.failed("mail", 900, fingerprint="b" * 16)
    selector = words.selector(seeder, args=(("to", "eve"),))
    first = short_sighted.jobs(selector)
    assert (first.items, first.searched, first.total, first.complete) == ((), 400, 902, False)
    second = short_sighted.jobs(selector, cursor=first.next_cursor or "")
    assert (second.items, second.complete) == ((), False)
    third = short_sighted.jobs(selector, cursor=second.next_cursor or "")
    assert {job.id for job in third.items} == set(wanted)
    assert (third.searched, third.complete, third.next_cursor) == (102, True, None)


def test_groups_found_by_their_jobs_count_what_was_found_and_go_on(short_sighted: Adapter, seeder: Any) -> None:
    seeder.failed("mail", 2, data={"to": "eve"}, fingerprint="e" * 16)
    seeder.failed("mail", 450, fingerprint="b" * 16)
    seeder.failed("mail", 3, data={"to": "eve"}, fingerprint="f" * 16)
    selector = words.selector(seeder, args=(("to", "eve"),))
    first = short_sighted.groups(selector)
    assert [(group.fingerprint, group.count) for group in first.items] == [("f" * 16, 3)]
    assert (first.searched, first.complete) == (400, False)
    second = short_sighted.groups(selector, cursor=first.next_cursor or "")
    assert [(group.fingerprint, group.count) for group in second.items] == [("e" * 16, 2)]
    assert (second.complete, second.next_cursor) == (True, None)


def test_a_selection_looks_further_than_a_page_and_says_where_it_stopped(
    kind: str, redis_url: str, seeder: Any
) -> None:
    adapter = create(kind, "main", redis_url, {"scan": 100})
    early = seeder.failed("mail", 1, data={"to": "eve"})
    seeder.failed("mail", 450, fingerprint="b" * 16)
    selection = adapter.select(Action.REQUEUE, words.selector(seeder, args=(("to", "eve"),)))
    assert (selection.matched, selection.warnings) == (1, ())
    assert selection.parts[0].ids == tuple(early)
    seeder.failed("mail", 600, fingerprint="c" * 16)
    bounded = adapter.select(Action.REQUEUE, words.selector(seeder, args=(("to", "eve"),)))
    assert bounded.matched == 0
    assert any("1,000 of 1,051 jobs were looked at" in warning for warning in bounded.warnings), bounded.warnings


def test_a_search_over_many_queues_reads_the_newest_jobs_of_all(short_sighted: Adapter, seeder: Any) -> None:
    wanted = [seeder.failed(f"queue-{number}", 1, data={"to": "eve"})[0] for number in range(30)]
    seeder.failed("busy", 200)
    selector = words.selector(seeder, args=(("to", "eve"),))
    found, cursor = [], ""
    for _ in range(20):
        page = short_sighted.jobs(selector, cursor=cursor, limit=7)
        found += [job.id for job in page.items]
        cursor = page.next_cursor or ""
        if not cursor:
            break
    assert found == wanted[::-1]


@pytest.mark.needs(Capability.RESTORE)
@pytest.mark.parametrize(
    ("narrowing", "count"),
    [
        ({"queue": "mail"}, 5), ({"queue": "mail", "type": "bill"}, 0), ({"type": "bill"}, 2),
        ({"fingerprint": "a" * 16}, 3), ({"error": "total"}, 2), ({"error": "Value"}, 3), ({"q": "address"}, 3),
        ({"args": (("customer.id", "42"),)}, 2), ({"since": 4e9}, 0), ({"since": 1.0, "until": 4e9}, 7),
        ({"state": State.PENDING}, 2), ({"state": State.FAILED}, 5), ({"excluded": (("queue", "bills"),)}, 5),
        ({"excluded": (("type", "bill"),)}, 5), ({}, 7),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("two_kinds")
def test_any_selection_is_restored_from_the_trash(
    adapter: Adapter, seeder: Any, narrowing: dict[str, Any], count: int
) -> None:
    seeder.pending("mail", 2)
    for state in (State.FAILED, State.PENDING):
        parts = adapter.select(Action.PURGE, Selector(state=state)).parts
        run(adapter, Action.PURGE, parts, f"purge-{state.value}")
    selection = adapter.select(Action.RESTORE, Selector(**narrowing))
    assert selection.matched == count
    assert run(adapter, Action.RESTORE, selection.parts, "back") == count
    left = adapter.select(Action.RESTORE, Selector())
    assert left.matched == 7 - count
