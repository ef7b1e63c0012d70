"""One job taken back, moved elsewhere or edited: whole, at once, or refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.adapters.contract import (
    Action,
    ActionRefused,
    Adapter,
    Capability,
    Selector,
    State,
    UnknownJob,
    UnknownQueue,
)
from tests.contract import words

pytestmark = pytest.mark.needs(Capability.EDIT)


def _dead_ids(adapter: Adapter) -> list[str]:
    return [job.id for job in adapter.jobs(Selector(queue="mail")).items]


def test_a_requeue_is_taken_back_to_the_old_place(adapter: Adapter, seeder: Any) -> None:
    ids = seeder.failed("mail", 3)
    before = _dead_ids(adapter)
    adapter.act(Action.REQUEUE, "mail", ids[1])
    assert adapter.job("mail", ids[1]).can(Action.UNDO)
    assert adapter.act(Action.UNDO, "mail", ids[1]) == State.FAILED
    assert _dead_ids(adapter) == before
    job = adapter.job("mail", ids[1])
    assert (job.state, job.requeues, job.can(Action.UNDO)) == (State.FAILED, 0, False)


def test_a_list_offers_to_take_a_requeue_back_and_nothing_else_does(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1)
    adapter.act(Action.REQUEUE, "mail", job_id)
    (fresh,) = seeder.pending("mail", 1)
    offered = {job.id: job.can(Action.UNDO) for job in adapter.jobs(Selector(queue="mail", state=State.PENDING)).items}
    assert offered == {job_id: True, fresh: False}


def test_what_started_or_was_never_requeued_is_not_taken_back(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1)
    with pytest.raises(ActionRefused, match="is failed"):
        adapter.act(Action.UNDO, "mail", job_id)
    adapter.act(Action.REQUEUE, "mail", job_id)
    (fresh,) = seeder.pending("mail", 1)
    with pytest.raises(ActionRefused, match="was not requeued"):
        adapter.act(Action.UNDO, "mail", fresh)
    seeder.processing("mail", 0)
    with pytest.raises(ActionRefused, match="processing"):
        adapter.act(Action.UNDO, "mail", job_id)
    with pytest.raises(UnknownJob):
        adapter.act(Action.UNDO, "mail", "nobody")


def test_a_failed_job_goes_whole_to_another_queue(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1, priority=3, data={"to": "ann", "password": "hunter2"})
    (waiting,) = seeder.pending("bulk", 1, priority=3)
    before = adapter.job("mail", job_id)
    assert adapter.move("mail", job_id, "bulk") == State.PENDING
    after = adapter.job("bulk", job_id)
    assert (after.queue, after.state, after.requeues) == ("bulk", State.PENDING, 1)
    assert (after.payload, after.history, after.priority) == (before.payload, before.history, before.priority)
    assert not after.can(Action.UNDO)
    assert [(change.kind, change.note) for change in after.changes] == [("move", "mail")]
    pending = [job.id for job in adapter.jobs(Selector(queue="bulk", state=State.PENDING)).items]
    assert pending == [waiting, job_id]
    assert adapter.queue("mail").failed == 0
    with pytest.raises(UnknownJob):
        adapter.job("mail", job_id)


def test_a_move_that_cannot_be_is_refused_and_changes_nothing(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1)
    seeder.pending("bulk", 1)
    with pytest.raises(UnknownQueue):
        adapter.move("mail", job_id, "nowhere")
    with pytest.raises(ActionRefused, match="another queue"):
        adapter.move("mail", job_id, "mail")
    with pytest.raises(UnknownJob):
        adapter.move("mail", "nobody", "bulk")
    (fresh,) = seeder.pending("mail", 1)
    with pytest.raises(ActionRefused, match="pending"):
        adapter.move("mail", fresh, "bulk")
    assert adapter.job("mail", job_id).state == State.FAILED


def test_each_edit_keeps_the_arguments_before_it_with_secrets_hidden(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1, data={"to": "ann", "token": "t0p"})
    for name in ("bob", "cid"):
        before = words.plain(seeder, adapter.job("mail", job_id).payload.data)
        adapter.edit("mail", job_id, words.shown(seeder, {**before, "to": name}))
        seeder.fail_again("mail")
    job = adapter.job("mail", job_id)
    assert words.plain(seeder, job.payload.data)["to"] == "cid"
    assert [words.plain(seeder, edit.payload.data)["to"] for edit in job.edits] == ["ann", "bob"]
    assert all(edit.payload.redacted == 1 and "t0p" not in str(edit) for edit in job.edits)
    assert 0 < job.edits[0].at <= job.edits[1].at


def test_the_version_that_failed_is_told_of_job_and_group(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1, app_version="2.4.1")
    seeder.failed("mail", 1, app_version="2.4.2")
    job = adapter.job("mail", job_id)
    assert job.version == "2.4.1"
    assert [attempt.version for attempt in job.history] == ["2.4.1"]
    assert {each.version for each in adapter.jobs(Selector(queue="mail")).items} == {"2.4.1", "2.4.2"}
    (group,) = adapter.groups(Selector(queue="mail")).items
    assert group.version == "2.4.2"
    assert [version for version, _ in group.versions] == ["2.4.1", "2.4.2"]
    assert group.versions[0][1] <= group.versions[1][1]


def test_a_job_whose_detail_was_not_kept_shows_that_of_its_group(adapter: Adapter, seeder: Any) -> None:
    seeder.limit_details("mail", 2)
    ids = seeder.failed("mail", 4)
    own, lent = adapter.job("mail", ids[0]).error, adapter.job("mail", ids[-1]).error
    assert own is not None
    assert lent is not None
    assert (own.of_group, lent.of_group) == (False, True)
    assert lent.traceback == own.traceback != ""
    assert lent.type == "ValueError"


def test_an_operation_tells_which_new_errors_its_jobs_met(adapter: Adapter, seeder: Any) -> None:
    seeder.failed("mail", 3)
    (part,) = adapter.select(Action.REQUEUE, Selector(queue="mail")).parts
    adapter.begin("op", Action.REQUEUE, part)
    adapter.step("op", Action.REQUEUE, part, 100)
    seeder.fail_again("mail", fingerprint="b" * 16)
    outcome = adapter.outcome([("op", part)])
    assert (outcome.refailed_new, outcome.new_errors) == (3, (("b" * 16, 3),))


def test_what_was_done_by_hand_is_told_oldest_first(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1)
    adapter.act(Action.REQUEUE, "mail", job_id)
    adapter.act(Action.UNDO, "mail", job_id)
    adapter.edit("mail", job_id, words.shown(seeder, {"to": "bob"}))
    changes = adapter.job("mail", job_id).changes
    assert [change.kind for change in changes] == ["requeue", "undo", "edit"]
    assert 0 < changes[0].at <= changes[-1].at


def test_an_edit_of_a_job_that_changed_since_it_was_seen_is_refused(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1)
    seen = adapter.job("mail", job_id).revision
    adapter.edit("mail", job_id, words.shown(seeder, {"to": "bob"}), seen)
    seeder.fail_again("mail")
    with pytest.raises(ActionRefused, match="changed meanwhile"):
        adapter.edit("mail", job_id, words.shown(seeder, {"to": "cid"}), seen)
    assert words.plain(seeder, adapter.job("mail", job_id).payload.data) == {"to": "bob"}


def test_a_running_job_that_was_asked_to_stop_says_so(adapter: Adapter, seeder: Any) -> None:
    (claim,) = seeder.processing("mail", 1)
    assert not adapter.job("mail", claim.id).cancel_requested
    adapter.act(Action.CANCEL, "mail", claim.id)
    assert adapter.job("mail", claim.id).cancel_requested
