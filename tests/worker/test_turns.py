"""Which of several queues a worker asks next."""

from __future__ import annotations

from collections import Counter

from queue_core.connection import Client
from queue_core.engine import Engine, Settled
from queue_core.worker.lanes import Lane, in_turn


def lanes(client: Client, **weights: int) -> list[Lane]:
    return [Lane(Engine(client, name), weight) for name, weight in weights.items()]


def test_queues_are_asked_first_as_often_as_their_weights_say(redis_client: Client) -> None:
    both = lanes(redis_client, urgent=9, slow=1)
    first = [next(in_turn(both)).engine.name for _ in range(100)]
    assert Counter(first) == {"urgent": 90, "slow": 10}
    assert max(len(run) for run in " ".join(first).split("slow")) < len("urgent " * 12)


def test_a_queue_without_work_is_not_asked_until_something_is_due(redis_client: Client) -> None:
    (lane,) = lanes(redis_client, q=1)
    lane.learn(Settled(1000, -1, 0, "", (), ()), asked=4)
    assert list(in_turn([lane])) == []
    lane.learn(Settled(1000, 1000, 0, "", (), ()), asked=4)
    assert list(in_turn([lane])) == [lane]


def test_a_queue_at_its_limits_is_left_alone_for_a_moment(redis_client: Client) -> None:
    (lane,) = lanes(redis_client, q=1)
    lane.learn(Settled(1000, -1, 7, "maxc", (), ()), asked=4)
    assert lane.hot
    assert list(in_turn([lane])) == []
