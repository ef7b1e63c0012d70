"""A receiver outside hears every minute that rules are evaluated, and nothing when they are not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.alerts.watchdog import Watchdog
from dashboard.app import create_app
from dashboard.settings import SettingsError
from dashboard.store import Fence, StaleLeader
from tests.alerts.evaluating import evaluate
from tests.alerts.receiver import Receiver
from tests.background import World

PROMISED = "redrive_alert_watchdog_last_success_timestamp_seconds"
INTERVAL = "redrive_alert_watchdog_interval_seconds"


@pytest.fixture
def world(redis_url: str, receiver: Receiver) -> World:
    return watched(redis_url, receiver.url)


def watched(redis_url: str, url: str, **more: Any) -> World:
    return World(redis_url, {"alerts": {"heartbeat_url": url, **more}})


def watchdog(world: World) -> Watchdog:
    return Watchdog(world.store, world.book, world.settings.alerts, world.clock)


def test_a_heartbeat_is_sent_once_a_minute_while_rules_are_evaluated(
    world: World, fence: Fence, receiver: Receiver
) -> None:
    dog, sent = watchdog(world), []
    for _ in range(13):
        evaluate(world, fence)
        dog.beat(fence)
        sent.append(len(receiver.requests))
        world.clock.forward(5)
    assert sent == [1] * 12 + [2]
    assert json.loads(receiver.requests[0].body) == {"type": "heartbeat", "timestamp": "2030-03-17T17:46:40.000Z"}


def test_no_heartbeat_is_sent_when_rules_are_no_longer_evaluated(
    world: World, fence: Fence, receiver: Receiver
) -> None:
    dog = watchdog(world)
    evaluate(world, fence)
    dog.beat(fence)
    began = world.clock()
    world.clock.forward(60)
    dog.beat(fence)
    last = world.book.heartbeat()
    assert last is not None
    assert (len(receiver.requests), last.at, last.succeeded_at) == (1, world.clock(), began)
    assert "rules are not evaluated" in last.error
    world.clock.forward(15)
    evaluate(world, fence)
    dog.beat(fence)
    assert len(receiver.requests) == 2


def test_who_begins_to_lead_is_given_time_for_the_first_evaluation(
    world: World, fence: Fence, receiver: Receiver
) -> None:
    dog = watchdog(world)
    dog.beat(fence)
    assert world.book.heartbeat() is None
    world.clock.forward(5)
    evaluate(world, fence)
    dog.beat(fence)
    assert len(receiver.requests) == 1


def test_who_leads_without_evaluating_anything_says_so(world: World, fence: Fence, receiver: Receiver) -> None:
    dog = watchdog(world)
    dog.beat(fence)
    world.clock.forward(30)
    dog.beat(fence)
    last = world.book.heartbeat()
    assert last is not None
    assert ("rules are not evaluated" in last.error, last.succeeded_at, receiver.requests) == (True, None, [])


def test_a_heartbeat_that_is_not_taken_is_tried_again_sooner_and_says_why(
    world: World, fence: Fence, receiver: Receiver
) -> None:
    receiver.answers = [(503, {})]
    dog = watchdog(world)
    evaluate(world, fence)
    dog.beat(fence)
    last = world.book.heartbeat()
    assert last is not None
    assert (last.status, last.error, last.succeeded_at) == (503, "answered 503", None)
    for _ in range(3):
        world.clock.forward(5)
        evaluate(world, fence)
        dog.beat(fence)
    last = world.book.heartbeat()
    assert last is not None
    assert (last.status, last.error, last.succeeded_at) == (204, "", world.clock())
    assert len(receiver.requests) == 2


def test_the_time_of_the_last_success_is_a_metric_and_0_before(world: World, fence: Fence) -> None:
    client = create_app(world.settings, world.services).test_client()
    assert f"\n{PROMISED} 0.0\n" in client.get("/metrics").text
    evaluate(world, fence)
    watchdog(world).beat(fence)
    assert f"\n{PROMISED} 1.9e+09\n" in client.get("/metrics").text


@pytest.mark.parametrize(("every", "told"), [("1m", "60.0"), ("1.5h", "5400.0"), ("100ms", "5.0")])
def test_the_interval_is_a_metric(redis_url: str, receiver: Receiver, every: str, told: str) -> None:
    world = watched(redis_url, receiver.url, heartbeat_every=every)
    client = create_app(world.settings, world.services).test_client()
    assert f"\n{INTERVAL} {told}\n" in client.get("/metrics").text


def test_without_a_heartbeat_there_is_no_number_of_it(redis_url: str) -> None:
    world = watched(redis_url, "")
    text = create_app(world.settings, world.services).test_client().get("/metrics").text
    assert f"\n{PROMISED} " not in text
    assert f"\n{INTERVAL} " not in text


def test_errors_do_not_tell_the_address(redis_url: str, fence: Fence) -> None:
    world = watched(redis_url, "http://127.0.0.1:1/my-secret-path")
    evaluate(world, fence)
    watchdog(world).beat(fence)
    last = world.book.heartbeat()
    assert last is not None
    assert last.error == "no answer: it could not be reached"


def test_the_interval_is_a_setting(redis_url: str, fence: Fence, receiver: Receiver) -> None:
    world = watched(redis_url, receiver.url, heartbeat_every="10s")
    dog = watchdog(world)
    for _ in range(3):
        evaluate(world, fence)
        dog.beat(fence)
        world.clock.forward(5)
    assert len(receiver.requests) == 2


def test_a_collector_that_no_longer_leads_notes_nothing(world: World, fence: Fence) -> None:
    evaluate(world, fence)
    with pytest.raises(StaleLeader):
        watchdog(world).beat(Fence(fence.holder, fence.epoch - 1))
    assert world.book.heartbeat() is None


def test_without_an_address_there_is_no_heartbeat(redis_url: str, fence: Fence) -> None:
    world = World(redis_url)
    assert watchdog(world).beat(fence) is False
    assert world.book.heartbeat() is None


def test_an_address_that_is_none_is_refused_before_anything_starts(redis_url: str) -> None:
    with pytest.raises(SettingsError, match="channel heartbeat: url must be"):
        watched(redis_url, "ftp://example.com/")
