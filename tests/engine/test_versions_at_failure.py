"""Which version of the application a job failed on, and since when each version fails."""

from __future__ import annotations

from tests.engine.queue_under_test import QueueUnderTest


def _fail(queue: QueueUnderTest, version: str, kind: str = "p", **options: object) -> str:
    job: str = queue.enqueue(**options)
    queue.claim()
    outcome = queue.outcome(kind, job, fingerprint="broken", message="ValueError: broken")  # type: ignore[arg-type]
    queue.engine.settle("worker", [outcome], version=version)
    return job


def _group(queue: QueueUnderTest) -> dict[str, str]:
    fields = queue.client.hgetall(queue.keys.group_detail("broken"))
    return {name.decode(): value.decode() for name, value in fields.items()}


def test_a_dead_letter_and_its_group_know_the_version(queue: QueueUnderTest) -> None:
    job = _fail(queue, "2.4.1")
    assert queue.record(job)["vn"] == "2.4.1"
    assert _group(queue)["vn"] == "2.4.1"


def test_a_job_that_will_be_tried_again_knows_it_too(queue: QueueUnderTest) -> None:
    job = _fail(queue, "2.4.1", "f")
    assert (queue.state(job), queue.record(job)["vn"]) == ("r", "2.4.1")


def test_a_version_of_any_length_is_kept_up_to_forty_characters(queue: QueueUnderTest) -> None:
    job = _fail(queue, "é" * 50)
    assert queue.record(job)["vn"] == "é" * 40


def test_a_lost_lease_leaves_the_version_that_is_there(queue: QueueUnderTest) -> None:
    job = _fail(queue, "2.4.1", "f")
    queue.let_come_due(job)
    queue.claim()
    queue.let_lease_end(job)
    queue.engine.tick()
    assert queue.record(job)["vn"] == "2.4.1"


def test_a_worker_without_a_version_changes_none(queue: QueueUnderTest) -> None:
    _fail(queue, "2.4.1")
    job = _fail(queue, "")
    assert "vn" not in queue.record(job)
    assert _group(queue)["vn"] == "2.4.1"


def test_a_success_leaves_no_version(queue: QueueUnderTest) -> None:
    assert "vn" not in queue.record(_fail(queue, "2.4.1", "s"))


def test_a_group_keeps_when_each_version_first_failed(queue: QueueUnderTest) -> None:
    before = queue.now()
    _fail(queue, "1.0")
    first = _group(queue)["v|1.0"]
    for version in ("1.1", "1.0", "1.1"):
        _fail(queue, version)
    group = _group(queue)
    assert group["vn"] == "1.1"
    assert before <= int(first) <= int(group["v|1.1"]) <= queue.now()
    assert group["v|1.0"] == first


def test_of_many_versions_the_newest_eight_are_kept(queue: QueueUnderTest) -> None:
    for number in range(12):
        _fail(queue, f"1.{number}")
        key, field = queue.keys.group_detail("broken"), f"v|1.{number}"
        queue.client.hset(key, field, 1_000_000 + number)  # the clock tells the order, whatever the machine's speed
    kept = [name for name in _group(queue) if name.startswith("v|")]
    assert sorted(kept) == sorted(f"v|1.{number}" for number in range(4, 12))


def test_an_operation_counts_which_new_errors_its_jobs_met(queue: QueueUnderTest) -> None:
    queue.dead(4)
    queue.operate("again", "requeue", "df:broken", fingerprint="broken")
    for claim, fingerprint in zip(queue.claim(4), ("broken", "new-a", "new-b", "new-a"), strict=True):
        queue.settle("p", claim.id, fingerprint=fingerprint)
    fields = queue.client.hgetall(queue.keys.operation("again"))
    assert (fields[b"o_same"], fields[b"o_new"]) == (b"1", b"3")
    assert {name: count for name, count in fields.items() if name.startswith(b"e|")} == {
        b"e|new-a": b"2",
        b"e|new-b": b"1",
    }
    assert queue.problems() == []


def test_beyond_twenty_new_errors_only_their_number_is_counted(queue: QueueUnderTest) -> None:
    queue.dead(24)
    queue.operate("again", "requeue", "df:broken", fingerprint="broken")
    for number, claim in enumerate(queue.claim(24)):
        queue.settle("p", claim.id, fingerprint=f"new-{number % 22}")
    fields = queue.client.hgetall(queue.keys.operation("again"))
    told = [int(count) for name, count in fields.items() if name.startswith(b"e|")]
    assert (len(told), sum(told), fields[b"o_new"]) == (20, 22, b"24")
    assert queue.problems() == []
