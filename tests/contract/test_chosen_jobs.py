"""Jobs chosen by their ids: exactly these are acted on, and only as they were when they were chosen."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.adapters.contract import Action, Adapter, Capability, InvalidRequest, Selector, State, UnknownQueue
from tests.contract.test_changing import run

pytestmark = pytest.mark.needs(Capability.REQUEUE, Capability.PURGE)


def test_ids_need_a_queue_and_a_queue_must_exist(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1)
    with pytest.raises(InvalidRequest, match="queue"):
        adapter.select(Action.PURGE, Selector(ids=(job_id,)))
    with pytest.raises(UnknownQueue):
        adapter.select(Action.PURGE, Selector(queue="nothing"))
    with pytest.raises(InvalidRequest):
        adapter.select(Action.REQUEUE, Selector(queue="mail", state=State.SUCCEEDED))
    with pytest.raises(InvalidRequest):
        adapter.select(Action.CANCEL, Selector(queue="mail"))


def test_chosen_jobs_are_moved_and_others_are_not(adapter: Adapter, seeder: Any) -> None:
    ids = seeder.failed("mail", 5)
    selection = adapter.select(Action.REQUEUE, Selector(queue="mail", ids=(*ids[:2], "nothing")))
    assert selection.matched == 2
    assert any("no longer" in warning for warning in selection.warnings)
    assert run(adapter, Action.REQUEUE, selection.parts) == 2
    assert {job.id for job in adapter.jobs(Selector(queue="mail")).items} == set(ids[2:])


@pytest.mark.parametrize("action", [Action.PURGE, Action.REQUEUE])
def test_a_chosen_job_that_someone_requeued_meanwhile_is_left_alone(
    adapter: Adapter, seeder: Any, action: Action
) -> None:
    ids = seeder.failed("mail", 3)
    selection = adapter.select(action, Selector(queue="mail", ids=tuple(ids)))
    adapter.act(Action.REQUEUE, "mail", ids[0])
    assert run(adapter, action, selection.parts) == 2
    assert adapter.job("mail", ids[0]).state == State.PENDING
    assert not adapter.job("mail", ids[0]).in_trash


def test_a_chosen_job_that_failed_again_after_it_was_chosen_is_left_alone(adapter: Adapter, seeder: Any) -> None:
    first, second = seeder.failed("mail", 2)
    chosen = adapter.select(Action.REQUEUE, Selector(queue="mail", ids=(first, second)))
    adapter.act(Action.REQUEUE, "mail", first)
    seeder.fail_again("mail")
    run(adapter, Action.REQUEUE, chosen.parts)
    assert adapter.job("mail", first).state == State.FAILED
    assert adapter.job("mail", second).state == State.PENDING


@pytest.mark.needs(Capability.RESTORE)
def test_chosen_purged_jobs_are_restored_and_others_stay_in_the_trash(adapter: Adapter, seeder: Any) -> None:
    ids = seeder.failed("mail", 4)
    run(adapter, Action.PURGE, adapter.select(Action.PURGE, Selector(queue="mail")).parts)
    selection = adapter.select(Action.RESTORE, Selector(queue="mail", ids=tuple(ids[:3])))
    assert selection.matched == 3
    assert run(adapter, Action.RESTORE, selection.parts, "back") == 3
    assert adapter.queue("mail").failed == 3
    assert adapter.job("mail", ids[3]).in_trash
