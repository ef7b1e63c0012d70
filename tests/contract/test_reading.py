"""What every adapter must show, whatever the product behind it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from dashboard.adapters.contract import (
    Action,
    Adapter,
    Capability,
    InvalidRequest,
    Job,
    Selector,
    SourceUnavailable,
    State,
    UnknownJob,
    UnknownQueue,
)
from dashboard.adapters.discovery import UnknownKind, create
from tests.contract import words


def every_page(adapter: Adapter, selector: Selector, limit: int) -> list[Job]:
    found: list[Job] = []
    cursor = ""
    while True:
        page = adapter.jobs(selector, cursor=cursor, limit=limit)
        assert len(page.items) <= limit
        assert len(page.cursors) == len(page.items)
        found += page.items
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


def test_a_queue_shows_how_many_jobs_are_in_every_state(adapter: Adapter, seeder: Any) -> None:
    seeder.failed("mail", 4)
    seeder.retrying("mail", 2)
    seeder.succeeded("mail", 3)
    seeder.processing("mail", 1)
    seeder.pending("mail", 5)
    seeder.scheduled("mail", 6, at=time.time() + 3_600)
    seeder.cancelled("mail", 1)
    queue = adapter.queue("mail")
    counts = {state: queue.count(state) for state in State}
    assert counts == {
        State.FAILED: 4, State.RETRYING: 2, State.SUCCEEDED: 3, State.PROCESSING: 1, State.PENDING: 5,
        State.SCHEDULED: 6, State.CANCELLED: 1,
    }  # fmt: skip
    assert [each.name for each in adapter.queues()] == ["mail"]
    assert queue.paused is False
    assert queue.oldest_pending_seconds is not None


@pytest.mark.parametrize("state", list(State))
def test_jobs_of_every_state_are_listed_with_that_state(adapter: Adapter, seeder: Any, state: State) -> None:
    extra = {"at": time.time() + 60} if state == State.SCHEDULED else {}
    getattr(seeder, state.value)("mail", 3, **extra)
    jobs = adapter.jobs(Selector(queue="mail", state=state)).items
    assert len(jobs) == 3
    assert {job.state for job in jobs} == {state}
    assert adapter.job("mail", jobs[0].id).state == state


@pytest.mark.parametrize("limit", [1, 3, 7, 200])
def test_pages_neither_repeat_nor_skip(adapter: Adapter, seeder: Any, limit: int) -> None:
    made = set(seeder.failed("mail", 11)) | set(seeder.failed("bills", 9, fingerprint="b" * 16))
    found = [job.id for job in every_page(adapter, Selector(), limit)]
    assert len(found) == len(set(found))
    assert set(found) == made


def test_jobs_that_run_at_the_same_instant_are_paged_without_gaps(adapter: Adapter, seeder: Any) -> None:
    made = seeder.scheduled("mail", 25, at=time.time() + 3_600)
    found = [job.id for job in every_page(adapter, Selector(queue="mail", state=State.SCHEDULED), 4)]
    assert sorted(found) == sorted(made)


@pytest.mark.needs(Capability.REQUEUE)
def test_a_page_goes_on_at_its_place_when_jobs_came_and_went(adapter: Adapter, seeder: Any) -> None:
    made = seeder.failed("mail", 6)
    first = adapter.jobs(Selector(queue="mail"), limit=2)
    adapter.act(Action.REQUEUE, "mail", first.items[1].id)
    seeder.failed("bills", 1)
    rest = adapter.jobs(Selector(queue="mail"), cursor=first.next_cursor or "", limit=50)
    assert [job.id for job in (*first.items, *rest.items)] == list(reversed(made))


@pytest.mark.needs(Capability.GROUPS)
@pytest.mark.parametrize("cursor", ["zzz", "!!", "bnVsbA", "WzEsMl0", "WyJpbmYiLCJ4Il0", "eyJhIjoxfQ"])
def test_a_cursor_of_somebody_else_is_refused(adapter: Adapter, seeder: Any, cursor: str) -> None:
    seeder.failed("mail", 1)
    with pytest.raises(InvalidRequest):
        adapter.jobs(Selector(queue="mail"), cursor=cursor)
    with pytest.raises(InvalidRequest):
        adapter.groups(Selector(queue="mail"), cursor=cursor)


def test_unknown_names_say_so(adapter: Adapter, seeder: Any) -> None:
    seeder.pending("mail", 1)
    with pytest.raises(UnknownQueue, match="nothing"):
        adapter.queue("nothing")
    with pytest.raises(UnknownQueue):
        adapter.jobs(Selector(queue="nothing"))
    with pytest.raises(UnknownQueue):
        adapter.pause("nothing")
    with pytest.raises(UnknownJob, match="mail"):
        adapter.job("mail", "nothing")
    with pytest.raises(UnknownJob):
        adapter.job("mail", "not an\nid{}")
    with pytest.raises(UnknownKind, match=adapter.kind):
        create(adapter.kind + "x", "main", adapter.url, {})


@pytest.mark.needs(Capability.GROUPS)
def test_groups_are_dead_letters_by_their_error(adapter: Adapter, seeder: Any) -> None:
    seeder.failed("mail", 3, error="ValueError: bad address", fingerprint="a" * 16)
    seeder.failed("bills", 5, error="KeyError: 'total'", fingerprint="b" * 16, type="bill")
    by_count = adapter.groups(Selector(), order="count").items
    assert [(group.queue, group.count) for group in by_count] == [("bills", 5), ("mail", 3)]
    group = by_count[0]
    assert (group.error_type, group.message, group.type) == ("KeyError", "'total'", "bill")
    assert (group.fingerprint, sum(group.trend), len(group.trend)) == ("b" * 16, 5, 24)
    assert adapter.job("bills", group.sample_id).state == State.FAILED
    assert [each.queue for each in adapter.groups(Selector(), order="last").items] == ["bills", "mail"]


@pytest.mark.needs(Capability.GROUPS)
def test_groups_are_paged(adapter: Adapter, seeder: Any) -> None:
    for number in range(7):
        seeder.failed("mail", 1, fingerprint=f"{number:016x}")
    found: list[str] = []
    cursor = ""
    while True:
        page = adapter.groups(Selector(queue="mail"), cursor=cursor, limit=3)
        assert (page.total, page.jobs) == (7, 7)
        found += [group.fingerprint for group in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert found == [f"{number:016x}" for number in reversed(range(7))]


@pytest.mark.needs(Capability.GROUPS)
@pytest.mark.parametrize(
    ("narrowing", "expected"),
    [
        ({"type": "bill"}, {"bills"}),
        ({"type": "bil"}, set()),
        ({"error": "keyERROR"}, {"bills"}),
        ({"error": "address"}, {"mail"}),
        ({"fingerprint": "b" * 16}, {"bills"}),
        ({"fingerprint": "c" * 16}, set()),
        ({"queue": "mail"}, {"mail"}),
        ({"q": "total"}, {"bills"}),
        ({"since": 4e9}, set()),
        ({"until": 1.0}, set()),
        ({"since": 1.0, "until": 4e9}, {"mail", "bills"}),
    ],
)
def test_filters_narrow_groups_and_jobs_alike(
    adapter: Adapter, seeder: Any, narrowing: dict[str, Any], expected: set[str]
) -> None:
    seeder.failed("mail", 3, error="ValueError: bad address", fingerprint="a" * 16)
    seeder.failed("bills", 2, error="KeyError: 'total'", fingerprint="b" * 16, type="bill")
    selector = Selector(**narrowing)
    assert {group.queue for group in adapter.groups(selector).items} == expected
    assert {job.queue for job in every_page(adapter, selector, 2)} == expected


def test_an_id_is_found_by_free_text(adapter: Adapter, seeder: Any) -> None:
    wanted = seeder.pending("mail", 5)[2]
    page = adapter.jobs(Selector(state=State.PENDING, q=wanted))
    assert [job.id for job in page.items] == [wanted]
    assert page.searched == 5
    assert page.complete


@pytest.mark.needs(Capability.REQUEUE, Capability.EDIT, Capability.PURGE)
def test_a_job_is_shown_whole(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1, data={"to": "ann", "password": "hunter2", "deep": [{"api_token": "x"}]})
    job = adapter.job("mail", job_id)
    data = {"to": "ann", "password": "[redacted]", "deep": [{"api_token": "[redacted]"}]}
    assert words.plain(seeder, job.payload.data) == data
    assert job.payload.redacted == 2
    assert job.error is not None
    assert (job.error.type, job.error.message) == ("ValueError", "bad address")
    assert "hunter2" not in job.error.traceback
    assert job.error.frames[-1].own
    assert [attempt.outcome for attempt in job.history] == ["failed"]
    assert {offer.action for offer in job.actions} == {Action.REQUEUE, Action.EDIT, Action.PURGE}


def test_a_server_that_is_gone_is_said_to_be(kind: str) -> None:
    gone = create(kind, "main", "redis://127.0.0.1:1/0", {"timeout": 0.5})
    for read in (gone.ping, gone.queues, gone.workers, lambda: gone.job("mail", "x"), lambda: gone.jobs(Selector())):
        with pytest.raises(SourceUnavailable, match="main"):
            read()


def test_jobs_that_wait_are_in_the_order_in_which_they_run(adapter: Adapter, seeder: Any) -> None:
    last = seeder.pending("mail", 2)
    first = seeder.pending("mail", 2, priority=5)
    jobs = adapter.jobs(Selector(queue="mail", state=State.PENDING)).items
    assert [job.id for job in jobs] == [*first, *last]


def test_job_types_tell_how_many_attempts_failed_and_how_long_the_others_ran(adapter: Adapter, seeder: Any) -> None:
    seeder.failed("mail", 3)
    seeder.succeeded("mail", 2)
    found = adapter.types("mail")
    if found is None:
        return  # this product does not keep it
    assert found.since <= time.time() - 3_600
    (sent,) = found.types
    assert (sent.name, sent.attempts, sent.succeeded, sent.failed_attempts) == ("send", 5, 2, 3)
    assert sent.run_seconds[-1] == (float("inf"), 2)
    with pytest.raises(UnknownQueue):
        adapter.types("no-such-queue")
