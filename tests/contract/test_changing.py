"""What every adapter must do to jobs: exactly what was asked, once, and never more."""

from __future__ import annotations

import time
from typing import Any

import pytest

from dashboard.adapters.contract import (
    Action,
    ActionRefused,
    Adapter,
    Capability,
    InvalidRequest,
    Part,
    Selector,
    State,
    UnknownJob,
)
from tests.contract import words


def run(adapter: Adapter, action: Action, parts: tuple[Part, ...], name: str = "op") -> int:
    done = 0
    for number, part in enumerate(parts):
        adapter.begin(f"{name}-{number}", action, part)
        while not (step := adapter.step(f"{name}-{number}", action, part, 100)).finished:
            done += step.done
        done += step.done
    return done


def wait_for_the_next_millisecond() -> None:
    """Servers tell time in milliseconds; what comes later must have a later one."""
    start = time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 <= start + 1:
        pass


@pytest.mark.needs(Capability.PAUSE)
def test_a_paused_queue_is_shown_as_paused_until_it_is_resumed(adapter: Adapter, seeder: Any) -> None:
    seeder.pending("mail", 1)
    adapter.pause("mail")
    assert adapter.queue("mail").paused is True
    adapter.resume("mail")
    assert adapter.queue("mail").paused is False


@pytest.mark.needs(Capability.REQUEUE)
def test_a_failed_job_is_requeued_once(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1)
    assert adapter.act(Action.REQUEUE, "mail", job_id) == State.PENDING
    with pytest.raises(ActionRefused, match="pending"):
        adapter.act(Action.REQUEUE, "mail", job_id)
    assert adapter.queue("mail").pending == 1


@pytest.mark.needs(Capability.PURGE, Capability.RESTORE)
def test_a_purged_job_can_be_restored(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1)
    assert adapter.act(Action.PURGE, "mail", job_id) is None
    assert adapter.queue("mail").failed == 0
    assert adapter.job("mail", job_id).in_trash
    assert adapter.act(Action.RESTORE, "mail", job_id) == State.FAILED
    assert adapter.queue("mail").failed == 1


@pytest.mark.needs(Capability.PURGE, Capability.RESTORE)
def test_a_job_purged_in_bulk_can_be_restored_by_itself(adapter: Adapter, seeder: Any) -> None:
    job_id = seeder.failed("mail", 3)[0]
    parts = adapter.select(Action.PURGE, Selector(queue="mail")).parts
    run(adapter, Action.PURGE, parts)
    assert adapter.act(Action.RESTORE, "mail", job_id) == State.FAILED
    assert adapter.queue("mail").failed == 1
    back = adapter.reverse("op-0", Action.PURGE, parts[0])
    assert back is not None
    assert back.matched == 2
    with pytest.raises(ActionRefused, match="failed"):
        adapter.act(Action.RESTORE, "mail", job_id)
    with pytest.raises(UnknownJob):
        adapter.act(Action.RESTORE, "mail", "nothing")


@pytest.mark.needs(Capability.CANCEL)
def test_a_waiting_job_is_cancelled_and_a_running_one_is_asked_to_stop(adapter: Adapter, seeder: Any) -> None:
    running = seeder.processing("mail", 1)[0].id
    (waiting,) = seeder.pending("mail", 1)
    assert adapter.act(Action.CANCEL, "mail", waiting) == State.CANCELLED
    assert adapter.act(Action.CANCEL, "mail", running) == State.PROCESSING
    with pytest.raises(UnknownJob):
        adapter.act(Action.CANCEL, "mail", "nothing")


@pytest.mark.needs(Capability.EDIT)
def test_an_edited_job_keeps_its_history_and_its_secrets(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1, data={"to": "ann", "password": "hunter2"})
    before = words.plain(seeder, adapter.job("mail", job_id).payload.data)
    assert adapter.edit("mail", job_id, words.shown(seeder, {**before, "to": "bob"})) == State.PENDING
    job = adapter.job("mail", job_id)
    assert words.plain(seeder, job.payload.data) == {"to": "bob", "password": "[redacted]"}
    assert len(job.history) >= 1
    assert b"hunter2" in seeder.payload("mail", job_id)


