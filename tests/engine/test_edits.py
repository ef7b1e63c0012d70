"""What a job was asked to do before it was edited stays with it, within bounds."""

from __future__ import annotations

import re

import pytest

from queue_core.edits import MOST_BYTES, READ_BYTES, PastPayload, parse
from queue_core.replies import text
from tests.engine.queue_under_test import QueueUnderTest


def _edits(queue: QueueUnderTest, job: str) -> tuple[PastPayload, ...]:
    stored = queue.client.get(queue.keys.edits(job)) or b""
    assert len(stored) <= READ_BYTES
    return parse(stored)


def _edit(queue: QueueUnderTest, job: str, payload: bytes) -> None:
    """Edit a dead letter and let it die again."""
    assert queue.engine.control_job("edit", job, payload) == (True, "p")
    queue.claim()
    queue.settle("p", job, fingerprint="broken", blob=b"detail")


def test_the_payload_before_an_edit_is_kept_with_its_time(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    before = queue.now()
    queue.engine.control_job("edit", job, b"mended")
    (past,) = _edits(queue, job)
    assert (past.stored, past.size) == (f"payload of {job}".encode(), len(f"payload of {job}"))
    assert before / 1000 <= past.at <= queue.now() / 1000
    assert queue.problems({job: b"mended"}) == []


def test_an_edit_leaves_the_error_detail_unless_told_otherwise(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    queue.engine.control_job("edit", job, b"mended")
    assert queue.client.get(queue.keys.error(job)) == b"detail"


def test_the_newest_five_are_kept(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    for number in range(7):
        _edit(queue, job, b"payload\n1 2 3\n%d" % number)
    assert [past.stored for past in _edits(queue, job)] == [b"payload\n1 2 3\n%d" % n for n in (1, 2, 3, 4, 5)]
    assert queue.record(job)["ed"] == "7"
    assert queue.problems() == []


def test_together_they_never_pass_sixty_four_kilobytes(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    for letter in (b"a", b"b", b"c", b"d"):
        _edit(queue, job, letter * 30_000)
    assert [past.stored[:1] for past in _edits(queue, job)] == [b"b", b"c"]
    assert queue.problems() == []


def test_of_one_too_large_its_size_is_kept(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    _edit(queue, job, b"x" * (MOST_BYTES + 1))
    _edit(queue, job, b"small")
    assert [(past.size, past.stored) for past in _edits(queue, job)] == [
        (len(f"payload of {job}"), f"payload of {job}".encode()),
        (MOST_BYTES + 1, b""),
    ]
    assert queue.problems() == []


def test_they_stay_through_requeue_purge_restore_and_undo(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    _edit(queue, job, b"mended")
    kept = _edits(queue, job)
    for verb in ("requeue", "undo", "purge", "restore", "requeue"):
        assert queue.engine.control_job(verb, job)[0]
        assert _edits(queue, job) == kept
    assert queue.problems({job: b"mended"}) == []


def test_they_go_with_the_job(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    _edit(queue, job, b"mended")
    queue.engine.control_job("purge", job)
    queue.engine.configure(trash_age=-1)
    queue.engine.tick()
    assert [text(key) for key in queue.client.scan_iter(match="*:b:*")] == []
    assert queue.problems() == []


def test_an_edit_of_a_job_that_was_changed_since_it_was_seen_is_refused(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    seen = f"{queue.record(job)['ds']}.0"
    _edit(queue, job, b"by another")
    assert queue.engine.control_job("edit", job, b"mine", b"", seen) == (False, "other")
    queue.engine.control_job("edit", job, b"by a third")
    queue.engine.control_job("undo", job)
    now = queue.record(job)
    assert queue.engine.control_job("edit", job, b"mine", b"", f"{now['ds']}.1") == (False, "other")
    assert queue.engine.control_job("edit", job, b"mine", b"", f"{now['ds']}.2") == (True, "p")
    assert queue.problems({job: b"mine"}) == []


def test_what_was_done_by_hand_is_noted_the_newest_four(queue: QueueUnderTest) -> None:
    (job,) = queue.dead()
    for verb in ("requeue", "undo", "requeue", "undo"):
        queue.engine.control_job(verb, job)
    queue.engine.control_job("edit", job, b"mended")
    noted = queue.record(job)["ch"]
    assert re.sub(r"\d{13}", "", noted) == "urue"
    assert len(noted) == 56, "a hash stays small while its values have at most 64 bytes"


@pytest.mark.parametrize("damaged", [b"", b"nonsense", b"1 2 99\nshort", b"9" * 40 + b" 1 1\nx", b"1 1\nx"])
def test_damaged_bytes_are_left_out(damaged: bytes) -> None:
    assert parse(damaged) == ()
    assert parse(b"1000 1 1\nx" + damaged) == (PastPayload(1.0, 1, b"x"),)


def test_a_group_keeps_as_many_error_details_as_its_queue_says(queue: QueueUnderTest) -> None:
    queue.engine.configure(details=2)
    ids = queue.dead(4)
    assert [queue.client.exists(queue.keys.error(job)) for job in ids] == [1, 1, 0, 0]
    assert queue.engine.sample_errors("broken") == [b"detail"] * 3, "the first job's, and those of the oldest"
    assert queue.engine.sample_errors("unknown") == []
