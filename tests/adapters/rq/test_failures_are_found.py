"""Failures of RQ as the mirror is given them: all of them, new ones soon, each once."""

from __future__ import annotations

from dashboard.adapters.rq.product import RQProduct
from tests.adapters.rq import tasks
from tests.adapters.rq.real import RealRQ, everything


def test_a_failure_is_given_with_its_error_its_arguments_and_its_traceback(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.fail, "ann@example.com", subject="Hello")
    real.work()
    (letter,) = everything(product)
    assert (letter.queue, letter.id, letter.type) == ("mail", job_id, "tests.adapters.rq.tasks.fail")
    assert (letter.error_type, letter.message) == ("ValueError", "bad address ann@example.com")
    assert letter.data == {"args": ["ann@example.com"], "kwargs": {"subject": "Hello"}}
    assert letter.traceback.startswith("Traceback (most recent call last)")
    assert "tests/adapters/rq/tasks.py" in letter.traceback
    assert letter.started_at is not None
    assert letter.started_at <= letter.failed_at
    assert (letter.attempts, letter.requeueable, letter.undecodable) == (1, "", "")


def test_failures_of_all_queues_are_given_once_each(product: RQProduct, real: RealRQ) -> None:
    ids = {*real.failed(5, queue="mail"), *real.failed(3, queue="bills"), *real.failed(2, queue="a:b <i>x</i>")}
    letters = everything(product, limit=4)
    assert sorted(letter.id for letter in letters) == sorted(ids)


def test_a_new_failure_is_given_by_the_next_look(product: RQProduct, real: RealRQ) -> None:
    real.failed(2)
    place = product.look("", 100).place
    (new,) = real.failed(1)
    assert [letter.id for letter in product.look(place, 100).letters] == [new]


def test_many_new_failures_are_given_look_by_look(product: RQProduct, real: RealRQ) -> None:
    real.failed(1)
    place = product.look("", 100).place
    ids = real.failed(40)
    found: list[str] = []
    for _ in range(8):
        sighting = product.look(place, 7)
        found += [letter.id for letter in sighting.letters]
        place = sighting.place
    assert sorted(found) == sorted(ids)


def test_a_look_of_another_process_goes_on_where_the_last_one_ended(
    product: RQProduct, real: RealRQ, redis_url: str
) -> None:
    old = real.failed(2)
    place = product.look("", 100).place
    new = real.failed(2)
    found = [letter.id for letter in RQProduct("jobs", redis_url, {}).look(place, 100).letters]
    assert set(new) <= set(found) <= {*old, *new}


def test_failures_that_are_kept_for_other_times_are_found_too(product: RQProduct, real: RealRQ) -> None:
    real.failed(1)
    place = product.look("", 100).place
    short, forever = real.failed(1, failure_ttl=90), real.failed(1, failure_ttl=-1)
    found: list[str] = []
    for _ in range(4):
        sighting = product.look(place, 100)
        found += [letter.id for letter in sighting.letters]
        place = sighting.place
    assert {*short, *forever} <= set(found)


def test_a_job_that_fails_again_is_given_again(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    first = product.look("", 100)
    score = float(real.connection.zscore("rq:failed:mail", job_id) or 0)
    real.connection.zadd("rq:failed:mail", {job_id: score + 5})
    second = product.look(first.place, 100)
    assert [letter.id for letter in (*first.letters, *second.letters)] == [job_id, job_id]


def test_a_failure_that_has_expired_or_is_none_any_more_is_left_out(product: RQProduct, real: RealRQ) -> None:
    expired, finished, gone, failed = real.failed(4)
    real.connection.zadd("rq:failed:mail", {expired: 1_000})
    real.connection.hset(f"rq:job:{finished}", "status", "finished")
    real.connection.delete(f"rq:job:{gone}")
    assert [letter.id for letter in everything(product)] == [failed]
    assert list(product.still_failed("mail", [expired, finished, gone, failed, "nothing"])) == [
        False, False, False, True, False,
    ]  # fmt: skip


def test_a_job_without_arguments_cannot_be_requeued_and_says_why(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    real.connection.hdel(f"rq:job:{job_id}", "data")
    (letter,) = everything(product)
    assert "no arguments" in letter.requeueable
    assert product.offers(letter.requeueable)[0].reason != ""


def test_a_thousand_failures_of_one_second_are_all_given(product: RQProduct, real: RealRQ) -> None:
    (template,) = real.failed(1)
    place = product.look("", 1_000).place
    fields = real.connection.hgetall(f"rq:job:{template}")
    score = float(real.connection.zscore("rq:failed:mail", template) or 0)
    ids = [f"copy-{i}" for i in range(1_000)]
    pipeline = real.connection.pipeline()
    for job_id in ids:
        pipeline.hset(f"rq:job:{job_id}", mapping=fields)
        pipeline.zadd("rq:failed:mail", {job_id: score + 1})
    pipeline.execute()
    found: list[str] = []
    for _ in range(30):
        sighting = product.look(place, 64)
        found += [letter.id for letter in sighting.letters]
        place = sighting.place
    assert sorted(found) == sorted(ids)


def test_another_process_finds_new_failures_of_the_last_of_many_queues(
    product: RQProduct, real: RealRQ, redis_url: str
) -> None:
    real.connection.sadd("rq:queues", *[f"rq:queue:queue-{number:03}" for number in range(250)])
    place = ""
    for _ in range(4):
        place = product.look(place, 200).place
    (new,) = real.failed(1, queue="zebra")
    other, found = RQProduct("jobs", redis_url, {}), []
    other._failures._walk = lambda *_: ([], False)  # type: ignore[method-assign]
    for _ in range(3):
        sighting = other.look(place, 200)
        found += [letter.id for letter in sighting.letters]
        place = sighting.place
    assert found == [new]