@pytest.mark.needs(Capability.EDIT)
@pytest.mark.parametrize(
    "data", [{"password": "[redacted]", "new_token": "[redacted]"}, float("nan"), "x" * 40_000_000]
)
def test_arguments_that_cannot_be_stored_change_nothing(adapter: Adapter, seeder: Any, data: Any) -> None:
    (job_id,) = seeder.failed("mail", 1, data={"password": "hunter2"})
    before = seeder.payload("mail", job_id)
    with pytest.raises(InvalidRequest):
        adapter.edit("mail", job_id, data)
    assert seeder.payload("mail", job_id) == before
    assert adapter.job("mail", job_id).state == State.FAILED


@pytest.mark.needs(Capability.REQUEUE, Capability.PURGE)
@pytest.mark.parametrize(
    "narrowing",
    [
        {"type": "bill"},
        {"error": "total"},
        {"q": "total"},
        {"fingerprint": "b" * 16},
        {"queue": "bills"},
        {"queue": "bills", "error": "Key"},
    ],
)
@pytest.mark.parametrize("action", [Action.REQUEUE, Action.PURGE])
def test_a_filter_acts_on_what_it_matches_and_on_nothing_else(
    adapter: Adapter, seeder: Any, action: Action, narrowing: dict[str, Any]
) -> None:
    seeder.failed("mail", 3, error="ValueError: bad address", fingerprint="a" * 16)
    seeder.failed("bills", 2, error="KeyError: 'total'", fingerprint="b" * 16, type="bill")
    selection = adapter.select(action, Selector(**narrowing))
    assert selection.matched == 2
    assert selection.by_type == {"bill": 2}
    assert run(adapter, action, selection.parts) == 2
    assert (adapter.queue("mail").failed, adapter.queue("bills").failed) == (3, 0)


@pytest.mark.needs(Capability.PURGE)
@pytest.mark.parametrize(
    "narrowing",
    [
        {"type": "nothing"}, {"error": "nothing"}, {"q": "nothing"}, {"fingerprint": "nothing"}, {"since": 4e9},
        {"until": 1.0}, {"queue": "mail", "ids": ("nothing",)}, {"error": "bad", "type": "nothing"},
        {"queue": "mail", "error": "*"}, {"type": "%"}, {"fingerprint": "*"},
    ],
)  # fmt: skip
def test_a_filter_that_matches_nothing_selects_nothing(
    adapter: Adapter, seeder: Any, narrowing: dict[str, Any]
) -> None:
    seeder.failed("mail", 3)
    selection = adapter.select(Action.PURGE, Selector(**narrowing))
    assert selection.matched == 0
    assert selection.parts == ()


@pytest.mark.needs(Capability.PURGE)
def test_waiting_jobs_found_by_a_filter_are_purged_and_others_are_not(adapter: Adapter, seeder: Any) -> None:
    seeder.pending("mail", 2, type="send")
    seeder.pending("mail", 3, type="bill")
    seeder.failed("dead", 2, type="bill")
    selection = adapter.select(Action.PURGE, Selector(state=State.PENDING, type="bill"))
    assert selection.by_type == {"bill": 3}
    assert run(adapter, Action.PURGE, selection.parts) == 3
    assert (adapter.queue("mail").pending, adapter.queue("dead").failed) == (2, 2)


@pytest.mark.needs(Capability.PURGE)
def test_jobs_that_fail_after_the_selection_was_frozen_are_left_alone(adapter: Adapter, seeder: Any) -> None:
    seeder.failed("mail", 3)
    selection = adapter.select(Action.PURGE, Selector(queue="mail"))
    late = seeder.failed("mail", 2)
    assert run(adapter, Action.PURGE, selection.parts) == 3
    assert sorted(job.id for job in adapter.jobs(Selector(queue="mail")).items) == sorted(late)


@pytest.mark.needs(Capability.REQUEUE, Capability.PURGE, Capability.RESTORE)
@pytest.mark.parametrize("action", [Action.PURGE, Action.REQUEUE])
def test_jobs_brought_back_after_the_selection_was_frozen_are_left_alone(
    adapter: Adapter, seeder: Any, action: Action
) -> None:
    purged, requeued, *others = seeder.failed("mail", 5)
    adapter.act(Action.PURGE, "mail", purged)
    adapter.act(Action.REQUEUE, "mail", requeued)
    selection = adapter.select(action, Selector(queue="mail"))
    adapter.act(Action.RESTORE, "mail", purged)
    adapter.act(Action.UNDO, "mail", requeued)
    assert run(adapter, action, selection.parts) == len(others) == selection.matched
    left = adapter.jobs(Selector(queue="mail", state=State.FAILED)).items
    assert sorted(job.id for job in left) == sorted([purged, requeued])


