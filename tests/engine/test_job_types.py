"""What jobs did lately by type: exact, bounded, and gone after a while."""

from __future__ import annotations

from queue_core.job_types import OTHERS, STRETCHES, TypesLately, parse_types
from queue_core.stats import QueueStats, queue_stats
from tests.engine.queue_under_test import QueueUnderTest


def _types(queue: QueueUnderTest) -> TypesLately:
    return parse_types(queue.engine.call("types", STRETCHES))


def read(queue: QueueUnderTest) -> QueueStats:
    return queue_stats(queue.client, queue.engine.name)


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


def test_attempts_since_the_queue_began_are_counted_by_type_in_the_order_of_first_sight(queue: QueueUnderTest) -> None:
    queue.dead(2, type="report")
    queue.enqueue(3, max_retries=2)
    for kind in ("s", "s", "f"):
        queue.run(kind)  # type: ignore[arg-type]
    queue.dead(1, type="report")
    assert list(read(queue).types_ever.items()) == [("report", (0, 3)), ("mail", (2, 1))]
    assert queue.problems() == []


def test_the_hundred_types_seen_first_stay_told_apart_and_further_ones_are_counted_together(
    queue: QueueUnderTest,
) -> None:
    for number in range(105):
        queue.enqueue(type=f"type-{number}")
        queue.run("s" if number % 2 else "p", fingerprint="x", message="x", blob=b"x")
    queue.enqueue(type="type-7")
    queue.run("s")
    found = read(queue).types_ever
    assert list(found) == [*(f"type-{number}" for number in range(100)), OTHERS]
    assert (found["type-7"], found[OTHERS]) == ((2, 0), (2, 3))
    assert queue.problems() == []


def test_one_report_of_many_outcomes_counts_each_type(queue: QueueUnderTest) -> None:
    for type_ in ("a", "b", "a"):
        queue.enqueue(type=type_)
    claims = queue.claim(3)
    queue.engine.settle("worker", [queue.outcome("s", claim.id) for claim in claims], lease=1_000)
    assert read(queue).types_ever == {"a": (2, 0), "b": (1, 0)}
