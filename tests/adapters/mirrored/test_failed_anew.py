"""Failures without a time: which of them are the same, and which have failed anew."""

from __future__ import annotations

from dashboard.adapters.mirrored.letters import unable
from dashboard.adapters.mirrored.mirror import Mirror
from dashboard.adapters.mirrored.product import DeadLetter


def test_a_requeued_job_that_failed_anew_just_as_before_is_a_dead_letter_again(redis_url: str) -> None:
    mirror = Mirror("main", redis_url, {})
    letter = DeadLetter("mail", "a", "send", 0.0, "ValueError", "bad", sign="ab")
    mirror.record([letter])
    mirror.engine("mail").control_job("requeue", "a")
    (waiting,) = mirror.some("mail", "pend", 0, 10)
    assert mirror.record([letter]) == 0, "it may be the failure from before the requeue"
    assert mirror.end("mail", [(waiting, "f")]) == 1
    assert mirror.end("mail", [(waiting, "f")]) == 0
    assert mirror.record([letter]) == 1
    assert mirror.adapter.job("mail", "a").requeues == 1
    numbers = mirror.queues()["mail"]
    assert (numbers.pending, numbers.failed) == (0, 1)


def test_a_failure_that_was_purged_before_it_was_found_and_came_back_is_counted_once(redis_url: str) -> None:
    mirror = Mirror("main", redis_url, {})
    mirror.record([DeadLetter("mail", "a", "send", 5.0, "ValueError", "bad")])
    found = DeadLetter("mail", "a", "send", 0.0, "ValueError", "bad", sign="ab", memo={"entry": "1-1"})
    assert mirror.record([found]) == 0
    (kept,) = mirror.kept("mail", ["a"])
    assert kept is not None
    assert kept.memo == {"entry": "1-1"}
    assert mirror.record([found]) == 0


def test_a_failure_recorded_without_a_reason_why_it_cannot_be_put_back_has_one_all_the_same() -> None:
    assert unable("unstored") == "its arguments could not be read"
    assert unable("unstored:set result_extended") == "set result_extended"
    assert unable("exhausted") == ""