@pytest.mark.needs(Capability.REQUEUE, Capability.PURGE, Capability.RESTORE)
def test_jobs_brought_back_before_the_selection_was_frozen_are_meant(adapter: Adapter, seeder: Any) -> None:
    purged, requeued, *_ = seeder.failed("mail", 5)
    adapter.act(Action.PURGE, "mail", purged)
    adapter.act(Action.REQUEUE, "mail", requeued)
    adapter.act(Action.RESTORE, "mail", purged)
    adapter.act(Action.UNDO, "mail", requeued)
    selection = adapter.select(Action.PURGE, Selector(queue="mail"))
    assert run(adapter, Action.PURGE, selection.parts) == 5 == selection.matched


@pytest.mark.needs(Capability.PURGE)
def test_a_step_may_be_repeated_and_a_beginning_too(adapter: Adapter, seeder: Any) -> None:
    seeder.failed("mail", 90)
    (part,) = adapter.select(Action.PURGE, Selector(queue="mail")).parts
    adapter.begin("op", Action.PURGE, part)
    first = adapter.step("op", Action.PURGE, part, 60)
    adapter.begin("op", Action.PURGE, part)
    second = adapter.step("op", Action.PURGE, part, 60)
    third = adapter.step("op", Action.PURGE, part, 60)
    assert (first.done, second.done, third.done, third.finished) == (60, 30, 0, True)
    total = adapter.progress("op", part)
    assert (total.done, total.finished) == (90, True)


@pytest.mark.needs(Capability.PURGE, Capability.RESTORE)
def test_waiting_jobs_of_one_state_are_purged_and_restored(adapter: Adapter, seeder: Any) -> None:
    seeder.pending("mail", 4)
    seeder.scheduled("mail", 3, at=time.time() + 3_600)
    selection = adapter.select(Action.PURGE, Selector(queue="mail", state=State.SCHEDULED))
    assert selection.matched == 3
    assert run(adapter, Action.PURGE, selection.parts) == 3
    assert (adapter.queue("mail").scheduled, adapter.queue("mail").pending) == (0, 4)
    back = adapter.reverse("op-0", Action.PURGE, selection.parts[0])
    assert back is not None
    assert run(adapter, Action.RESTORE, (back,), "back") == 3
    assert adapter.queue("mail").scheduled == 3
    assert adapter.reverse("op-0", Action.PURGE, selection.parts[0]) is None


@pytest.mark.needs(Capability.PURGE)
def test_waiting_jobs_that_came_after_the_selection_are_not_purged(adapter: Adapter, seeder: Any) -> None:
    seeder.pending("mail", 3)
    selection = adapter.select(Action.PURGE, Selector(queue="mail", state=State.PENDING))
    wait_for_the_next_millisecond()
    late = seeder.pending("mail", 2)
    assert run(adapter, Action.PURGE, selection.parts) == 3
    assert [job.id for job in adapter.jobs(Selector(queue="mail", state=State.PENDING)).items] == late


@pytest.mark.needs(Capability.REQUEUE)
def test_a_requeue_is_taken_back_for_jobs_that_have_not_started(adapter: Adapter, seeder: Any) -> None:
    seeder.failed("mail", 4)
    selection = adapter.select(Action.REQUEUE, Selector(queue="mail"))
    run(adapter, Action.REQUEUE, selection.parts)
    assert adapter.outcome([("op-0", selection.parts[0])]).pending == 4
    back = adapter.reverse("op-0", Action.REQUEUE, selection.parts[0])
    assert back is not None
    assert run(adapter, Action.UNDO, (back,), "back") == 4
    assert (adapter.queue("mail").failed, adapter.queue("mail").pending) == (4, 0)


@pytest.mark.needs(Capability.REQUEUE)
def test_the_age_of_frozen_jobs_is_told(adapter: Adapter, seeder: Any) -> None:
    seeder.failed("mail", 2)
    seeder.failed("mail", 3, fingerprint="b" * 16)
    before = time.time()
    whole = adapter.select(Action.REQUEUE, Selector(queue="mail"))
    chosen = adapter.select(Action.REQUEUE, Selector(queue="mail", ids=("mail-1", "mail-4")))
    seeder.failed("mail", 1)
    for selection, count in ((whole, 5), (chosen, 2)):
        later = adapter.aged(selection.parts, before + 60)
        assert later is not None
        assert later.oldest is not None
        assert later.count == count
        assert abs(later.oldest - before) < 60
        earlier = adapter.aged(selection.parts, before - 60)
        assert earlier is not None
        assert earlier.count == 0
