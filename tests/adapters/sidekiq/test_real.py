"""What Sidekiq itself wrote is read, and what is put back is run by its own process, once."""

from __future__ import annotations

import pytest

from dashboard.adapters.contract import State
from dashboard.adapters.mirrored import tracebacks
from dashboard.adapters.mirrored.product import DeadLetter, Fate, Kept
from dashboard.adapters.sidekiq.product import SidekiqProduct
from queue_core.connection import Client
from tests.adapters.sidekiq.real import add, needed, process
from tests.waiting import until

pytestmark = pytest.mark.adapters


def kept(letter: DeadLetter) -> Kept:
    return Kept(letter.id, letter.type, letter.failed_at, letter.data, letter.memo)


def test_dead_jobs_of_sidekiq_are_read_and_run_once_when_they_are_put_back(
    redis_url: str, redis_client: Client
) -> None:
    needed()
    product = SidekiqProduct("main", redis_url, {})
    redis_client.set("fail", "1")
    first, second, third = add(redis_url, 1, 2, 3)
    assert [job.id for job in product.page("paint", State.PENDING).items] == [first, second, third]
    with process(redis_url):
        until(lambda: redis_client.zcard("dead") == 3)
        (worker,) = product.workers()
        assert (worker.queues, worker.slots, worker.lost) == (("paint",), 1, False)
    found = {letter.id: letter for letter in product.look("", 100).letters}
    letter = found[first]
    assert (letter.queue, letter.type, letter.data) == ("paint", "Charge", {"args": [{"order": 1}]})
    assert (letter.error_type, letter.message) == ("ArgumentError", "no <paint> for 1")
    frames = tracebacks.parse(letter.traceback).frames
    assert (frames[-1].function, frames[-1].own) == ("perform", True)
    dead = redis_client.zrange("dead", 0, -1, withscores=True)

    letters = [kept(found[each]) for each in (first, second, third)]
    assert list(product.purge("paint", letters, "purge", 600)) == [True] * 3
    assert list(product.restore("paint", letters, "restore")) == [True] * 3
    assert list(product.requeue("paint", letters, "op")) == [True] * 3
    assert list(product.take_back("paint", letters, "undo")) == [True] * 3
    assert redis_client.zrange("dead", 0, -1, withscores=True) == dead

    redis_client.set("fail", "0")
    redis_client.delete("runs")
    assert list(product.requeue("paint", letters[:2], "again")) == [True] * 2
    assert product.fates("paint", letters[:2]) == [Fate.WAITING] * 2
    with process(redis_url):
        until(lambda: redis_client.llen("runs") == 2)
        assert list(product.requeue("paint", letters[:2], "again")) == [True] * 2
        assert list(product.requeue("paint", letters[:2], "")) == [False] * 2
    assert redis_client.lrange("runs", 0, -1) == [first.encode(), second.encode()]
    assert redis_client.llen("queue:paint") == 0
    assert product.still_failed("paint", [first, third]) == [False, True]
