"""What jobs did lately by type: exact, bounded, and gone after a while."""

from __future__ import annotations

from queue_core.job_types import OTHERS, STRETCHES, TypesLately, parse_types
from tests.engine.queue_under_test import QueueUnderTest


def _types(queue: QueueUnderTest) -> TypesLately:
    return parse_types(queue.engine.call("types", STRETCHES))


def test_attempts_are_counted_by_type(queue: QueueUnderTest) -> None:
    queue.dead(2, type="report")
    queue.enqueue(3, max_retries=2)
    for kind in ("s", "s", "f"):
        queue.run(kind)  # type: ignore[arg-type]
    found = _types(queue).types
    assert {name: (row.succeeded, row.failed_attempts) for name, row in found.items()} == {
        "report": (0, 2), "mail": (2, 1),
    }  # fmt: skip
    assert found["report"].run_time.count == 0


def test_run_times_of_successes_fill_a_histogram_of_their_type(queue: QueueUnderTest) -> None:
    job = queue.enqueue(type="slow")
    queue.claim()
    queue.client.hset(queue.keys.job(job), "cl", queue.now() - 100_000)
    queue.settle("s", job)
    assert _types(queue).types["slow"].run_time.counts[17] == 1


def test_it_is_told_since_when_they_are_counted(queue: QueueUnderTest) -> None:
    queue.enqueue()
    queue.run("s")
    found, now = _types(queue), queue.now() / 1000
    assert 3_600 <= now - found.since < 4_200
    assert found.since % 600 == 0


def test_what_lies_outside_the_hour_is_not_counted(queue: QueueUnderTest) -> None:
    stretch = queue.now() // 600_000
    queue.client.hset(queue.keys.types(stretch - STRETCHES), "f|old", 5)
    queue.client.hset(queue.keys.types(stretch - STRETCHES + 1), "f|recent", 5)
    queue.client.hset(queue.keys.types(stretch), "f|recent", 2)
    found = _types(queue).types
    assert set(found) == {"recent"}
    assert found["recent"].failed_attempts == 7


def test_it_is_kept_for_an_hour_and_a_half(queue: QueueUnderTest) -> None:
    queue.enqueue()
    queue.run("s")
    (key,) = queue.client.scan_iter(match=queue.keys.types(0)[:-1] + "*")
    assert 4_200 < queue.client.ttl(key) <= 5_400


def test_more_types_than_are_told_apart_are_counted_together(queue: QueueUnderTest) -> None:
    stretch = queue.now() // 600_000
    for at in (stretch, stretch + 1):  # whichever stretch the runs fall into
        queue.client.hset(queue.keys.types(at), mapping={f"f|type-{n}": 1 for n in range(2_400)})
    queue.dead(1, type="one-more")
    queue.dead(1, type="type-7")
    queue.enqueue(type="and-another")
    queue.run("s")
    found = _types(queue).types
    assert "one-more" not in found
    assert (found[OTHERS].failed_attempts, found[OTHERS].succeeded) == (1, 1)
    assert found["type-7"].failed_attempts == 2
    assert queue.client.hlen(queue.keys.types(queue.now() // 600_000)) <= 2_402


def test_fields_that_somebody_else_wrote_are_left_out(queue: QueueUnderTest) -> None:
    queue.client.hset(queue.keys.types(queue.now() // 600_000), mapping={"99|x": 1, "nonsense": 1, "f|a": 1})
    assert set(_types(queue).types) == {"a"}
