"""Every change is written down once, with who made it and how it ended, and is found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.adapters.contract import Action, ActionRefused, Adapter, InvalidRequest
from dashboard.audit.actor import act_as
from dashboard.audit.log import AuditLog, Entry, Wanted
from dashboard.store import Store
from tests.background import World
from tests.conftest import RealServer


@pytest.fixture
def world(redis_url: str) -> World:
    return World(redis_url)


@pytest.fixture
def log(world: World) -> AuditLog:
    return world.services.audit


@pytest.fixture
def adapter(world: World) -> Adapter:
    return world.services.sources.get("main")


def test_a_change_is_recorded_with_who_made_it(world: World, log: AuditLog, adapter: Adapter) -> None:
    job_id = world.jobs.dead(1)[0]
    act_as("kim")
    adapter.act(Action.REQUEUE, "mail", job_id)
    adapter.pause("mail")
    first, second = log.page().items[::-1]
    assert (first.actor, first.action, first.kind, first.target, first.result) == (
        "kim",
        "requeue",
        "job",
        job_id,
        "done",
    )
    assert (second.action, second.kind, second.queue, second.at) == ("pause", "queue", "mail", world.clock())


def test_a_change_that_was_refused_is_recorded_with_the_reason(world: World, log: AuditLog, adapter: Adapter) -> None:
    job_id = world.jobs.pending(1)[0]
    with pytest.raises(ActionRefused):
        adapter.act(Action.REQUEUE, "mail", job_id)
    entry = log.page().items[0]
    assert not entry.done
    assert "pending" in entry.result


def test_reading_is_not_recorded(world: World, log: AuditLog, adapter: Adapter) -> None:
    world.jobs.pending(1)
    adapter.queues()
    adapter.queue("mail")
    assert log.page().items == ()


def test_arguments_of_an_edit_are_not_kept(world: World, log: AuditLog, adapter: Adapter) -> None:
    job_id = world.jobs.dead(1)[0]
    adapter.edit("mail", job_id, {"password": "hunter2"})
    assert log.page().items[0].action == "edit"
    stored = world.store.client.xrange(world.store.audit)
    assert b"hunter2" not in repr(stored).encode()


def test_entries_are_paged_newest_first_without_gaps_although_new_ones_come(log: AuditLog) -> None:
    for number in range(25):
        log.record(Entry("pause", target=str(number)))
    seen, cursor = [], ""
    while True:
        page = log.page(cursor=cursor, limit=7)
        seen += [entry.target for entry in page.items]
        log.record(Entry("resume", target="new"))
        if not page.next_cursor:
            break
        cursor = page.next_cursor
    assert seen == [str(number) for number in reversed(range(25))]


def test_entries_are_found_by_what_they_are_about(log: AuditLog) -> None:
    log.record(Entry("pause", "queue", "main", "mail", "mail", actor="kim"))
    log.record(Entry("requeue", "job", "main", "billing", "job-1", actor="lee"))
    assert [entry.target for entry in log.page(Wanted(actor="lee")).items] == ["job-1"]
    assert [entry.target for entry in log.page(Wanted(queue="mail")).items] == ["mail"]
    assert log.page(Wanted(actor="kim", queue="billing")).items == ()


def test_a_rare_entry_is_looked_for_in_bounded_steps(log: AuditLog) -> None:
    log.record(Entry("purge", target="wanted"))
    for _ in range(2_100):
        log.record(Entry("pause"))
    first = log.page(Wanted(action="purge"))
    assert (first.items, first.complete, first.searched) == ((), False, 2_000)
    second = log.page(Wanted(action="purge"), cursor=first.next_cursor or "")
    assert [entry.target for entry in second.items] == ["wanted"]


def test_entries_older_than_they_are_kept_go(world: World, log: AuditLog) -> None:
    for number in range(1, 301):
        world.store.client.xadd(world.store.audit, {"entry": "{}"}, id=f"{number}-0")
    log.record(Entry("resume"))
    assert len(log.page(limit=200).items) < 200


def test_operations_are_recorded_when_they_start_and_when_they_are_changed(world: World) -> None:
    world.jobs.dead(3)
    operation = world.start(reason="the server is back")
    world.operations.pause(operation.id)
    world.operations.pause(operation.id)
    world.operations.cancel(operation.id)
    entries = world.services.audit.page().items[::-1]
    assert [(entry.action, entry.target) for entry in entries] == [
        (verb, operation.id) for verb in ("requeue", "pause", "cancel")
    ]
    assert entries[0].count == 3
    assert "the server is back" in entries[0].detail


def test_a_cursor_that_is_none_is_refused(log: AuditLog) -> None:
    with pytest.raises(InvalidRequest):
        log.page(cursor="nonsense")


def test_a_store_that_is_down_does_not_undo_what_was_done(make_server: type[RealServer]) -> None:
    server = make_server()
    server.start()
    log = AuditLog(Store(server.url, timeout=0.5), lambda: 0.0)
    server.kill()
    log.record(Entry("pause"))


@given(
    stored=st.binary(max_size=60) | st.sampled_from([b"[]", b"{}", b'{"action": {}}', b'{"at": "x", "nonsense": 1}'])
)
def test_a_damaged_entry_says_so_and_hides_no_other(stored: bytes) -> None:
    from dashboard.audit.log import _entry  # noqa: PLC0415 - what lies in Redis, without a server per example

    assert _entry("1700000000000-0", stored).id == "1700000000000-0"
