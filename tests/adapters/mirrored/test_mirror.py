"""Failures of a product are found, grouped, followed and forgotten."""

from __future__ import annotations

import pytest

from dashboard.adapters.contract import (
    Action,
    ActionRefused,
    Selector,
    SourceUnavailable,
    State,
    UnknownJob,
    UnknownQueue,
)
from dashboard.adapters.mirrored.adapter import KEPT_DAYS, MirroredAdapter
from dashboard.adapters.mirrored.mirror import Mirror
from dashboard.adapters.mirrored.product import DeadLetter, Fate, Sighting
from tests.adapters.mirrored.shelf import Shelf
from tests.sent_commands import record_commands


def test_before_anything_was_looked_at_the_number_of_failures_is_not_known(
    shelf: Shelf, adapter: MirroredAdapter, now: float
) -> None:
    shelf.add_failed("mail", "a", at=now)
    assert adapter.queue("mail").failed is None
    assert not adapter.groups(Selector()).complete
    adapter.maintain()
    assert adapter.queue("mail").failed == 1


def test_failures_lie_in_groups_with_the_products_times(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    shelf.add_failed("mail", "a", at=now - 7_200)
    shelf.add_failed("mail", "b", at=now - 60)
    shelf.add_failed("mail", "c", at=now - 30, error="KeyError: 'total'")
    adapter.maintain()
    newest, oldest = adapter.groups(Selector()).items
    assert (newest.error_type, newest.count) == ("KeyError", 1)
    assert (oldest.error_type, oldest.message, oldest.count) == ("ValueError", "bad address", 2)
    assert (oldest.first_seen, oldest.last_seen) == (now - 7_200, now - 60)
    assert oldest.queue == "mail"
    assert sum(oldest.trend) == 2
    assert [job.id for job in adapter.jobs(Selector(fingerprint=oldest.fingerprint)).items] == ["b", "a"]


def test_a_failure_that_was_found_late_is_not_counted_as_failing_now(
    shelf: Shelf, adapter: MirroredAdapter, now: float
) -> None:
    shelf.add_failed("mail", "old", at=now - 7_200)
    shelf.add_failed("mail", "new", at=now - 1)
    adapter.maintain()
    assert adapter.queue("mail").totals["failed"] == 1


def test_looking_again_changes_nothing(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    shelf.add_failed("mail", "a", at=now)
    for _ in range(3):
        adapter.maintain()
    (group,) = adapter.groups(Selector()).items
    assert group.count == 1


def test_a_job_that_failed_again_by_itself_moves_to_the_group_of_its_new_error(
    shelf: Shelf, adapter: MirroredAdapter, now: float
) -> None:
    shelf.add_failed("mail", "a", at=now - 60)
    adapter.maintain()
    shelf.add_failed("mail", "a", at=now, error="KeyError: 'total'")
    adapter.maintain()
    (group,) = adapter.groups(Selector()).items
    assert (group.error_type, group.count, group.last_seen) == ("KeyError", 1, now)


def test_a_failure_that_is_gone_from_the_product_is_forgotten(
    shelf: Shelf, adapter: MirroredAdapter, now: float
) -> None:
    shelf.add_failed("mail", "a", at=now)
    adapter.maintain()
    shelf.client.hdel("shelf:mail:failed", "a")
    adapter._follower.check_soon()
    adapter.maintain()
    assert adapter.jobs(Selector()).items == ()
    assert adapter.queue("mail").failed == 0


@pytest.mark.parametrize("name", ["<b>x</b>", "x.mail", "a queue with spaces", "é" * 60, "q" * 300, "y.1"])
def test_queues_and_jobs_of_any_name_keep_it(shelf: Shelf, adapter: MirroredAdapter, now: float, name: str) -> None:
    shelf.add_failed(name, f"job {name}", at=now)
    adapter.maintain()
    (job,) = adapter.jobs(Selector(queue=name)).items
    assert (job.queue, job.id) == (name, f"job {name}")
    (group,) = adapter.groups(Selector(queue=name)).items
    assert (group.queue, group.sample_id) == (name, f"job {name}")
    assert adapter.act(Action.REQUEUE, name, job.id) == State.PENDING
    assert shelf.waiting(name) == [job.id]


def test_a_job_shows_its_frames_and_hides_its_secrets(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    shelf.add_failed("mail", "a", at=now, args=[{"password": "hunter2"}])
    adapter.maintain()
    job = adapter.job("mail", "a")
    assert job.payload.data == {"args": [{"password": "[redacted]"}]}
    assert job.error is not None
    assert [(frame.path, frame.line, frame.function) for frame in job.error.frames] == [
        ("/app/shop/mail.py", 12, "send")
    ]
    assert job.error.fingerprint == adapter.groups(Selector()).items[0].fingerprint


def test_a_queue_without_failures_has_an_empty_list_and_an_unknown_queue_none(
    shelf: Shelf, adapter: MirroredAdapter
) -> None:
    shelf.client.sadd("shelf:queues", "quiet")
    adapter.maintain()
    assert adapter.jobs(Selector(queue="quiet")).items == ()
    assert adapter.groups(Selector(queue="quiet")).items == ()
    with pytest.raises(UnknownQueue):
        adapter.jobs(Selector(queue="nothing"))


def test_one_job_is_requeued_once(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    shelf.add_failed("mail", "a", at=now)
    adapter.maintain()
    assert adapter.act(Action.REQUEUE, "mail", "a") == State.PENDING
    with pytest.raises(ActionRefused, match="pending"):
        adapter.act(Action.REQUEUE, "mail", "a")
    assert shelf.waiting("mail") == ["a"]
    assert adapter.jobs(Selector()).items == ()
    with pytest.raises(UnknownJob):
        adapter.act(Action.REQUEUE, "mail", "nothing")


def test_a_requeue_is_taken_back_while_the_job_waits(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    shelf.add_failed("mail", "a", at=now - 60)
    adapter.maintain()
    adapter.act(Action.REQUEUE, "mail", "a")
    assert adapter.act(Action.UNDO, "mail", "a") == State.FAILED
    assert shelf.failed("mail") == ["a"]
    (job,) = adapter.jobs(Selector()).items
    assert job.finished_at == now - 60


def test_a_purged_job_lies_in_the_trash_until_it_is_restored(
    shelf: Shelf, adapter: MirroredAdapter, now: float
) -> None:
    shelf.add_failed("mail", "a", at=now)
    adapter.maintain()
    before = shelf.client.hget("shelf:mail:failed", "a")
    assert adapter.act(Action.PURGE, "mail", "a") is None
    assert shelf.failed("mail") == []
    assert [job.id for job in adapter.trash(Selector()).items] == ["a"]
    assert adapter.job("mail", "a").in_trash
    assert adapter.act(Action.RESTORE, "mail", "a") == State.FAILED
    assert shelf.client.hget("shelf:mail:failed", "a") == before
    assert [job.id for job in adapter.jobs(Selector()).items] == ["a"]


def test_an_edited_job_goes_back_with_its_new_arguments(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    shelf.add_failed("mail", "a", at=now, args=[{"to": "ann", "password": "hunter2"}])
    adapter.maintain()
    shown = adapter.job("mail", "a")
    data = {"args": [{**shown.payload.data["args"][0], "to": "bob"}]}
    assert adapter.edit("mail", "a", data, shown.revision) == State.PENDING
    assert b'"hunter2"' in (shelf.client.lindex("shelf:mail", 0) or b"")
    assert b'"bob"' in (shelf.client.lindex("shelf:mail", 0) or b"")


def test_what_cannot_be_put_back_is_refused_with_the_reason(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    shelf.add_failed("mail", "a", at=now, requeueable="set result_extended")
    adapter.maintain()
    assert not adapter.jobs(Selector()).items[0].can(Action.REQUEUE)
    with pytest.raises(ActionRefused, match="set result_extended"):
        adapter.act(Action.REQUEUE, "mail", "a")
    assert shelf.failed("mail") == ["a"]


def test_an_idle_mirror_costs_few_commands_however_many_queues_it_has(
    shelf: Shelf, redis_url: str, now: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(10_000))
    adapter = MirroredAdapter(shelf, redis_url, {"clock": lambda: now + next(clock) / 10})
    for number in range(60):
        shelf.add_failed(f"queue-{number}", "a", at=now)
    while adapter.maintain():
        pass
    monkeypatch.setattr(shelf, "look", lambda *_: Sighting((), whole=True))
    sent = record_commands(monkeypatch)
    turns = 20
    for _ in range(turns):
        adapter.maintain()
    assert 0 < len(sent) <= 8 * turns


def test_a_failure_that_no_look_has_found_yet_can_be_purged_and_restored(
    shelf: Shelf, adapter: MirroredAdapter, now: float
) -> None:
    shelf.add_failed("mail", "a", at=now)
    assert adapter.act(Action.PURGE, "mail", "a") is None
    assert [job.id for job in adapter.trash(Selector()).items] == ["a"]
    assert adapter.act(Action.RESTORE, "mail", "a") == State.FAILED
    assert shelf.failed("mail") == ["a"]


def test_what_became_of_a_requeued_job_is_not_waited_for_without_end(
    shelf: Shelf, redis_url: str, now: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "fates", lambda _, letters: [Fate.UNKNOWN] * len(letters))
    later = [now]
    adapter = MirroredAdapter(shelf, redis_url, {"clock": lambda: later[0]})
    shelf.add_failed("mail", "a", at=now)
    adapter.maintain()
    adapter.act(Action.REQUEUE, "mail", "a")
    later[0] += (KEPT_DAYS + 1) * 86_400
    adapter.maintain()
    assert adapter._mirror.queues()["mail"].pending == 0


def test_an_error_that_is_kept_whole_has_no_ellipsis(shelf: Shelf, adapter: MirroredAdapter, now: float) -> None:
    said = "no space left on device: bucket eu-exports, 51 bytes of exports for November"
    shelf.add_failed("mail", "whole", at=now, error=f"OSError: {said}")
    shelf.add_failed("mail", "long", at=now - 1, error=f"OSError: {said * 4}")
    adapter.maintain()
    whole, long = (job.error.message for job in adapter.jobs(Selector()).items if job.error)
    assert whole == said
    assert long.endswith("…")


def test_a_failure_whose_time_is_not_told_is_as_old_as_it_was_first_seen_until_its_sign_is_another_one(
    redis_url: str, now: float
) -> None:
    mirror = Mirror("main", redis_url, {})

    def seen(sign: str) -> float:
        mirror.record([DeadLetter("mail", "a", "send", 0.0, "ValueError", "bad", sign=sign)])
        (kept,) = mirror.kept("mail", ["a"])
        assert kept is not None
        return kept.failed_at

    first = seen("ab")
    assert abs(first - now) < 60
    assert seen("ab") == first
    assert seen("cd") > first
    assert mirror.queues()["mail"].failed == 1


def test_failures_that_are_given_once_are_kept_for_when_the_store_answers_again(
    shelf: Shelf, adapter: MirroredAdapter, now: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.add_failed("mail", "a", at=now)
    given = [shelf.look("", 50)]
    monkeypatch.setattr(shelf, "look", lambda *_: given.pop() if given else Sighting((), "rest"))

    def down(*_: object) -> int:
        raise SourceUnavailable("the store does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(Mirror, "record", down)
        with pytest.raises(SourceUnavailable):
            adapter.maintain()
    adapter.maintain()
    assert adapter.queue("mail").failed == 1


def test_a_queue_that_its_product_does_not_list_is_known_by_its_failures_alone(
    shelf: Shelf, adapter: MirroredAdapter, now: float
) -> None:
    shelf.add_failed("mail", "a", at=now)
    adapter.maintain()
    assert not adapter.queue("mail").failures_only
    shelf.client.srem("shelf:queues", "mail")
    alone = adapter.queue("mail")
    assert (alone.failures_only, alone.failed, alone.pending) == (True, 1, None)


def test_a_queue_without_failures_counts_them_from_nothing_once_all_were_looked_for(
    shelf: Shelf, adapter: MirroredAdapter, now: float
) -> None:
    shelf.client.sadd("shelf:queues", "mail")
    assert adapter.queue("mail").failed_per_minute is None
    adapter.maintain()
    quiet = adapter.queue("mail")
    assert (quiet.failed, quiet.failed_per_minute, quiet.dead_per_minute) == (0, 0.0, 0.0)
    assert quiet.totals["failed"] == 0
