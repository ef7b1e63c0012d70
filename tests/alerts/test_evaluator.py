"""The leading collector judges real jobs, and stores alerts with the messages they cause."""

from __future__ import annotations

import pytest

from dashboard.alerts.records import AlertState
from dashboard.collector.lease import Lease
from dashboard.settings import SettingsError
from dashboard.store import Fence, StaleLeader
from tests.alerts.evaluating import bodies, evaluate, send
from tests.alerts.receiver import Receiver
from tests.background import World
from tests.conftest import RealServer

RULE = {"name": "r", "metric": "failed", "above": 1}


def states_of(world: World, rule: str) -> list[AlertState]:
    return [alert.state for alert in world.book.alerts() if alert.rule == rule]


def told(world: World, rule: str) -> list[object]:
    return [body["type"] for body in bodies(world) if body["data"]["rule"] == rule]  # type: ignore[index]


def test_more_than_a_hundred_failed_jobs_fire_the_built_in_rule(world: World, fence: Fence) -> None:
    world.jobs.dead(100)
    evaluate(world, fence)
    assert world.book.firing() == []
    world.jobs.dead(1)
    evaluate(world, fence)
    (alert,) = world.book.firing()
    assert (alert.rule, alert.severity, alert.source, alert.queue, alert.value, alert.threshold) == (
        "too-many-failed", "page", "main", "", 101, 100,
    )  # fmt: skip
    assert alert.summary == "main: 101 failed jobs, limit 100"
    assert world.book.last_run() == world.clock()


def test_a_message_says_everything_the_contract_names(world: World, fence: Fence) -> None:
    world.jobs.dead(101, message="builtins.ValueError: no such user")
    evaluate(world, fence)
    (body,) = bodies(world)
    data = body["data"]
    assert body["type"] == "alert.firing"
    assert body["timestamp"] == "2030-03-17T17:46:40.000Z"
    assert isinstance(data, dict)
    (group,) = data.pop("groups")
    assert set(group) == {"fingerprint", "error_type", "message", "count"}
    fingerprint = data.pop("fingerprint")
    assert fingerprint == world.book.firing()[0].fingerprint
    assert data == {
        "rule": "too-many-failed", "severity": "page", "source": "main", "queue": "", "value": 101.0,
        "threshold": 100.0, "for_seconds": 0.0, "starts_at": "2030-03-17T17:46:40.000Z", "ends_at": None,
        "summary": "main: 101 failed jobs, limit 100", "url": f"http://127.0.0.1:8080/alerts/incidents/{fingerprint}?source=main",
    }  # fmt: skip


def test_it_is_resolved_when_the_jobs_are_gone(world: World, fence: Fence) -> None:
    world.jobs.dead(101)
    evaluate(world, fence)
    send(world)
    world.clock.forward(30)
    world.start()
    world.drive()
    evaluate(world, fence)
    assert states_of(world, "too-many-failed") == [AlertState.RESOLVED]
    assert states_of(world, "no-workers") == [AlertState.PENDING]
    assert [body["type"] for body in bodies(world)] == ["alert.firing", "alert.resolved"]
    world.jobs.run()
    world.clock.forward(86_401)
    evaluate(world, fence)
    assert world.book.alerts() == []


def test_firing_again_and_again_is_told_once(world: World, fence: Fence) -> None:
    world.jobs.dead(101)
    for _ in range(5):
        evaluate(world, fence)
        world.clock.forward(5)
    assert len(world.book.deliveries()) == 1


def test_rules_of_the_settings_narrow_and_choose_channels(redis_url: str, receiver: Receiver) -> None:
    rule = {"name": "mail-fails", "metric": "failed", "above": 2, "queue": "mail", "for": "1m", "channels": ["night"]}
    channels = [receiver.settings("day"), receiver.settings("night")]
    world = World(redis_url, {"channels": channels, "alerts": {"rules": [rule], "base_url": "https://ops.example/r/"}})
    lease = Lease(world.store)
    lease.renew()
    fence = lease.fence()
    assert fence
    world.jobs.dead(3)
    evaluate(world, fence)
    assert [alert.state for alert in world.book.alerts()] == [AlertState.PENDING]
    world.clock.forward(60)
    evaluate(world, fence)
    assert [delivery.channel for delivery in world.book.deliveries()] == ["night"]
    data = bodies(world)[0]["data"]
    assert isinstance(data, dict)
    assert data["url"] == f"https://ops.example/r/alerts/incidents/{data['fingerprint']}?source=main&queue=mail"
    assert data["summary"] == "main/mail: 3 failed jobs, limit 2 for 1 min"


def test_a_source_that_is_down_is_no_data_and_never_fine(redis_url: str) -> None:
    down = {"name": "main", "kind": "queue_core", "url": "redis://127.0.0.1:1/0"}
    world = World(redis_url, {"sources": [down], "store": redis_url})
    lease = Lease(world.store)
    lease.renew()
    fence = lease.fence()
    assert fence
    evaluate(world, fence)
    alerts = {alert.rule: alert for alert in world.book.alerts()}
    down = alerts.pop("source-down")
    assert (down.state, down.value, down.summary) == (AlertState.PENDING, 1, "main: does not answer")
    assert set(alerts) == {rule.name for rule in world.book.rules()} - {"source-down"}
    assert {(alert.state, alert.value) for alert in alerts.values()} == {(AlertState.NO_DATA, None)}
    assert all("no data" in alert.summary for alert in alerts.values())


def test_an_alert_whose_rule_was_removed_is_resolved(redis_url: str, receiver: Receiver, fence: Fence) -> None:
    given = {"channels": [receiver.settings("ops")]}
    before = World(redis_url, given | {"alerts": {"rules": [RULE | {"above": 2}]}})
    before.jobs.dead(3)
    evaluate(before, fence)
    assert [alert.rule for alert in before.book.firing()] == ["r"]
    send(before)
    after = World(redis_url, given)
    evaluate(after, fence)
    assert [(alert.rule, alert.state) for alert in after.book.alerts()] == [("r", AlertState.RESOLVED)]
    assert [body["type"] for body in bodies(after)] == ["alert.firing", "alert.resolved"]


def test_a_firing_alert_without_data_is_told_after_a_minute_and_goes_on_when_data_return(
    redis_url: str, make_server: type[RealServer]
) -> None:
    server = make_server("--appendonly", "yes", "--appendfsync", "always").start()
    sources = [{"name": "main", "kind": "queue_core", "url": server.url}]
    channels = [{"name": "ops", "url": "http://127.0.0.1:1/"}]
    world = World(server.url, {"sources": sources, "store": redis_url, "channels": channels})
    lease = Lease(world.store)
    lease.renew()
    fence = lease.fence()
    assert fence
    world.jobs.dead(101)
    evaluate(world, fence)
    send(world)
    server.kill()
    states = []
    for _ in range(3):
        evaluate(world, fence)
        states += states_of(world, "too-many-failed")
        world.clock.forward(40)
    assert states == [AlertState.NO_DATA] * 3
    assert told(world, "too-many-failed") == ["alert.firing", "alert.nodata"]
    assert told(world, "source-down") == ["alert.firing"]


def test_a_collector_that_no_longer_leads_stores_nothing(world: World, fence: Fence) -> None:
    world.jobs.dead(101)
    with pytest.raises(StaleLeader):
        evaluate(world, Fence(fence.holder, fence.epoch - 1))
    with pytest.raises(StaleLeader):
        evaluate(world, Fence("another", fence.epoch))
    assert (world.book.alerts(), world.book.deliveries(), world.book.last_run()) == ([], [], None)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"alerts": {"rules": [{"name": "r", "metric": "failed", "above": 1, "channels": ["opps"]}]}},
            "did you mean ops",
        ),
        ({"alerts": {"rules": [{"name": "r", "metric": "failed", "above": 1, "source": "mian"}]}}, "did you mean main"),
        ({"channels": [{"name": "x", "kind": "webhok", "url": "http://localhost/"}]}, "did you mean webhook"),
        ({"channels": [{"name": "x", "url": "ftp://localhost/"}]}, "http:// or https://"),
        ({"channels": [{"name": "x", "url": "http://localhost/", "secret": "whsec_a"}]}, "openssl rand"),
    ],
)
def test_wrong_settings_are_refused_before_anything_starts(
    redis_url: str, given: dict[str, object], words: str
) -> None:
    ops = [{"name": "ops", "url": "http://localhost/"}]
    with pytest.raises(SettingsError, match=words):
        World(redis_url, {"channels": ops, **given})
